import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHistory } from '#oltp/verify/history/check.js'
import { LiveChecker } from '#oltp/verify/history/live.js'
import { LiveThread } from '#oltp/verify/history/live-in-worker.js'
import { aborted, append, committed, finalLists, type PlainTransaction, read, record, recordInLooks } from '../../../support/histories.js'
import { runWeakly, type Weakness, type Wish } from '../../../support/list-database.js'

const always = [{ from: 0, to: Number.POSITIVE_INFINITY }]

/** What all looks together have found, by name. */
function found(looks: readonly (readonly PlainTransaction[])[]): ReadonlyMap<string, number> {
  const checker = new LiveChecker()
  const counts = new Map<string, number>()
  for (const part of recordInLooks(looks)) {
    for (const { name, count } of checker.look([part], always).anomalies) counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return counts
}

const skew = (key: number): [PlainTransaction, PlainTransaction] => [
  committed(read(key), append(key + 1, 1)),
  committed(read(key + 1), append(key, 1)),
]
/** Without it nobody knows yet in which order appends came. */
const lookAtBoth = (key: number) => committed(read(key, 1), read(key + 1, 1))

describe('while a history grows', () => {
  test('an anomaly counts once, in the look in which it is complete', () => {
    const [one, two] = skew(1)
    expect(found([[one, two, lookAtBoth(1)], [], [lookAtBoth(1)]])).toEqual(new Map([['G2-item', 1]]))
    expect(found([[one, lookAtBoth(1)], [two], [lookAtBoth(1)]])).toEqual(new Map([['G2-item', 1]]))
  })

  test('what retries may still explain is no anomaly yet', () => {
    expect(found([[aborted(append(1, 10)), committed(read(1, 10))], [committed(append(1, 10))]])).toEqual(new Map())
    expect(found([[committed(read(1, 10))], [committed(append(1, 10))]])).toEqual(new Map())
  })

  test('lists that disagree give no order', () => {
    const [one, two] = skew(1)
    const other = committed(append(1, 2))
    expect(found([[one, two, lookAtBoth(1), other, committed(read(1, 2))]])).toEqual(new Map())
  })

  test('what lies in a time that is not measured is told apart', () => {
    const [part] = recordInLooks([[...skew(1), lookAtBoth(1)]])
    if (part === undefined) throw new Error('there is no part')
    const findings = new LiveChecker().look([part], [{ from: 1.5e6, to: 9e6 }])
    expect(findings).toEqual({ transactions: 3, until: 2e6, anomalies: [{ name: 'G2-item', count: 1, measured: 0 }] })
  })

  test('of two thousand others in between, it is not remembered', () => {
    const [one, two] = skew(1)
    const others = Array.from({ length: 2000 }, (_, index) => committed(append(100, index)))
    expect(found([[one, lookAtBoth(1)], others, [], [two]])).toEqual(new Map())
  })
})

const wishes: fc.Arbitrary<readonly Wish[]> = fc.array(
  fc.record({
    operations: fc.array(fc.record({ kind: fc.constantFrom('read', 'append'), key: fc.integer({ min: 1, max: 2 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    end: fc.constantFrom('committed', 'committed', 'committed', 'aborted', 'inDoubt'),
  }),
  { minLength: 2, maxLength: 7 },
)
const cycles = ['G0', 'G1c', 'G-single', 'G-nonadjacent', 'G2-item']

describe.each<Weakness>(['dirty', 'statement', 'snapshot'])('on a database with %s reads', weakness => {
  test('what looks find is found in the end, of that name or of a worse one', () => {
    let some = 0
    fc.assert(
      fc.property(wishes, fc.array(fc.nat(6), { maxLength: 40 }), fc.array(fc.nat(3), { maxLength: 4 }), (all, order, sizes) => {
        const { transactions, finals } = runWeakly(all, order, weakness)
        const ends = sizes.map((_, at) => sizes.slice(0, at + 1).reduce((sum, size) => sum + size, 0))
        const looks = [0, ...ends].map((from, at) => transactions.slice(from, [...ends, transactions.length][at]))
        const inTheEnd = checkHistory([record(transactions)], finalLists(finals)).anomalies.map(({ name }) => name)
        for (const name of found(looks).keys()) {
          some++
          const worse = cycles.includes(name) ? cycles.slice(0, cycles.indexOf(name) + 1) : [name]
          // Whoever has read what is rolled back later may have given an order to what came to nothing.
          const dirty = weakness === 'dirty' ? ['G1a'] : []
          expect(inTheEnd.some(one => [...worse, ...dirty].includes(one))).toBe(true)
        }
      }),
      { numRuns: 1500, seed: 5 },
    )
    expect(some).toBeGreaterThan(50)
  })
})

test('in a thread of its own, one history apart from the other', async () => {
  const thread = new LiveThread()
  const [part] = recordInLooks([[...skew(1), lookAtBoth(1)]])
  const twice = record([committed(append(1, 10)), committed(append(1, 10))])
  const { findings } = await thread.look({ parts: [[part ?? record([])], [twice]], measured: always })
  expect(findings.map(one => one?.anomalies.map(({ name }) => name) ?? null)).toEqual([['G2-item'], null])
  await thread.close()
  await expect(thread.look({ parts: [], measured: [] })).rejects.toThrow('has ended')
})
