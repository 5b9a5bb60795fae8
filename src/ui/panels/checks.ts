import { displayWidth, formatCount, formatPercent, formatSeconds, printable } from '../../format.js'
import type { AnomalyKind } from '../../run/anomaly-kinds.js'
import type { AnomalyState, InvariantState, ThresholdState } from '../../run/events.js'
import { beside, fitLine, fitRows, type Line, line, rule, span } from '../line.js'
import type { ViewModel } from '../model.js'
import type { Style } from '../theme.js'

interface Check {
  readonly mark: string
  readonly style: Style
  readonly name: string
  /** Short, beside the name. */
  readonly value: string
  /** In full, for the view of checks. */
  readonly detail: string
  /** What a check of anomalies has found, by name. */
  readonly kinds: readonly AnomalyKind[]
}

/** Above this share of its time, the generator itself may be what is measured. */
const busy = 0.9

/** Thresholds, invariants and the health of the load generator, in as many columns as fit; in one row, what is wrong comes first. */
export function checksPanel(model: ViewModel, width: number, rows: number): Line[] {
  const checks = allChecks(model)
  if (rows === 1) return [oneLine(checks, width)]
  const perRow = width >= 60 ? 2 : 1
  const room = rows - 1
  const most = room * perRow
  const shown = checks.length > most ? [...checks].sort(worstFirst).slice(0, most) : checks
  const perColumn = Math.ceil(shown.length / perRow)
  const each = Math.floor((width - 2 * (perRow - 1)) / perRow)
  const blocks = Array.from({ length: perRow }, (_, at) => ({
    width: each,
    lines: shown.slice(at * perColumn, (at + 1) * perColumn).map(check => checkLine(check, each)),
  }))
  const left = checks.length - shown.length
  return [rule('Checks', width, left > 0 ? `${left} more in view 4` : ''), ...fitRows(beside(blocks, 2), room)]
}

/** One row each, with all that is known, and anomalies by name: the view of checks. */
export function checkDetails(model: ViewModel, width: number): Line[] {
  const checks = allChecks(model)
  const names = Math.min(Math.max(20, ...checks.map(({ name }) => displayWidth(name) + 2)), Math.floor(width / 2))
  return [
    rule('Checks', width, model.anomalies.length === 0 ? '' : `at ${model.levels}`),
    ...checks.flatMap(check => [
      fitLine(
        line(span(` ${check.mark} `, check.style), ...fitLine(line(span(check.name)), names), span(check.detail || check.value, 'dim')),
        width,
      ),
      ...check.kinds.map(kind => fitLine(kindLine(kind, names), width)),
    ]),
  ]
}

function kindLine({ name, meaning, count, perMinute }: AnomalyKind, names: number): Line {
  const rate = perMinute === null ? '' : `${formatCount(Math.round(perMinute))}/min`
  return line(
    ...fitLine(line(span(`     ${name}`)), names + 3),
    span(formatCount(count).padStart(9), 'warn'),
    span(`${rate.padStart(13)}  `),
    span(meaning, 'dim'),
  )
}

/** How many there will be. */
export function countChecks(model: ViewModel): number {
  return allChecks(model).length
}

function allChecks(model: ViewModel): Check[] {
  const plain = (check: Omit<Check, 'kinds'>): Check => ({ ...check, kinds: [] })
  return [
    ...model.thresholds.map(one => plain(ofThreshold(one))),
    ...model.invariants.map(one => plain(ofInvariant(one, model.elapsed_s))),
    ...model.anomalies.map(ofAnomalies),
    plain(ofGenerator(model)),
  ]
}

function ofThreshold({ expression, status, value }: ThresholdState): Omit<Check, 'kinds'> {
  const name = printable(expression)
  if (status === 'no data') return { mark: '·', style: 'dim', name, value: 'no data yet', detail: '' }
  return status === 'ok'
    ? { mark: '✓', style: 'good', name, value, detail: `${value} now` }
    : { mark: '!', style: 'warn', name, value, detail: `${value} now: over the limit` }
}

function ofInvariant(state: InvariantState, elapsed_s: number): Omit<Check, 'kinds'> {
  const name = printable(state.name)
  const detail = printable(state.detail)
  const ago = state.checkedAt_s === null ? '' : checkedAgo(Math.round(elapsed_s - state.checkedAt_s))
  if (state.status === 'broken') return { mark: '✗', style: 'bad', name, value: 'BROKEN', detail: `BROKEN  ${detail}` }
  if (state.status === 'held')
    return { mark: '✓', style: 'good', name, value: ago, detail: [ago && `checked ${ago}`, detail].filter(Boolean).join('  ') }
  return { mark: '·', style: 'dim', name, value: 'not yet', detail: detail || 'not checked yet' }
}

function ofAnomalies({ name, looked, kinds, detail }: AnomalyState): Check {
  const check = { name: printable(name), kinds }
  if (!looked) return { ...check, mark: '·', style: 'dim', value: 'not yet', detail: printable(detail) }
  if (kinds.length === 0) return { ...check, mark: '✓', style: 'good', value: 'none', detail: `none ${printable(detail)}` }
  const found = formatCount(kinds.reduce((sum, { count }) => sum + count, 0))
  const rates = kinds.flatMap(({ perMinute }) => (perMinute === null ? [] : [perMinute]))
  const rate = rates.length === 0 ? '' : `, ${formatCount(Math.round(rates.reduce((sum, one) => sum + one, 0)))}/min`
  return { ...check, mark: '!', style: 'warn', value: `${found}${rate}`, detail: `${found} ${printable(detail)}` }
}

function checkedAgo(seconds: number): string {
  return seconds < 1 ? 'just now' : `${formatSeconds(seconds)} ago`
}

function ofGenerator({ generator }: ViewModel): Omit<Check, 'kinds'> {
  const name = 'load generator'
  if (!generator) return { mark: '·', style: 'dim', name, value: '', detail: '' }
  const value = `${formatPercent(generator.utilisation)} busy`
  const lag = `late by ${formatCount(generator.lag_max_us)} µs at most`
  return generator.utilisation > busy
    ? { mark: '!', style: 'warn', name, value, detail: `${value}, ${lag}: TPS is a lower bound` }
    : { mark: '✓', style: 'good', name, value, detail: `${value}, ${lag}` }
}

function checkLine(check: Check, width: number): Line {
  const value = check.value === '' ? '' : `  ${check.value}`
  const name = fitLine(line(span(check.name)), Math.max(8, width - 3 - displayWidth(value) - 1))
  return fitLine(line(span(` ${check.mark} `, check.style), ...name, span(value, check.style === 'good' ? 'dim' : check.style)), width)
}

function oneLine(checks: readonly Check[], width: number): Line {
  const parts = [...checks]
    .sort(worstFirst)
    .flatMap(check => [
      span(` ${check.mark} `, check.style),
      span(check.mark === '✗' ? `${check.name} ${check.value} ` : `${check.name} `, check.mark === '✗' ? 'bad' : 'dim'),
    ])
  return fitLine(parts, width)
}

const severity = ['✗', '!', '·', '✓']

function worstFirst(a: Check, b: Check): number {
  return severity.indexOf(a.mark) - severity.indexOf(b.mark)
}
