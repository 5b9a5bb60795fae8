import { bucketCount, bucketOf, type Histogram, highestEquivalent, lowestEquivalent, rankOf } from './histogram.js'
import type { HistogramSlice } from './tick.js'

export const emptySlice: HistogramSlice = { buckets: [], count: 0, sum_us: 0, min_us: 0, max_us: 0 }

/** What one histogram gained between two readings; it remembers the earlier one. */
export class SliceReader {
  private readonly seen = new Uint32Array(bucketCount)
  private seenCount = 0
  private seenSum = 0
  private seenMin = Number.POSITIVE_INFINITY
  private seenMax = -1

  /** Since the last call. The extremes are exact where they are new extremes of the whole run, else those of their buckets. */
  read(histogram: Histogram): HistogramSlice {
    if (histogram.count === this.seenCount) return emptySlice
    const { seen } = this
    const buckets: number[] = []
    const last = bucketOf(histogram.max_us)
    let count = 0
    for (let bucket = bucketOf(histogram.min_us); bucket <= last; bucket++) {
      const now = histogram.counts[bucket] as number
      const gained = now - (seen[bucket] as number)
      if (gained === 0) continue
      buckets.push(bucket, gained)
      count += gained
      seen[bucket] = now
    }
    if (count === 0) return emptySlice
    const slice = {
      buckets,
      count,
      sum_us: histogram.sum_us - this.seenSum,
      min_us: histogram.min_us < this.seenMin ? histogram.min_us : lowestEquivalent(buckets[0] ?? 0),
      max_us: histogram.max_us > this.seenMax ? histogram.max_us : Math.min(highestEquivalent(buckets.at(-2) ?? 0), histogram.max_us),
    }
    this.seenCount = histogram.count
    this.seenSum = histogram.sum_us
    this.seenMin = histogram.min_us
    this.seenMax = histogram.max_us
    return slice
  }
}

/** As if one interval had seen all of them. */
export function mergeSlices(slices: readonly HistogramSlice[]): HistogramSlice {
  const filled = slices.filter(slice => slice.count > 0)
  if (filled.length <= 1) return filled[0] ?? emptySlice
  const counts = new Map<number, number>()
  for (const slice of filled) {
    for (let at = 0; at < slice.buckets.length; at += 2) {
      const bucket = slice.buckets[at] as number
      counts.set(bucket, (counts.get(bucket) ?? 0) + (slice.buckets[at + 1] as number))
    }
  }
  return {
    buckets: [...counts].sort(([a], [b]) => a - b).flat(),
    count: filled.reduce((sum, slice) => sum + slice.count, 0),
    sum_us: filled.reduce((sum, slice) => sum + slice.sum_us, 0),
    min_us: Math.min(...filled.map(slice => slice.min_us)),
    max_us: Math.max(...filled.map(slice => slice.max_us)),
  }
}

/** The same definition as `quantile` of a whole histogram; null without data. */
export function sliceQuantile(slice: HistogramSlice, q: number): number | null {
  if (slice.count === 0) return null
  const rank = rankOf(q, slice.count)
  let seen = 0
  for (let at = 0; at < slice.buckets.length; at += 2) {
    seen += slice.buckets[at + 1] as number
    if (seen >= rank) return Math.min(highestEquivalent(slice.buckets[at] as number), slice.max_us)
  }
  return slice.max_us
}
