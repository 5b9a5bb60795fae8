import { describe, expect, it } from 'vitest'
import type { PreparationStep } from '#oltp/run/events.js'
import { preparationStep, rowProgress } from '#oltp/run/progress.js'

describe('rowProgress', () => {
  const told: [string, number | null][] = []
  const at = (expected: number | null) => {
    told.length = 0
    let now = 0
    const report = rowProgress(
      expected,
      (detail, fraction) => told.push([detail, fraction]),
      () => now,
    )
    return (ms: number, loaded: number) => {
      now = ms
      report(loaded)
    }
  }

  it('tells rows, rate and what is left', () => {
    const report = at(10_000_000)
    report(3000, 1_230_000)
    expect(told).toEqual([['1,230,000 of 10,000,000 rows, 410,000/s, 21 s left', 0.123]])
  })

  it('tells no more than ten times a second', () => {
    const report = at(1000)
    for (let ms = 1; ms <= 1000; ms++) report(ms, ms)
    expect(told.length).toBeGreaterThanOrEqual(9)
    expect(told.length).toBeLessThanOrEqual(10)
  })

  it('says nothing of the end where it is not known', () => {
    const report = at(null)
    report(1000, 500)
    expect(told).toEqual([['500 rows, 500/s', null]])
  })

  it('never says more than all', () => {
    const report = at(10)
    report(1000, 20)
    expect(told[0]?.[1]).toBe(1)
  })
})

describe('preparationStep', () => {
  const run = async (work: Parameters<typeof preparationStep>[3]) => {
    const steps: PreparationStep[] = []
    await preparationStep(event => event.kind === 'preparation' && steps.push(event.step), 'id', 'label', work).catch(() => {})
    return steps.map(({ state, detail, fraction }) => [state, detail, fraction])
  }

  it('goes from running to done', async () => {
    const steps = await run(async update => {
      update('half', 0.5)
      return { detail: 'all' }
    })
    expect(steps).toEqual([
      ['running', '', null],
      ['running', 'half', 0.5],
      ['done', 'all', 1],
    ])
  })

  it('says that it failed, and why', async () => {
    const steps = await run(() => Promise.reject(new Error('no room')))
    expect(steps).toEqual([
      ['running', '', null],
      ['failed', 'no room', null],
    ])
  })
})
