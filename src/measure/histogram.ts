/**
 * Histograms of whole microseconds with the bucket layout of HdrHistogram(1 .. 4294967295, 3 digits): 0.1 % wide buckets
 * above 2 ms, 1 µs ones below it. The counts can live in shared memory: one thread records, another reads.
 */

export const bucketCount = 23 * 1024
export const highestTrackable = 4_294_967_295
/** How many exact facts a recorder keeps beside its buckets; see `Fact`. */
export const factCount = 6

const Fact = { count: 0, sum: 1, min: 2, max: 3, clamped: 4, rejected: 5 } as const

/** What a histogram holds at one moment. `min_us`, `max_us` and `sum_us` are exact, whatever the buckets' width. */
export interface Histogram {
  readonly counts: Uint32Array
  readonly count: number
  readonly sum_us: number
  readonly min_us: number
  readonly max_us: number
  /** Values beyond the range, counted in the top bucket. */
  readonly clamped: number
  /** NaN and negative values: counted here and nowhere else. */
  readonly rejected: number
}

/** Bucket of a value in 0 .. 4294967295. */
export function bucketOf(us: number): number {
  const exponent = 21 - Math.clz32(us | 2047)
  return ((exponent + 1) << 10) + ((us >>> exponent) - 1024)
}

/** The smallest value that is counted in this bucket. */
export function lowestEquivalent(bucket: number): number {
  if (bucket < 2048) return bucket
  return ((bucket & 1023) + 1024) * 2 ** ((bucket >> 10) - 1)
}

/** The largest value that is counted in this bucket. */
export function highestEquivalent(bucket: number): number {
  if (bucket < 2048) return bucket
  return ((bucket & 1023) + 1025) * 2 ** ((bucket >> 10) - 1) - 1
}

/** Counts values into memory that it is given: `counts` of `bucketCount`, `facts` of `factCount` numbers, all zero at first. */
export class HistogramRecorder {
  private readonly counts: Uint32Array
  private readonly facts: Float64Array

  constructor(counts: Uint32Array = new Uint32Array(bucketCount), facts: Float64Array = new Float64Array(factCount)) {
    this.counts = counts
    this.facts = facts
  }

  /** @param us whole microseconds; NaN and negatives are refused and counted, values beyond the range are clamped and counted */
  record(us: number): void {
    const { facts } = this
    if (!(us >= 0)) {
      facts[Fact.rejected] = (facts[Fact.rejected] as number) + 1
      return
    }
    let value = us
    if (us > highestTrackable) {
      facts[Fact.clamped] = (facts[Fact.clamped] as number) + 1
      value = highestTrackable
    }
    const bucket = bucketOf(value)
    this.counts[bucket] = (this.counts[bucket] as number) + 1
    const count = facts[Fact.count] as number
    if (count === 0 || value < (facts[Fact.min] as number)) facts[Fact.min] = value
    if (value > (facts[Fact.max] as number)) facts[Fact.max] = value
    facts[Fact.sum] = (facts[Fact.sum] as number) + value
    facts[Fact.count] = count + 1
  }

  get count(): number {
    return this.facts[Fact.count] as number
  }

  /** The recorder's memory as it is now, not a copy. */
  view(): Histogram {
    const { counts, facts } = this
    return {
      counts,
      count: facts[Fact.count] as number,
      sum_us: facts[Fact.sum] as number,
      min_us: facts[Fact.min] as number,
      max_us: facts[Fact.max] as number,
      clamped: facts[Fact.clamped] as number,
      rejected: facts[Fact.rejected] as number,
    }
  }
}

export function emptyHistogram(): Histogram {
  return { counts: new Uint32Array(bucketCount), count: 0, sum_us: 0, min_us: 0, max_us: 0, clamped: 0, rejected: 0 }
}

/** As if one recorder had seen all the values. Histograms are merged, percentiles never averaged. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const counts = new Uint32Array(bucketCount)
  const merged = { counts, count: 0, sum_us: 0, min_us: 0, max_us: 0, clamped: 0, rejected: 0 }
  for (const one of histograms) {
    merged.rejected += one.rejected
    if (one.count === 0) continue
    const last = bucketOf(one.max_us)
    for (let bucket = bucketOf(one.min_us); bucket <= last; bucket++) {
      counts[bucket] = (counts[bucket] as number) + (one.counts[bucket] as number)
    }
    merged.min_us = merged.count === 0 ? one.min_us : Math.min(merged.min_us, one.min_us)
    merged.max_us = Math.max(merged.max_us, one.max_us)
    merged.count += one.count
    merged.sum_us += one.sum_us
    merged.clamped += one.clamped
  }
  return merged
}

/**
 * The smallest bucket whose cumulative count reaches `ceil(q · count)`: its highest value, capped by the exact maximum.
 * Null without data.
 *
 * @param q 0 to 1
 */
export function quantile(histogram: Pick<Histogram, 'counts' | 'count' | 'min_us' | 'max_us'>, q: number): number | null {
  if (histogram.count === 0) return null
  const rank = rankOf(q, histogram.count)
  const last = bucketOf(histogram.max_us)
  let seen = 0
  for (let bucket = bucketOf(histogram.min_us); bucket <= last; bucket++) {
    seen += histogram.counts[bucket] as number
    if (seen >= rank) return Math.min(highestEquivalent(bucket), histogram.max_us)
  }
  return histogram.max_us
}

/** 1-based rank of a quantile: 0.07 · 100 is 7, although floating point has it a little above. */
export function rankOf(q: number, count: number): number {
  return Math.min(count, Math.max(1, Math.ceil(q * count - 1e-6)))
}
