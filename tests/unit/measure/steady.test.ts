import { describe, expect, it } from 'vitest'
import type { ResultSteady } from '#oltp/measure/result.js'
import { describeSteady, type LatencySecond, latencySeconds } from '#oltp/measure/steady.js'
import type { Tick } from '#oltp/measure/tick.js'
import { createRandom } from '#oltp/scenario/random.js'
import { quietGenerator } from '../../support/quiet-generator.js'
import { sliceOf } from '../../support/slices.js'

/** Mean latency at a second of a phase of so many, in units of the level; noise is drawn on top. */
type Shape = (second: number, length: number) => number

const flat: Shape = () => 1
const ramp: Shape = (second, length) => 1 + Math.max(0, 1 - second / (0.3 * length))
const risingBy =
  (share: number): Shape =>
  (second, length) =>
    1 + (share * second) / length
const stepAt =
  (share: number): Shape =>
  (second, length) =>
    second < share * length ? 1 : 1.5

/** Seconds of 500 commits with a level of 4 ms; `alike` is how much of the noise of a second carries over to the next. */
function series(shape: Shape, length: number, noise: number, seed: number, alike = 0): LatencySecond[] {
  const random = createRandom(seed, 'noise')
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  let carried = gauss()
  return Array.from({ length }, (_, second) => {
    carried = alike * carried + Math.sqrt(1 - alike ** 2) * gauss()
    const mean_us = 4000 * (shape(second, length) + noise * carried)
    return { start_s: second, end_s: second + 1, count: 500, sum_us: 500 * mean_us }
  })
}

/** How often, of 300 seeded runs. */
function share(holds: (steady: ResultSteady) => boolean, ...[shape, length, noise, alike]: [Shape, number, number, number?]): number {
  const runs = 300
  let count = 0
  for (let seed = 1; seed <= runs; seed++) if (holds(describeSteady(series(shape, length, noise, seed, alike)))) count++
  return count / runs
}

const quiet = ({ verdict, from_s }: ResultSteady) => verdict === 'steady' && from_s === 0
const is = (wanted: ResultSteady['verdict']) => (steady: ResultSteady) => steady.verdict === wanted

describe('a steady state', () => {
  it('is not judged on fewer than eight seconds with commits', () => {
    expect(describeSteady([])).toEqual({
      verdict: 'too short',
      from_s: null,
      drift_per_minute: null,
      drift_lower: null,
      drift_upper: null,
    })
    expect(describeSteady(series(flat, 7, 0.05, 1)).verdict).toBe('too short')
    expect(describeSteady(series(flat, 8, 0.05, 1)).verdict).not.toBe('too short')
    const stalled = series(flat, 10, 0.05, 1).map((second, at) => (at < 3 ? { ...second, count: 0, sum_us: 0 } : second))
    expect(describeSteady(stalled).verdict).toBe('too short')
  })

  it('is that of a series without any noise', () => {
    expect(describeSteady(series(flat, 30, 0, 1))).toEqual({
      verdict: 'steady',
      from_s: 0,
      drift_per_minute: 0,
      drift_lower: 0,
      drift_upper: 0,
    })
  })

  it.each([8, 10, 30, 60, 300])('is doubted wrongly in fewer than 6 % of runs of %i s with independent noise', length => {
    expect(share(quiet, flat, length, 0.05)).toBeGreaterThan(0.94)
    expect(share(quiet, flat, length, 0.15)).toBeGreaterThan(0.94)
  })

  it.each([
    [10, 0.3],
    [30, 0.2],
    [60, 0.2],
    [300, 0.1],
  ])('is doubted more often where a second takes after the one before: %i s, in fewer than %f', (length, limit) => {
    const alarms = 1 - share(quiet, flat, length, 0.05, 0.6)
    expect(alarms).toBeLessThan(limit)
  })

  it('is not doubted for a single second that was ten times slower', () => {
    for (let at = 0; at < 30; at++) {
      const seconds = series(flat, 30, 0.03, 7).map((second, index) => (index === at ? { ...second, sum_us: second.sum_us * 10 } : second))
      const { verdict, from_s } = describeSteady(seconds)
      expect(verdict).toBe('steady')
      // One of the very first is a start like any other.
      expect([0, at < 3 ? at + 1 : 0]).toContain(from_s)
    }
  })
})

