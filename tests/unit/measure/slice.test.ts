import fc from 'fast-check'
import { build } from 'hdr-histogram-js'
import { expect, test } from 'vitest'
import { countsBetween, emptySlice, highestOfBucket, lowestOfBucket, mergeSlices, quantileOfSlice } from '#oltp/measure/slice.js'
import type { HistogramSlice } from '#oltp/measure/tick.js'
import { sliceOf } from '../../support/slices.js'

/** The recorder's formula (see measure/histogram.ts): which bucket a value falls into. */
function bucketOf(value: number): number {
  const b = 21 - Math.clz32(value | 2047)
  return ((b + 1) << 10) + ((value >>> b) - 1024)
}

const values = fc.array(fc.integer({ min: 0, max: 4294967295 }), { minLength: 1, maxLength: 60 })

test('a bucket index gives back the range of values that fall into it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4294967295 }), value => {
      const index = bucketOf(value)
      expect(lowestOfBucket(index)).toBeLessThanOrEqual(value)
      expect(highestOfBucket(index)).toBeGreaterThanOrEqual(value)
      expect(bucketOf(lowestOfBucket(index))).toBe(index)
      expect(bucketOf(highestOfBucket(index))).toBe(index)
    }),
  )
  expect(highestOfBucket(bucketOf(4294967295))).toBe(4294967295)
})

test('quantiles are those of HdrHistogram, capped by the exact maximum', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.9, 0.95, 0.99, 0.999, 1), (recorded, q) => {
      const reference = build({ lowestDiscernibleValue: 1, highestTrackableValue: 4294967295, numberOfSignificantValueDigits: 3 })
      for (const value of recorded) reference.recordValue(value)
      const expected = Math.min(reference.getValueAtPercentile(q * 100), Math.max(...recorded))
      expect(quantileOfSlice(sliceOf(recorded), q)).toBe(expected)
    }),
  )
  expect(quantileOfSlice(emptySlice, 0.5)).toBeNull()
})

test('merging slices equals recording everything into one, in any order', () => {
  fc.assert(
    fc.property(values, values, (left, right) => {
      const together = sliceOf([...left, ...right])
      expect(mergeSlices([sliceOf(left), emptySlice, sliceOf(right)])).toEqual(together)
      expect(mergeSlices([sliceOf(right), sliceOf(left)])).toEqual(together)
    }),
  )
  expect(mergeSlices([])).toEqual(emptySlice)
})

test('values are counted between edges, with open ends', () => {
  const slice: HistogramSlice = sliceOf([50, 100, 150, 200, 900])
  expect(countsBetween(slice, [100, 200])).toEqual([1, 2, 2])
  expect(countsBetween(emptySlice, [100, 200])).toEqual([0, 0, 0])
})
