import { suggest } from './nearest.js'

const latencyStatistics = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'max', 'mean'] as const
const waits = ['acquire', 'lag'] as const
const shares = ['failed', 'rolled_back'] as const

type LatencyStatistic = (typeof latencyStatistics)[number]

/**
 * `p95` and the like are of the latency; `acquire.p95` of the time to get a client and its connection (`queue`), `lag.p95` of our own
 * lateness. `failed` and `rolled_back` are shares of all transactions, `retries_per_commit` is a ratio.
 */
export type ThresholdMetric =
  | LatencyStatistic
  | `${(typeof waits)[number]}.${LatencyStatistic}`
  | 'tps'
  | (typeof shares)[number]
  | 'retries_per_commit'

export const thresholdMetrics: readonly ThresholdMetric[] = [
  ...latencyStatistics,
  'tps',
  ...shares,
  'retries_per_commit',
  ...waits.flatMap(wait => latencyStatistics.map(statistic => `${wait}.${statistic}` as const)),
]

export type ThresholdOperator = '<' | '<=' | '>' | '>=' | '=='

export interface Threshold {
  /** As written, without surrounding space. */
  readonly source: string
  /** null: over all transactions. */
  readonly transaction: string | null
  readonly metric: ThresholdMetric
  readonly op: ThresholdOperator
  /** Microseconds for latencies, per second for `tps`, a fraction of 1 for shares, plain for ratios. */
  readonly value: number
  /** As written: `ms`, `%`, `/s`, or nothing. */
  readonly unit: string
}

/** The text is no threshold; offsets count characters of it. */
export class ThresholdError extends Error {
  override readonly name = 'ThresholdError'
  readonly start: number
  readonly end: number
  /** One thing to do next. */
  readonly hint: string

  constructor(message: string, start: number, end: number, hint: string) {
    super(message)
    this.start = start
    this.end = end
    this.hint = hint
  }
}

/**
 * `[transaction.]metric op value[unit]`, as in `p95 < 20ms`, `transfer.failed < 0.1%`, `tps >= 500/s`.
 *
 * @throws ThresholdError
 */
export function parseThreshold(text: string, transactions: readonly string[]): Threshold {
  const operator = /<=|>=|==|<|>|=/.exec(text)
  if (!operator) {
    throw new ThresholdError('a threshold compares: < <= > >= or == is missing', 0, text.length, 'as in p95 < 20ms')
  }
  const op = operator[0] === '=' ? '==' : (operator[0] as ThresholdOperator)
  const after = operator.index + operator[0].length
  const subject = parseSubject(text.slice(0, operator.index), transactions)
  return { source: text.trim(), ...subject, op, ...parseValue(text, after, subject.metric) }
}

function parseSubject(text: string, transactions: readonly string[]): Pick<Threshold, 'transaction' | 'metric'> {
  const subject = text.trim()
  const start = text.length - text.trimStart().length
  const end = Math.max(start + subject.length, start + 1)
  const metric = thresholdMetrics.find(name => name === subject)
  if (metric) return { transaction: null, metric }

  const dot = subject.indexOf('.')
  const prefix = dot > 0 ? subject.slice(0, dot) : ''
  const rest = thresholdMetrics.find(name => name === subject.slice(dot + 1))
  if (dot > 0 && transactions.includes(prefix)) {
    if (rest) return { transaction: prefix, metric: rest }
    const found = subject.slice(dot + 1)
    throw new ThresholdError(`unknown metric \`${found}\``, start + dot + 1, end, listed(found, thresholdMetrics))
  }
  if (rest && dot > 0) {
    throw new ThresholdError(`there is no transaction \`${prefix}\``, start, start + dot, listed(prefix, transactions))
  }
  throw new ThresholdError(`unknown metric \`${subject}\``, start, end, listed(subject, thresholdMetrics))
}

function listed(word: string, known: readonly string[]): string {
  return suggest(word, known) ?? 'remove it'
}

const microseconds: { readonly [unit: string]: number } = { us: 1, µs: 1, ms: 1000, s: 1_000_000, m: 60_000_000 }

function parseValue(text: string, from: number, metric: ThresholdMetric): Pick<Threshold, 'value' | 'unit'> {
  const start = from + (text.length - from - text.slice(from).trimStart().length)
  const end = Math.max(text.trimEnd().length, start + 1)
  const match = /^(\d+(?:\.\d+)?)\s*(\S*)$/.exec(text.slice(from).trim())
  const number = Number(match?.[1] ?? Number.NaN)
  const unit = match?.[2] ?? ''
  const bare = match && unit === '' ? match[1] : undefined
  const wrong = (wanted: string, example: string) =>
    new ThresholdError(`\`${metric}\` is compared with ${wanted}`, start, end, `as in ${example}`)

  if (isShare(metric)) {
    if (unit === '%' && number <= 100) return { value: number / 100, unit }
    if (unit === '' && number === 0) return { value: 0, unit }
    throw wrong('a percentage', number <= 100 && bare ? `${bare}%` : '0.1%')
  }
  if (metric === 'tps') {
    if (Number.isFinite(number) && (unit === '' || unit === '/s')) return { value: number, unit }
    throw wrong('a number per second', '500/s')
  }
  if (metric === 'retries_per_commit') {
    if (Number.isFinite(number) && unit === '') return { value: number, unit }
    throw wrong('a plain number', '0.5')
  }
  const scale = microseconds[unit]
  if (scale !== undefined) return { value: number * scale, unit }
  throw wrong('a duration with its unit', bare ? `${bare}ms` : '20ms')
}

function isShare(metric: ThresholdMetric): boolean {
  return shares.some(share => share === metric)
}
