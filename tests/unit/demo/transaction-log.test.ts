import { describe, expect, it } from 'vitest'
import { type StatementEnd, TransactionLog } from '#oltp/demo/transaction-log.js'

/** Statements of session A, by their number; in a transaction and fine unless it is said. */
function logOf(...ends: readonly Partial<StatementEnd>[]) {
  const log = new TransactionLog()
  const ended = ends.map((end, fact) => log.note({ ...plain, fact, ...end })?.ended ?? null)
  return { log, ended, transactions: log.transactions.map(({ facts, single, ended: how }) => [facts, single ? 'single' : 'begun', how]) }
}

const plain: StatementEnd = {
  ...{ session: 'A', fact: 0, word: null, failed: false, disturbed: false },
  ...{ undoes: true, refused: false, beginsAnew: false, transaction: 'open' },
}
const begin: Partial<StatementEnd> = { word: 'begin' }
const commit: Partial<StatementEnd> = { word: 'commit', transaction: 'none' }
const rollback: Partial<StatementEnd> = { word: 'rollback', transaction: 'none' }
/** A time-out while it waited, where the server then refuses everything until a rollback. */
const timeout: Partial<StatementEnd> = { failed: true, disturbed: true, transaction: 'failed' }
const refusedToo: Partial<StatementEnd> = { failed: true, transaction: 'failed' }
const outside: Partial<StatementEnd> = { transaction: 'none' }

describe('what belonged to a transaction, and what became of it', () => {
  it.each<[string, readonly Partial<StatementEnd>[], readonly unknown[]]>([
    ['committed', [begin, {}, {}, commit], [[[1, 2], 'begun', 'committed']]],
    ['rolled back', [begin, {}, rollback], [[[1], 'begun', 'rolled back']]],
    ['not over', [begin, {}], [[[1], 'begun', 'open']]],
    ['empty', [begin, commit], [[[], 'begun', 'committed']]],
    [
      'one after the other',
      [begin, {}, commit, begin, {}, rollback],
      [
        [[1], 'begun', 'committed'],
        [[4], 'begun', 'rolled back'],
      ],
    ],
    ['a COMMIT that fails', [begin, {}, { ...commit, failed: true }], [[[1], 'begun', 'rolled back']]],
    ['a COMMIT that answers ROLLBACK', [begin, {}, { ...commit, refused: true }], [[[1], 'begun', 'rolled back']]],
    ['a COMMIT that fails and ends nothing', [begin, {}, { word: 'commit', failed: true }, commit], [[[1, 2], 'begun', 'committed']]],
    [
      'statements outside',
      [outside, { ...outside, failed: true }],
      [
        [[0], 'single', 'committed'],
        [[1], 'single', 'rolled back'],
      ],
    ],
    ['COMMIT and ROLLBACK outside', [commit, rollback], []],
    ['a failed BEGIN', [{ word: 'begin', failed: true, transaction: 'none' }], []],
    ['an error that ends nothing', [begin, { failed: true }, commit], [[[1], 'begun', 'committed']]],
    ['a deadlock that ends all', [begin, {}, { failed: true, transaction: 'none' }], [[[1, 2], 'begun', 'rolled back']]],
    [
      'what follows a deadlock',
      [begin, { failed: true, transaction: 'none' }, outside],
      [
        [[1], 'begun', 'rolled back'],
        [[2], 'single', 'committed'],
      ],
    ],
    ['DDL that commits', [begin, {}, { undoes: false, transaction: 'none' }], [[[1, 2], 'begun', 'committed']]],
    [
      'DDL that commits and then fails',
      [begin, {}, { undoes: false, failed: true, transaction: 'none' }],
      [[[1, 2], 'begun', 'committed']],
    ],
    ['a time-out that is gone on from', [begin, { failed: true, disturbed: true }, {}, commit], [[[2], 'begun', 'committed']]],
    ['a time-out behind a savepoint that is rolled back to', [begin, {}, timeout, {}, {}, commit], [[[1, 3, 4], 'begun', 'committed']]],
    [
      'what is refused after a time-out until it is rolled back to a savepoint, and what comes then',
      [begin, {}, timeout, refusedToo, { ...begin, ...refusedToo }, {}, {}, commit],
      [[[1, 5, 6], 'begun', 'committed']],
    ],
    ['two such time-outs', [begin, timeout, refusedToo, {}, timeout, refusedToo, {}, commit], [[[3, 6], 'begun', 'committed']]],
    ['what is refused after an error of its own', [begin, refusedToo, refusedToo, {}, commit], [[[1, 2, 3], 'begun', 'committed']]],
    [
      'an error of its own after a time-out that was rolled back to a savepoint',
      [begin, timeout, {}, refusedToo, refusedToo, {}, commit],
      [[[2, 3, 4, 5], 'begun', 'committed']],
    ],
    [
      'a time-out in a transaction that is over is forgotten in the next',
      [begin, timeout, { ...commit, refused: true }, begin, refusedToo, {}, commit],
      [
        [[], 'begun', 'rolled back'],
        [[4, 5], 'begun', 'committed'],
      ],
    ],
    ['BEGIN in a transaction, on PostgreSQL', [begin, {}, begin, {}, commit], [[[1, 3], 'begun', 'committed']]],
    [
      'BEGIN in a transaction, on MySQL',
      [begin, {}, { ...begin, beginsAnew: true }, {}, rollback],
      [
        [[1], 'begun', 'committed'],
        [[3], 'begun', 'rolled back'],
      ],
    ],
    [
      'COMMIT AND CHAIN',
      [begin, {}, { word: 'commit' }, {}, rollback],
      [
        [[1], 'begun', 'committed'],
        [[3], 'begun', 'rolled back'],
      ],
    ],
    ['without autocommit', [{}, {}, commit], [[[0, 1], 'begun', 'committed']]],
  ])('%s', (_, ends, expected) => {
    expect(logOf(...ends).transactions).toEqual(expected)
  })

  it('tells what has just ended', () => {
    expect(logOf(begin, {}, commit, outside, rollback).ended).toEqual([null, null, 'committed', 'committed', null])
  })

  it('keeps sessions apart, in the order of their beginnings', () => {
    const { log } = logOf(begin, { ...begin, session: 'B' }, {}, { session: 'B' }, { ...commit, session: 'B' }, commit)
    expect(log.transactions).toMatchObject([
      { session: 'A', facts: [2] },
      { session: 'B', facts: [3] },
    ])
    expect([log.isOpen('A'), log.isOpen('B')]).toEqual([false, false])
  })

  it('has none for what a condition kept from being sent where it would have been refused', () => {
    const { log } = logOf(begin, timeout)
    log.noteUnsent('A', 2, null)
    log.note({ ...plain, fact: 3 })
    log.noteUnsent('A', 4, null)
    expect(log.transactions).toMatchObject([{ session: 'A', facts: [3, 4] }])
  })

  it('has a place for what a condition kept from being sent', () => {
    const { log } = logOf(begin)
    expect(log.isOpen('A')).toBe(true)
    log.noteUnsent('A', 1, null)
    log.noteUnsent('B', 2, null)
    log.noteUnsent('B', 3, 'commit')
    expect(log.transactions).toEqual([
      { session: 'A', facts: [1], single: false, ended: 'open' },
      { session: 'B', facts: [2], single: true, ended: 'committed' },
    ])
  })
})
