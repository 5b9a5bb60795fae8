import type { Threshold, ThresholdMetric, ThresholdOperator } from '../scenario/threshold.js'
import { decodeHistogram } from './histogram-codec.js'
import { mergeSlices, sliceQuantile } from './histogram-slice.js'
import { describeLatency } from './latency.js'
import type { ResultLatency, ResultPhase, ResultTransaction } from './result.js'
import type { HistogramSlice, Tick } from './tick.js'

/** What became of a threshold. `value` is in the threshold's base unit (µs, 1/s, a fraction, a ratio); null: nothing to go by. */
export interface ThresholdVerdict {
  readonly passed: boolean
  readonly value: number | null
  readonly unit: 'us' | '1/s' | '1'
}

/** Against a whole phase. Without any data a threshold has not passed: nothing shows that it holds. */
export function evaluateThreshold(threshold: Threshold, phase: ResultPhase): ThresholdVerdict {
  const subject = threshold.transaction === null ? phase : phase.transactions.find(({ name }) => name === threshold.transaction)
  return verdict(threshold, subject === undefined ? null : valueIn(subject, threshold.metric))
}

function verdict({ metric, op, value: limit }: Threshold, value: number | null): ThresholdVerdict {
  return { passed: value !== null && compare[op](value, limit), value, unit: unitOf(metric) }
}

const compare: Readonly<Record<ThresholdOperator, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '==': (value, limit) => value === limit,
}

function unitOf(metric: ThresholdMetric): ThresholdVerdict['unit'] {
  if (metric === 'tps') return '1/s'
  return metric === 'failed' || metric === 'rolled_back' || metric === 'retries_per_commit' ? '1' : 'us'
}

function valueIn(subject: ResultPhase | ResultTransaction, metric: ThresholdMetric): number | null {
  if (metric === 'tps') return subject.tps
  const { committed, rolled_back, failed, retries } = subject.totals
  if (metric === 'failed' || metric === 'rolled_back' || metric === 'retries_per_commit') {
    return ratio(metric, { committed, rolledBack: rolled_back, failed, retries })
  }
  const [wait, statistic] = splitMetric(metric)
  const latency = wait === null ? subject.latency : waitOf(subject, wait)
  return latency === null ? null : latency[fieldOf[statistic]]
}

interface Counts {
  readonly committed: number
  readonly rolledBack: number
  readonly failed: number
  readonly retries: number
}

function ratio(metric: 'failed' | 'rolled_back' | 'retries_per_commit', { committed, rolledBack, failed, retries }: Counts): number | null {
  const ended = committed + rolledBack + failed
  const [part, whole] = metric === 'retries_per_commit' ? [retries, committed] : [metric === 'failed' ? failed : rolledBack, ended]
  return whole === 0 ? null : part / whole
}

type Statistic = 'p50' | 'p90' | 'p95' | 'p99' | 'p99.9' | 'max' | 'mean'

const fieldOf = {
  p50: 'p50_us',
  p90: 'p90_us',
  p95: 'p95_us',
  p99: 'p99_us',
  'p99.9': 'p99_9_us',
  max: 'max_us',
  mean: 'mean_us',
} as const satisfies Readonly<Record<Statistic, keyof ResultLatency>>

const waits = { acquire: 'queue', lag: 'lag' } as const

function splitMetric(
  metric: Exclude<ThresholdMetric, 'tps' | 'failed' | 'rolled_back' | 'retries_per_commit'>,
): [wait: keyof typeof waits | null, statistic: Statistic] {
  if (metric.startsWith('acquire.')) return ['acquire', metric.slice('acquire.'.length) as Statistic]
  if (metric.startsWith('lag.')) return ['lag', metric.slice('lag.'.length) as Statistic]
  return [null, metric as Statistic]
}

function waitOf(subject: ResultPhase | ResultTransaction, wait: keyof typeof waits): ResultLatency | null {
  if ('queue' in subject) return subject[waits[wait]]
  const encoded = subject.histograms[waits[wait]]
  return encoded === undefined ? null : describeLatency(subject.latency.kind, decodeHistogram(encoded))
}

/** Thresholds while a load runs, over what the phase at hand has shown so far. `acquire` and `lag` are known only at its end. */
export class ThresholdMeter {
  private readonly thresholds: readonly Threshold[]
  private readonly sums = new Map<string, { counts: Counts; latency: HistogramSlice }>()
  private phase = -1
  private seconds = 0

  constructor(thresholds: readonly Threshold[]) {
    this.thresholds = thresholds
  }

  /** Starts afresh with every phase. Null: no data yet. */
  update(tick: Tick): (ThresholdVerdict | null)[] {
    if (tick.phase !== this.phase) {
      this.phase = tick.phase
      this.seconds = 0
      this.sums.clear()
    }
    this.seconds += tick.interval_s
    for (const { name, latency, ...counts } of tick.transactions) {
      const before = this.sums.get(name)
      this.sums.set(name, before === undefined ? { counts, latency } : add(before, { counts, latency }))
    }
    return this.thresholds.map(threshold => {
      const value = this.valueOf(threshold)
      return value === null ? null : verdict(threshold, value)
    })
  }

  private valueOf({ transaction, metric }: Threshold): number | null {
    const parts = transaction === null ? [...this.sums.values()] : [this.sums.get(transaction)].filter(part => part !== undefined)
    const [first, ...rest] = parts
    if (first === undefined) return null
    const { counts, latency } = rest.reduce(add, first)
    if (metric === 'tps') return this.seconds > 0 ? counts.committed / this.seconds : null
    if (metric === 'failed' || metric === 'rolled_back' || metric === 'retries_per_commit') return ratio(metric, counts)
    const [wait, statistic] = splitMetric(metric)
    if (wait !== null || latency.count === 0) return null
    if (statistic === 'max') return latency.max_us
    return statistic === 'mean' ? latency.sum_us / latency.count : sliceQuantile(latency, Number(statistic.slice(1)) / 100)
  }
}

function add(a: { counts: Counts; latency: HistogramSlice }, b: { counts: Counts; latency: HistogramSlice }) {
  return {
    counts: {
      committed: a.counts.committed + b.counts.committed,
      rolledBack: a.counts.rolledBack + b.counts.rolledBack,
      failed: a.counts.failed + b.counts.failed,
      retries: a.counts.retries + b.counts.retries,
    },
    latency: mergeSlices([a.latency, b.latency]),
  }
}
