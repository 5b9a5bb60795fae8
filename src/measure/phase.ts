import { type ArrivalCounters, type Counters, type MetricName, sumCounters } from './counters.js'
import { type Histogram, mergeHistograms } from './histogram.js'
import { encodeHistogram } from './histogram-codec.js'
import { describeLatency, type LatencyKind } from './latency.js'
import { outcomes } from './outcome.js'
import type { ResultPhase, ResultTotals, ResultTransaction, ResultWasted } from './result.js'

/** Everything that was counted in one phase, all workers merged. */
export interface PhaseCounts {
  readonly name: string
  readonly measured: boolean
  readonly clients: { readonly from: number; readonly to: number }
  readonly rate: { readonly from: number; readonly to: number } | null
  readonly start_s: number
  readonly duration_s: number
  readonly complete: boolean
  readonly arrivals: ArrivalCounters
  readonly transactions: readonly TransactionCounts[]
  readonly statements: readonly { readonly name: string; readonly sql: string; readonly histogram: Histogram }[]
}

interface TransactionCounts {
  readonly name: string
  readonly weight: number
  readonly counters: Counters
  /** Failed attempts by code. */
  readonly errors: { readonly [code: string]: number }
  readonly histograms: Readonly<Record<MetricName, Histogram>>
}

/** The phase as the result document has it. A phase with a rate reports `response`, one without `service`. */
export function describePhase(counts: PhaseCounts): ResultPhase {
  const kind = counts.rate === null ? 'service' : 'response'
  const { transactions } = counts
  const merged = (metric: MetricName) => mergeHistograms(transactions.map(one => one.histograms[metric]))
  const counters = sumCounters(transactions.map(one => one.counters))
  return {
    name: counts.name,
    measured: counts.measured,
    clients: counts.clients,
    rate_per_s: counts.rate,
    start_s: counts.start_s,
    duration_s: counts.duration_s,
    complete: counts.complete,
    tps: perSecond(counters.acknowledged, counts.duration_s),
    latency: describeLatency(kind, merged(kind)),
    totals: describeTotals(counters, sumErrors(transactions), counts.arrivals),
    wasted: describeWasted(kind, counters, merged('first_try'), merged('retried')),
    queue: describeLatency(kind, merged('queue')),
    lag: describeLatency(kind, merged('lag')),
    transactions: transactions.map(one => describeTransaction(kind, one, counts.duration_s)),
    statements: counts.statements.map(({ name, sql, histogram }) => ({
      name,
      sql,
      executions: histogram.count,
      latency: describeLatency('service', histogram),
      histogram: encodeHistogram(histogram),
      server: null,
    })),
  }
}

function describeTransaction(kind: LatencyKind, counts: TransactionCounts, duration_s: number): ResultTransaction {
  const { name, weight, counters, errors, histograms } = counts
  const kept = (['response', 'service', 'queue', 'lag', 'time_to_failure'] as const).filter(metric => histograms[metric].count > 0)
  return {
    name,
    weight,
    tps: perSecond(counters.acknowledged, duration_s),
    latency: describeLatency(kind, histograms[kind]),
    totals: describeTotals(counters, errors, { due: 0, taken: 0, shed: 0, skipped: 0 }),
    wasted: describeWasted(kind, counters, histograms.first_try, histograms.retried),
    histograms: Object.fromEntries(kept.map(metric => [metric, encodeHistogram(histograms[metric])])),
  }
}

function describeTotals(counters: Counters, errors: { readonly [code: string]: number }, { shed, skipped }: ArrivalCounters): ResultTotals {
  return {
    offered: counters.started + shed + skipped,
    started: counters.started,
    committed: counters.committed,
    rolled_back: counters.rolled_back,
    failed: counters.failed,
    ambiguous: counters.ambiguous,
    cancelled: counters.cancelled,
    shed,
    skipped,
    late: counters.late,
    attempts: counters.attempts,
    retries: counters.retries,
    retried: counters.retried,
    outcomes: outcomesOf(counters),
    errors,
  }
}

function outcomesOf(counters: Counters): ResultTotals['outcomes'] {
  return Object.fromEntries(outcomes.map(name => [name, counters[name]])) as ResultTotals['outcomes']
}

function describeWasted(kind: LatencyKind, counters: Counters, firstTry: Histogram, retried: Histogram): ResultWasted {
  const wasted = counters.failed_attempts_us + counters.backoff_us
  return {
    attempts_per_commit: counters.committed === 0 ? null : counters.attempts / counters.committed,
    failed_attempts_us: counters.failed_attempts_us,
    backoff_us: counters.backoff_us,
    share_of_time: counters.busy_us === 0 ? null : Math.min(1, wasted / counters.busy_us),
    first_try: describeLatency(kind, firstTry),
    retried: describeLatency(kind, retried),
  }
}

function sumErrors(transactions: readonly TransactionCounts[]): { [code: string]: number } {
  const sums: { [code: string]: number } = {}
  for (const { errors } of transactions) {
    for (const [code, count] of Object.entries(errors)) sums[code] = (sums[code] ?? 0) + count
  }
  return sums
}

function perSecond(count: number, duration_s: number): number {
  return duration_s > 0 ? count / duration_s : 0
}
