import type { HistogramSlice } from './tick.js'

/**
 * The quantile of what a slice holds, in whole µs: the highest value of the smallest bucket whose cumulative count reaches
 * ceil(q · count), capped by the exact maximum (HdrHistogram's rule, plus the cap). null without data. Expects ascending buckets.
 */
export function quantileOfSlice(slice: HistogramSlice, q: number): number | null {
  if (slice.count === 0) return null
  const rank = Math.max(1, Math.ceil(q * slice.count))
  let reached = 0
  for (let at = 0; at < slice.buckets.length; at += 2) {
    reached += slice.buckets[at + 1] ?? 0
    if (reached >= rank) return Math.min(highestOfBucket(slice.buckets[at] ?? 0), slice.max_us)
  }
  return slice.max_us
}

/** All that the slices hold, in one: buckets are added, never averaged. */
export function mergeSlices(slices: readonly HistogramSlice[]): HistogramSlice {
  const filled = slices.filter(slice => slice.count > 0)
  const [first] = filled
  if (!first) return emptySlice
  if (filled.length === 1) return first
  const counts = new Map<number, number>()
  for (const { buckets } of filled) {
    for (let at = 0; at < buckets.length; at += 2) {
      const index = buckets[at] ?? 0
      counts.set(index, (counts.get(index) ?? 0) + (buckets[at + 1] ?? 0))
    }
  }
  return {
    buckets: [...counts].sort(([a], [b]) => a - b).flat(),
    count: sum(filled.map(slice => slice.count)),
    sum_us: sum(filled.map(slice => slice.sum_us)),
    min_us: Math.min(...filled.map(slice => slice.min_us)),
    max_us: Math.max(...filled.map(slice => slice.max_us)),
  }
}

/** How many values are at least `edges[i]` and below `edges[i + 1]` µs; the first and the last group are open. */
export function countsBetween(slice: HistogramSlice, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0)
  let group = 0
  for (let at = 0; at < slice.buckets.length; at += 2) {
    const value = lowestOfBucket(slice.buckets[at] ?? 0)
    while (group < edges.length && value >= (edges[group] ?? Infinity)) group++
    counts[group] = (counts[group] ?? 0) + (slice.buckets[at + 1] ?? 0)
  }
  return counts
}

export const emptySlice: HistogramSlice = { buckets: [], count: 0, sum_us: 0, min_us: 0, max_us: 0 }

/** The smallest value (µs) that falls into a bucket of HdrHistogram(1..4294967295, 3 digits): exact below 2048, then 1024 buckets per power of two. */
export function lowestOfBucket(index: number): number {
  if (index < 2048) return index
  return ((index % 1024) + 1024) * bucketWidth(index)
}

/** The largest one. */
export function highestOfBucket(index: number): number {
  return lowestOfBucket(index) + bucketWidth(index) - 1
}

// Not a shift: the topmost buckets do not fit into 32 bits with a sign.
function bucketWidth(index: number): number {
  return index < 2048 ? 1 : 2 ** (Math.floor(index / 1024) - 1)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
