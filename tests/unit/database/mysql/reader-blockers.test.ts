import { describe, expect, it } from 'vitest'
import { parseInnodbStatus, type StatusTransaction } from '#oltp/database/mysql/innodb-status.js'
import { blockersOf, type RowWait } from '#oltp/database/mysql/reader-blockers.js'

// As MariaDB 11.8 prints it, shortened.
const report = `
------------------------
LATEST DETECTED DEADLOCK
------------------------
*** (1) TRANSACTION:
TRANSACTION 333100, ACTIVE 0 sec starting index read
mysql tables in use 1, locked 1
LOCK WAIT 3 lock struct(s), heap size 1120, 2 row lock(s)
MariaDB thread id 77, OS thread handle 140166640289472, query id 1 127.0.0.1 root Updating
------------
TRANSACTIONS
------------
LIST OF TRANSACTIONS FOR EACH SESSION:
---TRANSACTION (0x7f7b2c1ffe80), not started
0 lock struct(s), heap size 1120, 0 row lock(s)
---TRANSACTION 333737, ACTIVE 0 sec starting index read
mysql tables in use 1, locked 1
LOCK WAIT 2 lock struct(s), heap size 1120, 1 row lock(s), undo log entries 3
MariaDB thread id 1114, OS thread handle 140166640289472, query id 29732 127.0.0.1 root Updating
update t set v=5 where id=1
------- TRX HAS BEEN WAITING 676040 us FOR THIS LOCK TO BE GRANTED:
RECORD LOCKS space id 3305 page no 3 n bits 320 index PRIMARY of table \`x\`.\`t\` trx id 333737 lock_mode X locks rec but not gap waiting
------------------
---TRANSACTION (0x7f7b2c1fa680), ACTIVE 12 sec
2 lock struct(s), heap size 1120, 4 row lock(s)
MariaDB thread id 1115, OS thread handle 140166996739776, query id 29730 127.0.0.1 root
--------
FILE I/O
--------
`

describe('the report of the engine', () => {
  it('tells who waits and for how long, who holds row locks, and who has a number', () => {
    expect(parseInnodbStatus(report)).toEqual([
      { session: 1114, numbered: true, rowLocks: 1, waitedUs: 676_040 },
      { session: 1115, numbered: false, rowLocks: 4, waitedUs: null },
    ])
  })

  it('may have nobody in it', () => {
    expect(parseInnodbStatus('')).toEqual([])
  })
})

describe('who is in whose way', () => {
  const writer = (session: number, waitedUs: number | null = null): StatusTransaction => ({
    session,
    numbered: true,
    rowLocks: 1,
    waitedUs,
  })
  const reader = (session: number, rowLocks = 1, waitedUs: number | null = null): StatusTransaction => ({
    ...{ session, numbered: false, rowLocks, waitedUs },
  })
  const waits = (waiter: number, blocker: number | null, wanted = `${waiter}:row`): RowWait => ({
    ...{ waiter, blocker, wanted, inTheWay: '0:row', lock: 'X' },
  })
  /** Whom the server does not name stands with a minus. */
  const found = (list: readonly RowWait[], all: readonly StatusTransaction[], detects = true) =>
    Object.fromEntries(
      [...blockersOf(list, all, detects)].map(([waiter, { blockers, inferred }]) => [waiter, [...blockers, ...inferred.map(id => -id)]]),
    )

  it('is whoever is named', () => {
    expect(found([waits(1, 2), waits(1, 3), waits(3, 2)], [writer(1, 5), writer(2), writer(3, 4)])).toEqual({ 1: [2, 3], 3: [2] })
  })

  it('is the one who has only read, where nobody is named', () => {
    expect(found([waits(1, null)], [writer(1, 5), reader(2), writer(3)])).toEqual({ 1: [-2] })
  })

  it('is no reader without row locks', () => {
    expect(found([waits(1, null)], [writer(1, 5), reader(2), reader(3, 0)])).toEqual({ 1: [-2] })
  })

  it('is any of the readers that may be', () => {
    expect(found([waits(1, null)], [writer(1, 5), reader(2), reader(3)])).toEqual({ 1: [-2, -3] })
  })

  it('is nobody who stands behind in the same queue', () => {
    const late = reader(3, 2, 100)
    expect(found([waits(1, null), waits(3, 1, '0:row')], [writer(1, 200), reader(2), late])).toEqual({ 1: [-2], 3: [1] })
  })

  it('is nobody who waits for the waiter: the detector would have ended that', () => {
    expect(found([waits(1, null), waits(3, 1, '0:other')], [writer(1, 200), reader(2), reader(3, 2, 100)])).toEqual({ 1: [-2], 3: [1] })
    expect(found([waits(1, null), waits(3, 4, '0:other'), waits(4, 1)], [writer(1, 9), reader(2), reader(3, 2, 8), writer(4, 7)])).toEqual({
      ...{ 1: [-2], 3: [4], 4: [1] },
    })
  })

  it('is one who waits for somebody else, if it holds more than it waits for', () => {
    expect(found([waits(1, null), waits(3, 4, '0:other')], [writer(1, 5), reader(3, 2, 9), writer(4)])).toEqual({ 1: [-3], 3: [4] })
    expect(found([waits(1, null), waits(3, 4, '0:other')], [writer(1, 5), reader(3, 1, 9), writer(4)])).toEqual({ 3: [4] })
  })

  it('is told of whoever is named, and inferred beside that', () => {
    expect(found([waits(1, 2), waits(1, null)], [writer(1, 5), writer(2), reader(3)])).toEqual({ 1: [2, -3] })
  })

  it('may be one who waits for the waiter, where no detector would have ended that', () => {
    const each = [waits(1, null, '1:x'), waits(2, null, '2:y')]
    const readers = [reader(1, 2, 9), reader(2, 2, 8)]
    expect(found(each, readers)).toEqual({ 1: [-2] })
    expect(found(each, readers, false)).toEqual({ 1: [-2], 2: [-1] })
  })
})
