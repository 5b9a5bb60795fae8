import fc from 'fast-check'
import { expect, test } from 'vitest'
import { area, bar, chartSeconds, niceCeiling, resample, sparkline, timeScale } from '#oltp/ui/chart.js'
import type { Sample } from '#oltp/ui/model.js'

const ramp: Sample[] = Array.from({ length: 8 }, (_, at) => ({ t_s: at + 1, interval_s: 1, value: at + 1 }))

test('bars are made of eighths', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8, null], 8)).toBe(' ▁▂▃▄▅▆▇█ ')
  expect(area([1, 8, 12, 16], 2, 16)).toEqual(['  ▄█', '▁███'])
  expect(sparkline([0.001], 8)).toBe('▁')
  expect(sparkline([99], 8)).toBe('█')
  expect(sparkline([5, null], 0)).toBe('  ')
  expect([0, 0.001, 0.5, 1].map(fraction => bar(fraction, 8))).toEqual(['', '█', '████', '████████'])
})

test('a spike survives downsampling by max, and is averaged by mean', () => {
  const spike = ramp.map(sample => ({ ...sample, value: sample.t_s === 5 ? 100 : 1 }))
  const scale = { columnsPerSecond: 1, secondsPerColumn: 4, seconds: 8 }
  expect(resample(spike, 8, 2, scale, 'max')).toEqual([1, 100])
  expect(resample(spike, 8, 2, scale, 'mean')).toEqual([1, 25.75])
})

test('columns start at fixed seconds: one second more changes the last column only, until a new one begins', () => {
  const scale = { columnsPerSecond: 1, secondsPerColumn: 2, seconds: 8 }
  expect(resample(ramp.slice(0, 7), 7, 4, scale, 'max')).toEqual([2, 4, 6, 7])
  expect(resample(ramp, 8, 4, scale, 'max')).toEqual([2, 4, 6, 8])
  expect(resample([...ramp, { t_s: 9, interval_s: 1, value: 9 }], 9, 4, scale, 'max')).toEqual([4, 6, 8, 9])
})

test('a tick that covers several seconds fills them; seconds without data stay empty', () => {
  const scale = timeScale(4, 4)
  expect(resample([{ t_s: 3.02, interval_s: 2, value: 7 }], 4, 4, scale, 'mean')).toEqual([null, 7, 7, null])
  expect(resample([{ t_s: 2, interval_s: 1, value: null }], 2, 4, scale, 'mean')).toEqual([null, null, null, null])
})

test('several columns to a second where there is room', () => {
  expect(timeScale(15, 35)).toEqual({ columnsPerSecond: 2, secondsPerColumn: 1, seconds: 17 })
  expect(resample(ramp, 8, 5, { columnsPerSecond: 2, secondsPerColumn: 1, seconds: 2 }, 'mean')).toEqual([6, 7, 7, 8, 8])
})

test('whatever the size, the picture is as wide as it should be', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 4000 }), (width, seconds) => {
      const scale = timeScale(seconds, width)
      expect(scale.seconds * 1.25 + 1).toBeGreaterThan(seconds)
      expect(area(resample(ramp, 8, width, scale, 'max'), 3, 8).map(row => row.length)).toEqual([width, width, width])
    }),
  )
})

test('axes end at round numbers, windows grow in steps', () => {
  expect([0, 0.013, 0.9, 1, 1.01, 47, 1842, 9001].map(niceCeiling)).toEqual([1, 0.015, 1, 1, 1.5, 50, 2000, 10_000])
  expect([3, 16, 47, 90, 4000].map(end => chartSeconds(60, end))).toEqual([15, 30, 60, 60, 60])
  expect(chartSeconds(Number.POSITIVE_INFINITY, 700)).toBe(1200)
})
