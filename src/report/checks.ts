import { displayWidth, fitTo, formatCount, formatLatency, formatPercent, formatRate, printable, wrapText } from '../format.js'
import type { AnomalyCheck } from '../measure/anomaly-check.js'
import type { Result } from '../measure/result.js'
import { anomaliesText } from './anomalies.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'

interface Check {
  readonly mark: '✓' | '!' | '✗'
  readonly name: string
  readonly said: string
}

/** Invariants, thresholds, and whether the measurement is to be trusted, with reasons. */
export function checkSection(page: Page): Section {
  const { result, paint } = page
  const styles = { '✓': paint.good, '!': paint.warn, '✗': paint.bad }
  // A run that a broken promise stopped has no measurement to judge.
  const measured = result.broken === null ? [...result.thresholds.map(ofThreshold), ofValidity(result)] : []
  const checks = [...result.invariants.map(ofInvariant), ...result.checks.map(ofCheck), ...measured]
  if (checks.length === 0) return []
  const names = Math.min(44, Math.max(...checks.map(({ name }) => displayWidth(name))))
  const room = page.width - labelWidth - names - 4
  const lines = checks.flatMap(({ mark, name, said }) => {
    const style = styles[mark]
    const [first = '', ...rest] = wrapText(said, room)
    const shade = mark === '✓' ? paint.dim : style
    return [`${style(mark)} ${fitTo(name, names)}  ${shade(first)}`, ...rest.map(text => `${' '.repeat(names + 4)}${shade(text)}`)]
  })
  return labelled(page, 'Checks', [...lines, ...reasons(page)])
}

function ofInvariant({ name, held, expected, found, when, checks }: Result['invariants'][number]): Check {
  const times = checks === 1 ? 'checked once' : `checked ${checks} times`
  return held
    ? { mark: '✓', name: printable(name), said: `${printable(found)}, ${times}` }
    : { mark: '✗', name: printable(name), said: `expected ${printable(expected)}, found ${printable(found)} (${when} the load)` }
}

function ofCheck({ name, held, level, transactions, complete, anomalies }: AnomalyCheck): Check {
  const some = complete ? '' : ', no more could be recorded'
  const among = `in ${formatCount(transactions)} transactions${some}`
  const shown = level === null ? '' : `; it shows ${levelText(level)}`
  if (anomalies.length === 0) return { mark: '✓', name: printable(name), said: `no anomaly ${among}` }
  return { mark: held ? '!' : '✗', name: printable(name), said: `${anomaliesText(anomalies)} ${among}${shown}` }
}

function levelText(level: string): string {
  return level === 'none' ? 'less than read uncommitted' : `${level} at best`
}

function ofThreshold({ expression, passed, value, unit }: Result['thresholds'][number]): Check {
  return {
    mark: passed ? '✓' : '✗',
    name: printable(expression),
    said: value === null ? 'nothing to judge by' : inUnit(expression, value, unit),
  }
}

function inUnit(expression: string, value: number, unit: string): string {
  if (unit === 'us') return formatLatency(value)
  if (unit === '1/s') return `${formatRate(value)}/s`
  return expression.includes('%') ? formatPercent(value) : value.toPrecision(3)
}

function ofValidity({ validity }: Result): Check {
  const wrong = validity.checks.filter(({ status }) => status !== 'ok').length
  if (validity.status === 'VALID') return { mark: '✓', name: 'measurement', said: 'VALID' }
  return { mark: '!', name: 'measurement', said: `${validity.status}, for ${wrong === 1 ? 'this reason' : 'these reasons'}:` }
}

function reasons({ result, paint, width }: Page): Section {
  if (result.broken !== null) return []
  return result.validity.checks
    .filter(({ status }) => status !== 'ok')
    .flatMap(({ message }) =>
      wrapText(printable(message), width - labelWidth - 4).map((text, at) => paint.warn(`${at === 0 ? '  · ' : '    '}${text}`)),
    )
}
