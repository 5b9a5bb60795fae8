import { expect, test } from 'vitest'
import { checkHistory } from '#oltp/verify/history/check.js'
import { append, committed, finalLists, read, record } from '../../../support/histories.js'

const one = committed(append(2, 2), read(1))
const other = committed(append(1, 1), read(2), append(2, 3))

/** Each read what the other then overwrote; and the second wrote after the first. */
test.each([
  ['first', [one, other]],
  ['last', [other, one]],
] as const)('a cycle has the worst of its names where the edge that gives it is looked at %s', (_, transactions) => {
  const finals = new Map([
    [1, [1]],
    [2, [2, 3]],
  ])
  const { anomalies, level } = checkHistory([record(transactions)], finalLists(finals))
  expect(anomalies.map(({ name, count }) => [name, count])).toEqual([['G-single', 1]])
  expect(level).toBe('read committed')
})