describe('a start that is slower', () => {
  it.each([10, 30, 60])('ends where the rest is steady, in %i s', length => {
    const found = (steady: ResultSteady) =>
      steady.verdict === 'steady' && Number(steady.from_s) >= length * 0.1 && Number(steady.from_s) <= length * 0.4
    expect(share(found, ramp, length, 0.05)).toBeGreaterThan(0.9)
    // Or it would be found in anything.
    expect(share(found, flat, length, 0.05)).toBeLessThan(0.05)
  })

  it('is told in whole batches', () => {
    const { from_s } = describeSteady(series(stepAt(0.3), 100, 0.02, 1))
    expect(from_s).toBe(30)
    expect(describeSteady(series(stepAt(0.3), 20, 0.02, 1)).from_s).toBe(6)
  })
})

describe('a drift', () => {
  it.each([
    ['up', 10, 0.5],
    ['up', 30, 0.3],
    ['down', 60, -0.25],
    ['up', 300, 0.1],
  ])('%s is noticed in %i s that end %f away', (_, length, by) => {
    expect(share(is('drifting'), risingBy(by), length, 0.05)).toBeGreaterThan(0.9)
  })

  it('has the true slope in its interval nineteen times in twenty', () => {
    const level = 1.15
    const truth = 0.3 / level
    const covered = ({ drift_lower, drift_upper }: ResultSteady) => Number(drift_lower) <= truth && truth <= Number(drift_upper)
    expect(share(covered, risingBy(0.3), 60, 0.05)).toBeGreaterThan(0.93)
    expect(share(({ drift_lower }) => Number(drift_lower) > truth * 2, risingBy(0.3), 60, 0.05)).toBe(0)
    const steady = describeSteady(series(risingBy(0.3), 60, 0.02, 1))
    expect(steady.drift_per_minute).toBeCloseTo(truth, 1)
    expect(steady.drift_lower).toBeGreaterThan(0)
  })

  it('of less than 5 % over the phase is not worth a word, however certain', () => {
    const steady = describeSteady(series(risingBy(0.04), 60, 0.001, 1))
    expect(steady).toMatchObject({ verdict: 'steady', from_s: 0 })
    expect(steady.drift_lower).toBeGreaterThan(0)
    expect(describeSteady(series(risingBy(0.07), 60, 0.001, 1)).verdict).toBe('drifting')
  })
})

describe('a step in the second half', () => {
  it.each([
    [10, 0.7],
    [30, 0.6],
    [60, 0.75],
    [300, 0.7],
  ])('is no steady state: %i s, at %f', (length, at) => {
    expect(share(is('no steady state'), stepAt(at), length, 0.05)).toBeGreaterThan(0.85)
    expect(share(is('steady'), stepAt(at), length, 0.05)).toBeLessThan(0.05)
    expect(share(is('no steady state'), flat, length, 0.05)).toBeLessThan(0.02)
  })

  it('has no beginning', () => {
    expect(describeSteady(series(stepAt(0.7), 30, 0.02, 1)).from_s).toBeNull()
  })
})

describe('a day', () => {
  it('is judged in batches long enough not to take the day', () => {
    expect(describeSteady(series(risingBy(0.2), 86_400, 0.05, 1)).verdict).toBe('drifting')
    expect(describeSteady(series(flat, 86_400, 0.05, 1)).verdict).toBe('steady')
  })
})

describe('the seconds of a phase', () => {
  it('are those that lie inside it, and the late last one', () => {
    const ticks = [1, 2, 3.001, 4.004, 5, 6.2, 6.25].map((t_s, at, all) => tickAt(t_s, t_s - (all[at - 1] ?? 0)))
    const seconds = latencySeconds(ticks, { start_s: 2, duration_s: 4 })
    expect(seconds.map(({ end_s }) => Number(end_s.toFixed(3)))).toEqual([1.001, 2.004, 3, 4.2])
    expect(seconds[0]).toMatchObject({ count: 3, sum_us: 600 })
  })

  it('leave out one that is half in another phase', () => {
    const ticks = [1, 2, 3, 4].map(t_s => tickAt(t_s, 1))
    expect(latencySeconds(ticks, { start_s: 0.5, duration_s: 2 }).map(({ start_s }) => start_s)).toEqual([0.5])
  })
})

function tickAt(t_s: number, interval_s: number): Tick {
  const one = { committed: 0, rolledBack: 0, failed: 0, retries: 0 }
  return {
    t_s,
    interval_s,
    phase: 0,
    clients: 1,
    inTransaction: 0,
    backingOff: 0,
    backlog: 0,
    offered: 0,
    transactions: [
      { ...one, name: 'a', latency: sliceOf([100, 200]) },
      { ...one, name: 'b', latency: sliceOf([300]) },
    ],
    statements: [],
    errors: [],
    generator: quietGenerator,
  }
}
