import { describe, expect, test } from 'vitest'
import { mergeRecords } from '#oltp/measure/check-record.js'
import { judgeCounters, lostSoFar } from '#oltp/verify/counters.js'

const record = (...keys: [string, number, number][]) => ({
  kind: 'lost_updates' as const,
  keys: new Map(keys.map(([key, acknowledged, inDoubt]) => [key, { acknowledged, inDoubt }])),
})

describe('a counter', () => {
  const before = new Map([['1', 10]])

  test('that grew by its commits is right, those in doubt included or not', () => {
    for (const now of [15, 16, 17]) {
      expect(judgeCounters(record(['1', 5, 2]), before, new Map([['1', now]]))).toEqual({ commits: 7, lost: 0, unexplained: 0, wrong: [] })
    }
  })

  test('that grew by less has lost updates', () => {
    const verdict = judgeCounters(record(['1', 5, 2]), before, new Map([['1', 12]]))
    expect(verdict).toMatchObject({ lost: 3, unexplained: 0, wrong: [{ key: '1', expected: 15, inDoubt: 2, found: 12 }] })
  })

  test('that grew by more has updates that nobody committed', () => {
    expect(judgeCounters(record(['1', 5, 2]), before, new Map([['1', 20]]))).toMatchObject({ lost: 0, unexplained: 3 })
  })

  test('that is gone has lost all', () => {
    expect(judgeCounters(record(['1', 5, 0]), before, new Map())).toMatchObject({ lost: 15, wrong: [{ found: null }] })
  })

  test('is told by how far it is off', () => {
    const after = new Map([
      ['a', 1],
      ['b', 4],
      ['c', 9],
    ])
    const { wrong } = judgeCounters(record(['a', 2, 0], ['b', 9, 0], ['c', 9, 0]), new Map(), after)
    expect(wrong.map(({ key }) => key)).toEqual(['b', 'a'])
  })
})

test('while the load runs, commits that are not counted yet make the loss less, never more', () => {
  expect(lostSoFar(10, 100, 107)).toBe(3)
  expect(lostSoFar(10, 100, 113)).toBe(0)
})

test('what several threads noted is summed by key', () => {
  expect(mergeRecords(record(['a', 1, 0], ['b', 2, 1]), record(['b', 3, 0], ['c', 4, 0]))).toEqual(
    record(['a', 1, 0], ['b', 5, 1], ['c', 4, 0]),
  )
})
