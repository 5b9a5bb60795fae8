import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHistory } from '#oltp/verify/history/check.js'
import { finalLists, type PlainHistory, record } from '../../../support/histories.js'
import { runWeakly, type Weakness, type Wish } from '../../../support/list-database.js'
import { isSerializable } from '../../../support/serial-orders.js'

const wishes: fc.Arbitrary<readonly Wish[]> = fc.array(
  fc.record({
    operations: fc.array(fc.record({ kind: fc.constantFrom('read', 'append'), key: fc.integer({ min: 1, max: 2 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    end: fc.constantFrom('committed', 'committed', 'committed', 'committed', 'aborted', 'inDoubt'),
  }),
  { minLength: 1, maxLength: 5 },
)
const turns = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 })

/** What the checker says: nothing is wrong. */
function isClean({ transactions, finals }: PlainHistory): boolean {
  return checkHistory([record(transactions)], finalLists(finals)).anomalies.length === 0
}

describe.each<Weakness>(['dirty', 'statement', 'snapshot'])('histories of a database with %s reads', weakness => {
  test('are found clean if and only if some serial order explains them', () => {
    const seen = { clean: 0, wrong: 0 }
    fc.assert(
      fc.property(wishes, turns, (all, order) => {
        const history = runWeakly(all, order, weakness)
        const serializable = isSerializable(history)
        seen[serializable ? 'clean' : 'wrong']++
        expect(isClean(history)).toBe(serializable)
      }),
      { numRuns: 1500, seed: 7 },
    )
    // Both kinds came up often enough to say something.
    expect(Math.min(seen.clean, seen.wrong)).toBeGreaterThan(150)
  })
})

test('a checker without anti-dependencies would be wrong about many of them', () => {
  const onlyShownByThose = new Set(['lost update', 'internal', 'G-single', 'G-nonadjacent', 'G2-item'])
  let missed = 0
  fc.assert(
    fc.property(wishes, turns, (all, order) => {
      const { transactions, finals } = runWeakly(all, order, 'snapshot')
      const found = checkHistory([record(transactions)], finalLists(finals)).anomalies.map(({ name }) => name)
      if (found.includes('G2-item') && found.every(name => onlyShownByThose.has(name))) missed++
    }),
    { numRuns: 1500, seed: 7 },
  )
  expect(missed).toBeGreaterThan(20)
})

test('so are histories in which a list was read or left otherwise', () => {
  const seen = { clean: 0, wrong: 0 }
  const change = fc.constantFrom('drop', 'swap', 'twice', 'foreign', 'none')
  fc.assert(
    fc.property(wishes, turns, change, fc.nat(), (all, order, how, where) => {
      const history = damaged(runWeakly(all, order, 'snapshot'), how, where)
      const serializable = isSerializable(history)
      seen[serializable ? 'clean' : 'wrong']++
      expect(isClean(history)).toBe(serializable)
    }),
    { numRuns: 3000, seed: 11 },
  )
  expect(Math.min(seen.clean, seen.wrong)).toBeGreaterThan(300)
})

test('one transaction after the other is always clean', () => {
  fc.assert(
    fc.property(wishes, all => {
      expect(isClean(runWeakly(all, [], 'dirty'))).toBe(true)
    }),
    { numRuns: 500, seed: 3 },
  )
})

/** One list, read or left, is changed. */
function damaged({ transactions, finals }: PlainHistory, how: string, where: number): PlainHistory {
  const lists = transactions.flatMap(({ operations }) => operations.flatMap(one => (one.kind === 'read' ? [one.list] : [])))
  const all = [...lists, ...finals.values()]
  const chosen = all[where % Math.max(1, all.length)]
  const change = (list: readonly number[]) => (list === chosen ? changed(list, how) : list)
  return {
    transactions: transactions.map(one => ({
      ...one,
      operations: one.operations.map(operation => (operation.kind === 'read' ? { ...operation, list: change(operation.list) } : operation)),
    })),
    finals: new Map([...finals].map(([key, list]) => [key, change(list)])),
  }
}

function changed(list: readonly number[], how: string): readonly number[] {
  if (how === 'drop') return list.slice(0, -1)
  if (how === 'swap') return list.toReversed()
  if (how === 'twice') return [...list, ...list.slice(-1)]
  return how === 'foreign' ? [...list, 999] : list
}
