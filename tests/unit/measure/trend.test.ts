import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { medianOf, trendOf } from '#oltp/measure/trend.js'

const points = (values: readonly number[]) => values.map((value, index) => [index, value] as const)
const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 40 })

describe('a trend', () => {
  it('needs four points that are not all at one place', () => {
    expect(trendOf(points([1, 2, 3]))).toBeNull()
    expect(trendOf([1, 2, 3, 4].map(value => [7, value]))).toBeNull()
    expect(trendOf(points([1, 2, 3, 4]))).toEqual({ slope: 1, lower: 1, upper: 1 })
  })

  it('has the interval of the textbook', () => {
    // 12 points, 66 slopes, 1.96 · √(12 · 11 · 29 / 18) = 28.6: the 18th from either end.
    const series = [5, 3, 8, 6, 9, 7, 12, 9, 14, 10, 15, 13]
    const slopes = series.flatMap((y, i) => series.slice(i + 1).map((later, at) => (later - y) / (at + 1))).sort((a, b) => a - b)
    expect(slopes).toHaveLength(66)
    expect(trendOf(points(series))).toEqual({ slope: ((slopes[32] ?? 0) + (slopes[33] ?? 0)) / 2, lower: slopes[17], upper: slopes[48] })
  })

  it('turns around with its points', () => {
    fc.assert(
      fc.property(values, fc.boolean(), (series, correlated) => {
        const up = trendOf(points(series), { correlated })
        const down = trendOf(points(series.map(value => -value)), { correlated })
        expect(up).not.toBeNull()
        expect(down?.lower).toBeCloseTo(-(up?.upper ?? 0), 9)
        expect(down?.upper).toBeCloseTo(-(up?.lower ?? 0), 9)
        expect(up?.lower).toBeLessThanOrEqual(up?.slope ?? 0)
        expect(up?.upper).toBeGreaterThanOrEqual(up?.slope ?? 0)
      }),
    )
  })

  it('is less certain where neighbours are alike, never more', () => {
    fc.assert(
      fc.property(values, series => {
        const [plain, wide] = [trendOf(points(series)), trendOf(points(series), { correlated: true })]
        expect(wide?.slope).toBe(plain?.slope)
        expect(wide?.lower).toBeLessThanOrEqual(plain?.lower ?? 0)
        expect(wide?.upper).toBeGreaterThanOrEqual(plain?.upper ?? 0)
      }),
    )
    const wandering = points([0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 7])
    expect(trendOf(wandering)?.lower).toBeGreaterThan(0)
    expect(trendOf(wandering, { correlated: true })?.lower).toBeLessThan(0)
  })
})

describe('the trend of a day', () => {
  it('is found in the means of neighbours', () => {
    const day = points(Array.from({ length: 86_400 }, (_, second) => second * 0.5 + (second % 7)))
    const trend = trendOf(day)
    expect(trend?.slope).toBeCloseTo(0.5, 3)
    expect(trend?.lower).toBeGreaterThan(0.49)
    expect(trendOf(day.map(([x]) => [x, (x * 7919) % 13]))?.lower).toBeLessThanOrEqual(0)
  })
})

describe('a median', () => {
  it('is the middle, or between the two', () => {
    expect(medianOf([])).toBeNull()
    expect(medianOf([3, 1, 2])).toBe(2)
    expect(medianOf([4, 1, 3, 2])).toBe(2.5)
  })
})
