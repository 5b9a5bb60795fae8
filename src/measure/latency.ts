import { bucketOf, type Histogram, highestEquivalent, lowestEquivalent, quantile } from './histogram.js'
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

/**
 * Of the middles of the buckets about their own mean: off by at most 0.05 % of the root mean square of the values, half a bucket's
 * width, and nothing for values that are all alike.
 */
function deviationOf({ counts, count, min_us, max_us }: Histogram): number {
  const [first, last] = [bucketOf(min_us), bucketOf(max_us)]
  let sum = 0
  for (let bucket = first; bucket <= last; bucket++) sum += (counts[bucket] as number) * middleOf(bucket)
  const mean = sum / count
  let squares = 0
  for (let bucket = first; bucket <= last; bucket++) squares += (counts[bucket] as number) * (middleOf(bucket) - mean) ** 2
  return Math.sqrt(squares / count)
}

function middleOf(bucket: number): number {
  return (lowestEquivalent(bucket) + highestEquivalent(bucket)) / 2
}
