import fc from 'fast-check'
import { decodeFromCompressedBase64, encodeIntoCompressedBase64, Int32Histogram } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import {
  bucketCount,
  bucketOf,
  emptyHistogram,
  type Histogram,
  HistogramRecorder,
  highestEquivalent,
  highestTrackable,
  lowestEquivalent,
  mergeHistograms,
  quantile,
} from '#oltp/measure/histogram.js'
import { decodeHistogram, encodeHistogram } from '#oltp/measure/histogram-codec.js'
import { mergeSlices, SliceReader, sliceQuantile } from '#oltp/measure/histogram-slice.js'
import type { HistogramSlice } from '#oltp/measure/tick.js'

const standard = () => new Int32Histogram(1, highestTrackable, 3)

function record(values: readonly number[]): Histogram {
  const recorder = new HistogramRecorder()
  for (const value of values) recorder.record(value)
  return recorder.view()
}

/** The same, without the thousands of empty buckets. */
function sparse({ counts, ...facts }: Histogram) {
  return { ...facts, buckets: [...counts.entries()].filter(([, count]) => count > 0) }
}

// Even over magnitudes: most latencies are small, all of the range has to work.
const time = fc
  .tuple(fc.integer({ min: 0, max: 32 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([magnitude, fraction]) => Math.min(highestTrackable, Math.floor(2 ** magnitude * (1 + fraction)) - 1))
const times = fc.array(time, { minLength: 1, maxLength: 300 })
const edges = [0, 1, 2047, 2048, 2049, 4095, 4096, 4097, 2 ** 31 - 1, 2 ** 31, highestTrackable - 1, highestTrackable]

describe('buckets', () => {
  it('are those of HdrHistogram', () => {
    const histogram = standard()
    fc.assert(
      fc.property(time, value => {
        const bucket = bucketOf(value)
        expect(bucket).toBeLessThan(bucketCount)
        expect(lowestEquivalent(bucket)).toBe(histogram.lowestEquivalentValue(value))
        expect(highestEquivalent(bucket)).toBe(histogram.highestEquivalentValue(value))
      }),
      { examples: edges.map(value => [value]), numRuns: 2000 },
    )
  })

  it('follow one another without a gap', () => {
    for (let bucket = 1; bucket < bucketCount; bucket++) {
      expect(lowestEquivalent(bucket)).toBe(highestEquivalent(bucket - 1) + 1)
    }
    expect(highestEquivalent(bucketCount - 1)).toBe(highestTrackable)
  })
})

describe('a recorder', () => {
  it('keeps count, sum and extremes exactly', () => {
    const histogram = record([5_000_001, 3, 7_777_777])
    expect(histogram).toMatchObject({ count: 3, sum_us: 12_777_781, min_us: 3, max_us: 7_777_777, clamped: 0, rejected: 0 })
  })

  it('refuses what is no time and clamps what is too long, and says so', () => {
    const histogram = record([Number.NaN, -1, 1e12, Number.POSITIVE_INFINITY, 5])
    expect(histogram).toMatchObject({ count: 3, rejected: 2, clamped: 2, min_us: 5, max_us: highestTrackable })
    expect(histogram.counts[bucketCount - 1]).toBe(2)
  })
})

describe('quantiles', () => {
  it('are the highest value of the bucket that reaches the rank, capped by the maximum', () => {
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.9, 0.95, 0.99, 0.999, 1), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b)
        const at = sorted[Math.max(0, Math.ceil(q * values.length - 1e-6) - 1)] as number
        expect(quantile(record(values), q)).toBe(Math.min(highestEquivalent(bucketOf(at)), sorted.at(-1) as number))
      }),
    )
  })

  it('do not slip a rank where floating point does', () => {
    expect(0.07 * 100).toBeGreaterThan(7)
    expect(quantile(record(Array.from({ length: 100 }, (_, index) => index + 1)), 0.07)).toBe(7)
    expect(quantile(emptyHistogram(), 0.5)).toBeNull()
  })
})

describe('the blob', () => {
  it('is what HdrHistogram writes of the same values, byte for byte, and what it reads', () => {
    fc.assert(
      fc.property(times, values => {
        const oracle = standard()
        for (const value of values) oracle.recordValue(value)
        const encoded = encodeHistogram(record(values))
        expect(encoded.data).toBe(encodeIntoCompressedBase64(oracle))
        const read = decodeFromCompressedBase64(encoded.data, 32, false)
        expect(read.totalCount).toBe(values.length)
        expect(read.getValueAtPercentile(95)).toBe(oracle.getValueAtPercentile(95))
      }),
      { numRuns: 20 },
    )
  })

  it('decodes to what it was made of', () => {
    fc.assert(
      fc.property(times, values => {
        const histogram = record(values)
        expect(sparse(decodeHistogram(encodeHistogram(histogram)))).toEqual(sparse(histogram))
      }),
      { numRuns: 20, examples: [[edges], [[0]], [[0, 0, 1]]] },
    )
    expect(decodeHistogram(encodeHistogram(emptyHistogram()))).toEqual(emptyHistogram())
  })

  it('can be merged with others as if all had been recorded into one', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 4 }), parts => {
        const merged = mergeHistograms(parts.map(values => decodeHistogram(encodeHistogram(record(values)))))
        expect(sparse(merged)).toEqual(sparse(record(parts.flat())))
      }),
      { numRuns: 20 },
    )
  })
})

describe('merging', () => {
  it('does not care about order or grouping, and empty ones change nothing', () => {
    fc.assert(
      fc.property(times, times, times, (a, b, c) => {
        const [x, y, z] = [record(a), record(b), record(c)]
        const all = mergeHistograms([x, y, z])
        expect(sparse(mergeHistograms([mergeHistograms([z, y]), emptyHistogram(), x]))).toEqual(sparse(all))
      }),
      { numRuns: 20 },
    )
  })
})

describe('slices', () => {
  it('are what came in between two readings, and add up to the whole', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 5 }), parts => {
        const recorder = new HistogramRecorder()
        const reader = new SliceReader()
        const slices: HistogramSlice[] = parts.map(values => {
          for (const value of values) recorder.record(value)
          const slice = reader.read(recorder.view())
          expect(slice.count).toBe(values.length)
          expect(slice.sum_us).toBe(values.reduce((sum, value) => sum + value, 0))
          expect(bucketOf(slice.max_us)).toBe(bucketOf(Math.max(...values)))
          expect(bucketOf(slice.min_us)).toBe(bucketOf(Math.min(...values)))
          return slice
        })
        expect(reader.read(recorder.view()).count).toBe(0)
        const whole = recorder.view()
        for (const q of [0.5, 0.95, 0.99]) expect(sliceQuantile(mergeSlices(slices), q)).toBe(quantile(whole, q))
      }),
      { numRuns: 20 },
    )
    expect(sliceQuantile(mergeSlices([]), 0.5)).toBeNull()
  })
})
