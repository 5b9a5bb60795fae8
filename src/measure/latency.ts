import { bucketOf, type Histogram, lowestEquivalent, quantile } from './histogram.js'
import type { ResultLatency } from './result.js'

export type LatencyKind = ResultLatency['kind']

/** The figures that reports show of a histogram; null without data. */
export function describeLatency(kind: LatencyKind, histogram: Histogram): ResultLatency {
  const empty = histogram.count === 0
  return {
    kind,
    count: histogram.count,
    mean_us: empty ? null : histogram.sum_us / histogram.count,
    stddev_us: empty ? null : deviationOf(histogram),
    min_us: empty ? null : histogram.min_us,
    p50_us: quantile(histogram, 0.5),
    p90_us: quantile(histogram, 0.9),
    p95_us: quantile(histogram, 0.95),
    p99_us: quantile(histogram, 0.99),
    p99_9_us: quantile(histogram, 0.999),
    max_us: empty ? null : histogram.max_us,
  }
}

/** Of the buckets' lowest values: exact to their width of 0.1 %. */
function deviationOf({ counts, count, sum_us, min_us, max_us }: Histogram): number {
  const mean = sum_us / count
  let squares = 0
  const last = bucketOf(max_us)
  for (let bucket = bucketOf(min_us); bucket <= last; bucket++) {
    const times = counts[bucket] as number
    if (times > 0) squares += times * (lowestEquivalent(bucket) - mean) ** 2
  }
  return Math.sqrt(squares / count)
}
