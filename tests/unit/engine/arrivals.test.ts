import { describe, expect, it } from 'vitest'
import { type ArrivalPlan, scheduleArrivals } from '#oltp/engine/arrivals.js'
import { createRandom } from '#oltp/scenario/random.js'
import { distance } from '../../support/goodness.js'

const steady = { from: 1000, to: 1000 }

function all(plan: ArrivalPlan, worker = 0, workers = 1, seed = 1): number[] {
  const random = createRandom(seed, `arrivals ${worker}`)
  const next = scheduleArrivals(plan, worker, workers, () => random.next())
  const times: number[] = []
  for (let due = next(); due !== null; due = next()) times.push(due)
  return times
}

describe('constant arrivals', () => {
  it('are evenly spaced', () => {
    expect(all({ arrivals: 'constant', rate: steady, durationUs: 5000, limit: null })).toEqual([0, 1000, 2000, 3000, 4000])
  })

  it('are interleaved between workers, none twice, none left out', () => {
    const plan: ArrivalPlan = { arrivals: 'constant', rate: { from: 300, to: 300 }, durationUs: 1e6, limit: null }
    const shared = [0, 1, 2].flatMap(worker => all(plan, worker, 3)).sort((a, b) => a - b)
    expect(shared).toEqual(all(plan))
    expect(shared).toHaveLength(300)
  })

  it('follow a ramp: as many as the area under it', () => {
    const ramp = all({ arrivals: 'constant', rate: { from: 0, to: 1000 }, durationUs: 2e6, limit: null })
    expect(ramp).toHaveLength(1000)
    expect(ramp.filter(due => due < 1e6)).toHaveLength(250)
    const down = all({ arrivals: 'constant', rate: { from: 1000, to: 0 }, durationUs: 2e6, limit: null })
    expect(down.filter(due => due < 1e6)).toHaveLength(750)
    expect(down.length).toBeGreaterThanOrEqual(999)
  })

  it('stop at a limit where there is no duration', () => {
    expect(all({ arrivals: 'constant', rate: steady, durationUs: null, limit: 3 })).toEqual([0, 1000, 2000])
  })
})

describe('Poisson arrivals', () => {
  const plan: ArrivalPlan = { arrivals: 'poisson', rate: steady, durationUs: 20e6, limit: null }

  it.each([
    [0, 1],
    [1, 3],
  ])('have exponential gaps (worker %i of %i)', (worker, workers) => {
    const times = all(plan, worker, workers)
    const gaps = times.slice(1).map((due, index) => due - (times[index] as number))
    const rate = 1000 / workers / 1e6
    expect(distance(gaps, x => 1 - Math.exp(-rate * (x + 0.5)))).toBeLessThan(2)
    // The control: the same gaps do not pass for another rate.
    expect(distance(gaps, x => 1 - Math.exp(-1.1 * rate * x))).toBeGreaterThan(2)
  })

  it('are, given a ramp, spread as the rate is', () => {
    const times = all({ arrivals: 'poisson', rate: { from: 0, to: 2000 }, durationUs: 10e6, limit: null })
    expect(distance(times, t => (t / 10e6) ** 2)).toBeLessThan(2)
    expect(distance(times, t => t / 10e6)).toBeGreaterThan(2)
  })

  it('are the same for a seed, and others for another worker', () => {
    expect(all(plan)).toEqual(all(plan))
    expect(all(plan, 0, 2).slice(0, 5)).not.toEqual(all(plan, 1, 2).slice(0, 5))
  })
})
