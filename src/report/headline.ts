import { formatCount, formatMs, formatRate, formatSeconds, printable, wrapText } from '../format.js'
import type { Result, ResultLatency, ResultPhase } from '../measure/result.js'
import { anomaliesText } from './anomalies.js'
import { latenessLines } from './lateness.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'
import { steadyLines } from './steady.js'

/** What ran, where, whether it can be trusted, and the numbers that matter. */
export function headline(page: Page): Section {
  const { result, paint } = page
  const phase = headlinePhase(result)
  const within = `${formatCount(insideWindow(result))} committed in ${formatSeconds(result.time.measured_s)}${phase ? ` (phase ${phase.name})` : ''}`
  return [
    ...title(page),
    ...alarms(page),
    '',
    ...labelled(page, 'TPS', [`${paint.tps(formatRate(result.tps))}   ${paint.dim(within)}`]),
    ...labelled(page, 'Latency', latencyLines(page)),
    ...latenessLines(page),
    ...steadyLines(page),
    ...labelled(page, 'Load', wrapText(loadText(result), page.width - labelWidth)),
    ...labelled(page, 'Parameters', parameters(page)),
    ...labelled(page, 'Labels', labels(page)),
  ]
}

/** What TPS counts; `totals.committed` has those as well that were in flight when the window closed. */
function insideWindow({ tps, time }: Result): number {
  return Math.round(tps * time.measured_s)
}

/** The numbers at the top are of the last measured phase. */
function headlinePhase(result: Result): ResultPhase | undefined {
  return result.phases.findLast(({ measured }) => measured)
}

function title({ result, paint }: Page): Section {
  const { scenario, target } = result
  const name = scenario.variant === null ? scenario.name : `${scenario.name} · ${scenario.variant}`
  const where = target.throwaway ? 'a throwaway server on this machine' : `${target.address}${target.database ? `/${target.database}` : ''}`
  return [`${paint.strong(name)}   ${target.product} ${target.version}   ${paint.dim(printable(where))}`]
}

/** Only what is wrong: the checks further down have it all. */
function alarms({ result, paint, width }: Page): Section {
  const broken = result.invariants.filter(({ held }) => !held)
  // A run that broke was stopped by that; one that was cut short says nothing on thresholds that it has no data for.
  const judged = result.broken === null ? result.thresholds : []
  const failed = judged.filter(({ passed, value }) => !passed && (result.interrupted === 'no' || value !== null))
  const alarm = (text: string, style: (text: string) => string) => wrapText(text, width).map(style)
  return [
    ...(result.broken ? brokenLines(result.broken).flatMap(text => alarm(text, paint.bad)) : []),
    ...broken.flatMap(({ name, expected, found }) =>
      alarm(`✗ BROKEN ${printable(name)}: expected ${printable(expected)}, found ${printable(found)}`, paint.bad),
    ),
    ...result.checks
      .filter(({ held }) => !held)
      .flatMap(({ name, anomalies }) =>
        alarm(`✗ BROKEN ${printable(name)}: ${anomaliesText(anomalies.filter(({ breaks }) => breaks))}`, paint.bad),
      ),
    ...(result.interrupted === 'no' ? [] : alarm(`! PARTIAL ${partial(result)}`, paint.warn)),
    ...(failed.length > 0 ? alarm(`✗ FAILED ${failed.map(({ expression }) => expression).join(', ')}`, paint.bad) : []),
    ...(result.validity.status === 'VALID' || result.broken !== null
      ? []
      : alarm(`! ${result.validity.status} see the checks below`, paint.warn)),
  ]
}

/** The message may bring the statement along, on lines of its own. */
function brokenLines({ transaction, message }: NonNullable<Result['broken']>): string[] {
  const [first = '', ...more] = message.split('\n').map(printable)
  return [`✗ BROKEN in ${transaction}: ${first}`, ...more.map(text => `  ${text}`)]
}

function partial(result: Result): string {
  const rest = result.interrupted === 'drained' ? 'finished' : 'cut off'
  return `stopped after ${formatSeconds(result.time.measured_s)} of it; what was in flight was ${rest}`
}

function latencyLines({ result, paint, width }: Page): Section {
  const { latency } = result
  if (latency.count === 0) return [paint.dim('no commits')]
  const [p50, p95, p99] = [`p50 ${formatMs(latency.p50_us)}`, `p95 ${formatMs(latency.p95_us)}`, `p99 ${formatMs(latency.p99_us)}`]
  const max = `max ${formatMs(latency.max_us)} ms`
  const kind = kindOf(latency)
  const numbers = `${p50}   ${paint.latency(p95)}   ${p99}   ${max}`
  const fits = labelWidth + [p50, p95, p99, max, kind].join('   ').length <= width
  return fits ? [`${numbers}   ${paint.dim(kind)}`] : [numbers, paint.dim(kind)]
}

function kindOf({ kind }: ResultLatency): string {
  return kind === 'service' ? 'service (closed loop)' : 'response (from the intended start)'
}

function loadText(result: Result): string {
  const { load, totals, scenario } = result
  const phase = headlinePhase(result)
  const clients =
    phase && phase.clients.from !== phase.clients.to ? `${phase.clients.from} to ${phase.clients.to}` : formatCount(load.clients)
  const lost = [
    totals.shed > 0 ? `${formatCount(totals.shed)} shed` : '',
    totals.skipped > 0 ? `${formatCount(totals.skipped)} skipped` : '',
    load.latency_limit_us !== null ? `${formatCount(totals.late)} slower than ${formatMs(load.latency_limit_us)} ms` : '',
    totals.cancelled > 0 ? `${formatCount(totals.cancelled)} cut off` : '',
  ]
  return [
    `${clients} ${load.clients === 1 ? 'client' : 'clients'}`,
    load.model === 'closed' ? 'closed loop' : `open loop, ${formatRate(load.rate_per_s ?? 0)}/s ${load.arrivals ?? ''} arrivals`,
    load.model === 'open' ? `${formatCount(totals.offered)} offered` : '',
    levels(load.isolation),
    ...lost,
    `${load.threads} load ${load.threads === 1 ? 'thread' : 'threads'}`,
    load.protocol === 'extended' ? 'statements parsed at every call' : '',
    load.pipeline ? 'pipelined' : '',
    `seed ${scenario.seed}`,
  ]
    .filter(text => text !== '')
    .join(', ')
}

/** Empty where all run at the server's default, which is among its settings. */
function levels(isolation: Result['load']['isolation']): string {
  const distinct = new Set(Object.values(isolation))
  if (distinct.size > 1)
    return Object.entries(isolation)
      .map(([name, level]) => `${name} at ${level}`)
      .join(', ')
  return [...distinct].filter(level => level !== 'default').join('')
}

function parameters({ result, paint, width }: Page): Section {
  const text = Object.entries(result.scenario.parameters).map(([name, value]) => `${name}=${value}`)
  return wrapText(text.join(' '), width - labelWidth).map(paint.dim)
}

function labels({ result, width }: Page): Section {
  const text = Object.entries(result.labels).map(([name, value]) => `${printable(name)}=${printable(value)}`)
  return wrapText(text.join(' '), width - labelWidth)
}
