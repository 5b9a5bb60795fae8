import { formatCount, formatMs, formatPercent, formatRate, formatSeconds, printable, wrapText } from '../format.js'
import { type Calibration, limitOf, trustedShare } from '../measure/calibration.js'
import { createPaint, type Paint } from './paint.js'

const labelWidth = 12

/** What a person reads when a calibration is over: the ceiling, what it cost, and what it means for measurements. */
export function describeCalibration(calibration: Calibration, options: { readonly colour: boolean; readonly columns: number }): string {
  const paint = createPaint(options.colour)
  const width = Math.max(60, Math.min(80, options.columns))
  const { scenario, recorded_from: server, notices, interrupted } = calibration
  const name = scenario.variant === null ? scenario.name : `${scenario.name} · ${scenario.variant}`
  const line = (label: string, text: string, style = (plain: string) => plain) =>
    wrapText(text, width - labelWidth).map(
      (part, at) => `${at === 0 ? paint.strong(label.padEnd(labelWidth)) : ' '.repeat(labelWidth)}${style(part)}`,
    )
  return [
    `${paint.strong(printable(name))}   ${paint.dim(`against a stub of ${server.product} ${server.version}`)}`,
    ...(interrupted === 'no' ? [] : [paint.warn(`! PARTIAL stopped after ${formatSeconds(calibration.duration_s)} of it`)]),
    '',
    ...line('Ceiling', ceilingText(calibration, paint)),
    ...line('Service', serviceText(calibration, paint)),
    ...line('Generator', generatorText(calibration)),
    ...line('Stub', stubText(calibration)),
    ...notices.flatMap(notice => line('Note', printable(notice), paint.dim)),
    '',
    ...wrapText(meaning(calibration), width),
  ].join('\n')
}

function ceilingText({ tps, load }: Calibration, paint: Paint): string {
  const clients = `${formatCount(load.clients)} ${load.clients === 1 ? 'client' : 'clients'}`
  const threads = `${load.threads} load ${load.threads === 1 ? 'thread' : 'threads'}`
  const how = [clients, threads, load.protocol === 'extended' ? 'parsed at every call' : '', load.pipeline ? 'pipelined' : '']
  return `${paint.tps(`${formatRate(tps)} TPS`)}   ${how.filter(text => text !== '').join(', ')}`
}

function serviceText({ latency }: Calibration, paint: Paint): string {
  if (latency.count === 0) return 'no commits'
  const p95 = paint.latency(`p95 ${formatMs(latency.p95_us)}`)
  return `p50 ${formatMs(latency.p50_us)}   ${p95}   p99 ${formatMs(latency.p99_us)}   max ${formatMs(latency.max_us)} ms`
}

function generatorText({ generator }: Calibration): string {
  const { cpu_us_per_transaction: cpu, utilisation } = generator
  return `${cpu === null ? '–' : `${formatRate(cpu)} µs`} of processor time per transaction${utilisation === null ? '' : `, busy ${formatPercent(utilisation)}`}`
}

function stubText({ stub }: Calibration): string {
  const { cpu_us_per_transaction: cpu, utilisation } = stub
  return `${cpu === null ? '–' : `${formatRate(cpu)} µs`} of processor time per transaction, busy ${formatPercent(utilisation)} at most`
}

function meaning(calibration: Calibration): string {
  const { environment, recorded_from: server, trusted_tps } = calibration
  const cores = `${environment.logical_cores} ${environment.logical_cores === 1 ? 'processor' : 'processors'}`
  const limit = {
    generator: `This is the most that this generator can do here with this scenario, while the stub takes its share of the ${cores}.`,
    stub: 'The stub itself was the limit: the generator can do more than this.',
    neither: 'Neither it nor the generator was busy: more clients, or a machine with less else to do, will give more.',
  }[limitOf(calibration)]
  const share = formatPercent(trustedShare)
  return `The stub answers at once with what ${server.product} once answered, and holds no data. ${limit} Measurements above ${formatRate(trusted_tps)} TPS (${share} of it) are measurements of the generator as much as of the server.`
}
