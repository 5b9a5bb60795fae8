import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allInterleavings,
  countInterleavings,
  neighbours,
  rearrange,
  type StepUnit,
  sampleInterleavings,
  swapsBetween,
  unitsOf,
} from '#oltp/demo/interleavings.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import { parseDemo } from '#oltp/scenario/demo/parse.js'
import { createRandom } from '#oltp/scenario/random.js'

const fixture = (schedule: readonly string[]): Demo =>
  parseDemo(
    [
      'version: 1',
      'name: fixture',
      'kind: anomaly',
      'title: A title',
      'theme: A theme',
      'summary: One line',
      'story: What happens',
      'setup: [CREATE TABLE t (id INT PRIMARY KEY)]',
      'sessions: [A, B, C]',
      'schedule:',
      ...schedule.map(step => `  - ${step}`),
      '',
    ].join('\n'),
    'fixture.yaml',
  )

/** So many units per session, one statement each. */
function units(...sizes: readonly number[]): StepUnit[] {
  let step = 0
  return sizes.flatMap((size, at) => Array.from({ length: size }, () => ({ session: 'ABCD'[at] as string, steps: [step++] })))
}

const fewUnits = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).map(sizes => units(...sizes))

function factorial(n: number): bigint {
  return n < 2 ? 1n : BigInt(n) * factorial(n - 1)
}

describe('the number of interleavings', () => {
  test('is the multinomial coefficient', () => {
    expect(countInterleavings(units(3, 3))).toBe(20n)
    expect(countInterleavings(units(2, 2, 2))).toBe(90n)
    expect(countInterleavings(units(5))).toBe(1n)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }), sizes => {
        const sum = sizes.reduce((total, size) => total + size, 0)
        const each = sizes.reduce((product, size) => product * factorial(size), 1n)
        expect(countInterleavings(units(...sizes))).toBe(factorial(sum) / each)
      }),
    )
  })

  test('is how many are made, each once, each with all units', () => {
    fc.assert(
      fc.property(fewUnits, some => {
        const all = [...allInterleavings(some)]
        expect(BigInt(all.length)).toBe(countInterleavings(some))
        expect(new Set(all.map(order => order.join())).size).toBe(all.length)
        const sorted = some.map(({ session }) => session).sort()
        for (const order of all) expect([...order].sort()).toEqual(sorted)
      }),
      { numRuns: 50 },
    )
  })

  test('begins with one session after the other', () => {
    expect([...allInterleavings(units(2, 2))].map(order => order.join(''))).toEqual(['AABB', 'ABAB', 'ABBA', 'BAAB', 'BABA', 'BBAA'])
  })
})

describe('a sample', () => {
  test('has as many different ones as asked for, and is the same for the same seed', () => {
    const some = units(4, 4, 4)
    const sample = (seed: number) => sampleInterleavings(some, 300, createRandom(seed, 'interleavings')).map(order => order.join(''))
    expect(new Set(sample(1)).size).toBe(300)
    expect(sample(1)).toEqual(sample(1))
    expect(sample(1)).not.toEqual(sample(2))
  })

  test('draws each as often as any other', () => {
    const seen = new Map<string, number>()
    for (let seed = 0; seed < 2_000; seed++) {
      const [order] = sampleInterleavings(units(2, 2), 1, createRandom(seed, 'interleavings'))
      const name = (order ?? []).join('')
      seen.set(name, (seen.get(name) ?? 0) + 1)
    }
    expect(seen.size).toBe(6)
    // 333 expected, standard deviation 17.
    for (const count of seen.values()) expect(Math.abs(count - 333)).toBeLessThan(85)
  })
})

describe('neighbours', () => {
  test('are one swap away, and the distance says so', () => {
    fc.assert(
      fc.property(fewUnits, fc.nat(), (some, pick) => {
        const all = [...allInterleavings(some)]
        const order = all[pick % all.length] as readonly string[]
        const near = neighbours(order).map(neighbour => neighbour.order.join())
        for (const other of all) expect(near.includes(other.join())).toBe(swapsBetween(order, other) === 1)
      }),
      { numRuns: 50 },
    )
  })

  test('the distance counts swaps', () => {
    expect(swapsBetween(['A', 'A', 'B', 'B'], ['B', 'B', 'A', 'A'])).toBe(4)
    expect(swapsBetween(['A', 'B'], ['A', 'B'])).toBe(0)
  })
})

describe('what changes places', () => {
  const schedule = ['A: BEGIN', 'B: BEGIN', 'A: SELECT 1', 'B: SELECT 2', 'wait: B', 'A: COMMIT', 'B: COMMIT', 'C: SELECT 3']
  const plot = fixture(schedule).plot

  test('a BEGIN goes with the statement after it, a wait with the one before', () => {
    expect(unitsOf(plot, 'postgres')).toEqual([
      { session: 'A', steps: [0, 2] },
      { session: 'B', steps: [1, 3, 4] },
      { session: 'A', steps: [5] },
      { session: 'B', steps: [6] },
      { session: 'C', steps: [7] },
    ])
  })

  test('a BEGIN that takes its snapshot at once stands by itself', () => {
    const snapshot = fixture(['A: START TRANSACTION WITH CONSISTENT SNAPSHOT', 'A: COMMIT', 'B: SELECT 2', 'C: SELECT 3']).plot
    expect(unitsOf(snapshot, 'mysql').map(({ steps }) => steps)).toEqual([[0], [1], [2], [3]])
  })

  test('a step of another engine is left out', () => {
    const some = fixture(['A: { mysql: SELECT 1 }', 'A: SELECT 2', 'B: SELECT 3', 'C: SELECT 4']).plot
    expect(unitsOf(some, 'postgres').map(({ steps }) => steps)).toEqual([[1], [2], [3]])
    expect(unitsOf(some, 'mariadb')).toHaveLength(4)
  })

  test('in every order each session keeps its own, and a wait stays behind its statement', () => {
    const all = unitsOf(plot, 'postgres')
    const own = (steps: typeof plot.schedule, session: string) => steps.filter(step => step.session === session)
    let count = 0
    for (const order of allInterleavings(all)) {
      const { schedule: steps } = rearrange(plot, all, order)
      expect(steps).toHaveLength(schedule.length)
      for (const session of plot.sessions) expect(own(steps, session)).toEqual(own(plot.schedule, session))
      const wait = steps.findIndex(({ kind }) => kind === 'wait')
      expect(steps[wait - 1]).toBe(plot.schedule[3])
      count++
    }
    expect(BigInt(count)).toBe(countInterleavings(all))
  })
})
