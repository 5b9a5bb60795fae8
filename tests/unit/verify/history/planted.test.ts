import { describe, expect, test } from 'vitest'
import type { AnomalyName } from '#oltp/scenario/anomalies.js'
import { checkHistory } from '#oltp/verify/history/check.js'
import { aborted, append, committed, finalLists, type PlainTransaction, read, record } from '../../../support/histories.js'

/** Two thousand transactions, one after the other, on ten lists. */
function serialHistory(): { transactions: PlainTransaction[]; finals: Map<number, number[]> } {
  const finals = new Map<number, number[]>()
  const transactions = Array.from({ length: 2000 }, (_, index) => {
    const [one, other] = [1 + (index % 10), 1 + ((index * 7) % 10)]
    const before = finals.get(other) ?? []
    const list = [...(finals.get(one) ?? []), index + 1]
    finals.set(one, list)
    return committed(...(one === other ? [] : [read(other, ...before)]), append(one, index + 1))
  })
  return { transactions, finals }
}

/** On lists of its own from `key` on. */
const planted: { readonly [name in AnomalyName]?: (key: number) => { transactions: PlainTransaction[]; finals: [number, number[]][] } } = {
  G0: key => ({
    transactions: [committed(append(key, 1), append(key + 1, 1)), committed(append(key, 2), append(key + 1, 2))],
    finals: [
      [key, [1, 2]],
      [key + 1, [2, 1]],
    ],
  }),
  G1a: key => ({ transactions: [aborted(append(key, 1)), committed(read(key, 1))], finals: [[key, []]] }),
  G1b: key => ({ transactions: [committed(append(key, 1), append(key, 2)), committed(read(key, 1))], finals: [[key, [1, 2]]] }),
  G1c: key => ({
    transactions: [committed(append(key, 1), read(key + 1, 1)), committed(read(key, 1), append(key + 1, 1))],
    finals: [
      [key, [1]],
      [key + 1, [1]],
    ],
  }),
  'G-single': key => ({
    transactions: [committed(append(key, 1), append(key + 1, 1)), committed(read(key), read(key + 1, 1))],
    finals: [
      [key, [1]],
      [key + 1, [1]],
    ],
  }),
  'G-nonadjacent': key => ({
    transactions: [
      committed(append(key, 1)),
      committed(append(key + 1, 1)),
      committed(read(key, 1), read(key + 1)),
      committed(read(key), read(key + 1, 1)),
    ],
    finals: [
      [key, [1]],
      [key + 1, [1]],
    ],
  }),
  'G2-item': key => ({
    transactions: [
      committed(read(key), append(key + 1, 1)),
      committed(read(key + 1), append(key + 2, 1)),
      committed(read(key + 2), append(key, 1)),
    ],
    finals: [
      [key, [1]],
      [key + 1, [1]],
      [key + 2, [1]],
    ],
  }),
}

test('two thousand transactions one after the other are clean', () => {
  const { transactions, finals } = serialHistory()
  const verdict = checkHistory([record(transactions)], finalLists(finals))
  expect(verdict).toMatchObject({ anomalies: [], level: 'serializable', exact: true, complete: true, transactions: { committed: 2000 } })
})

describe.each(Object.entries(planted))('%s', (name, plant) => {
  test.each([1, 25])('is found among them, %i times', times => {
    const { transactions, finals } = serialHistory()
    for (let at = 0; at < times; at++) {
      const extra = plant(100 + at * 10)
      // Those of one plant stay in their order, with others between them.
      extra.transactions.forEach((one, index) => {
        transactions.splice(at * 70 + index * 9, 0, one)
      })
      for (const [key, list] of extra.finals) finals.set(key, list)
    }
    const { anomalies } = checkHistory([record(transactions)], finalLists(finals))
    expect(anomalies.map(one => [one.name, one.count])).toEqual([[name, times]])
    expect(anomalies[0]?.transactions).toHaveLength(plant(1).transactions.length)
  })
})

test('of a long circle and a short one, the short one is told', () => {
  const ring = (length: number, key: number) =>
    Array.from({ length }, (_, index) => committed(read(key + index), append(key + ((index + 1) % length), 1)))
  const finals = new Map(Array.from({ length: 40 }, (_, index): [number, number[]] => [100 + index, [1]]))
  const { anomalies } = checkHistory([record([...ring(30, 100), ...ring(5, 130)])], finalLists(finals))
  expect(anomalies.map(({ name, count }) => [name, count])).toEqual([['G2-item', 2]])
  expect(anomalies[0]?.transactions).toHaveLength(5)
})

test('a circle of thirty thousand transactions is no problem for the stack, and told in short', () => {
  const length = 30_000
  const transactions = Array.from({ length }, (_, index) => committed(read(index, 1), append(index + 1, 1)))
  const finals = new Map(Array.from({ length: length + 1 }, (_, key): [number, number[]] => [key, [1]]))
  const begin = committed(append(0, 1))
  expect(checkHistory([record([begin, ...transactions])], finalLists(finals)).anomalies).toEqual([])
  const end = committed(read(length, 1), append(0, 1))
  const { anomalies } = checkHistory([record([end, ...transactions])], finalLists(finals))
  expect(anomalies.map(({ name }) => name)).toEqual(['G1c'])
  expect(anomalies[0]?.sentences).toHaveLength(14)
  expect(anomalies[0]?.sentences.at(-3)).toBe('And so on, over 29989 more.')
})
