import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptySlice } from '#oltp/measure/histogram-slice.js'
import { distribution } from '#oltp/ui/panels/distribution.js'
import { sliceOf } from '../../support/slices.js'

const shown = (values: readonly number[], groups: number) =>
  distribution(sliceOf(values), groups).map(({ label, share }) => `${label}: ${share}`)

test('latencies are grouped between round edges, in ms', () => {
  const values = [600, 900, 1500, 1600, 1700, 3000, 4000, 6000]
  expect(shown(values, 8)).toEqual(['<1: 0.25', '1–2: 0.375', '2–5: 0.25', '5–10: 0.125'])
})

test('where there is no room for all, the steps are coarser', () => {
  const values = [100, 900, 8000, 70_000, 600_000]
  expect(shown(values, 9)).toEqual([
    '<0.3: 0.2',
    '0.3–1: 0.2',
    '1–3: 0',
    '3–10: 0.2',
    '10–30: 0',
    '30–100: 0.2',
    '100–300: 0',
    '300–1000: 0.2',
  ])
  expect(shown(values, 5)).toEqual(['<1: 0.4', '1–10: 0.2', '10–100: 0.2', '100–1000: 0.2'])
  expect(shown(values, 3)).toEqual(['<100: 0.8', '100–1000: 0.2'])
})

test('nothing is lost or counted twice, whatever the values and the room', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4294967295 }), { minLength: 1 }), fc.integer({ min: 2, max: 20 }), (values, groups) => {
      const all = distribution(sliceOf(values), groups)
      expect(all.length).toBeLessThanOrEqual(groups)
      expect(all.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    }),
  )
  expect(distribution(emptySlice, 5)).toEqual([])
})
