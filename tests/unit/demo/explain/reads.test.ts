import { describe, expect, it } from 'vitest'
import { explainDemo } from '#oltp/demo/explain.js'
import { evidenceOf, type Line } from '../../../support/demo-evidence.js'

const notSerializable = { oracle: { serializable: false, order: null } }
const inOrder = (...order: readonly string[]) => ({ oracle: { serializable: true, order }, outcome: 'prevented' as const })

describe('two who look at what the other has just written', () => {
  const lines = (seen: number): readonly Line[] => [
    ['A', 'BEGIN'],
    ['B', 'BEGIN'],
    ['A', 'UPDATE papers SET printed = 1 WHERE id = 1'],
    ['B', 'UPDATE papers SET printed = 1 WHERE id = 2'],
    ['A', 'SELECT printed AS theirs FROM papers WHERE id = 2', { columns: ['theirs'], rows: [[seen]] }],
    ['B', 'SELECT printed AS theirs FROM papers WHERE id = 1', { columns: ['theirs'], rows: [[seen]] }],
    ['A', 'COMMIT'],
    ['B', 'COMMIT'],
  ]

  it('and are shown it: each would have to come after the other', () => {
    expect(explainDemo(evidenceOf(lines(1), { ...notSerializable, isolation: 'read uncommitted' }))[0]).toBe(
      "A read 1 (step 5) of B's UPDATE (step 4), and B read 1 (step 6) of A's UPDATE (step 3): each saw what the other had not committed yet, so that each would have to come after the other.",
    )
  })

  it('and are not, whatever the level is called: write skew', () => {
    expect(explainDemo(evidenceOf(lines(0), { ...notSerializable, isolation: 'read uncommitted' }))[0]).toBe(
      'A read 0 (step 5) before B committed, and B read 0 (step 6) before A did: neither saw what the other wrote.',
    )
  })
})

describe('a read of what was taken back later', () => {
  const lines: readonly Line[] = [
    ['W', 'BEGIN'],
    ['R', 'BEGIN'],
    ['W', 'UPDATE t SET n = n + 100 WHERE id = 1'],
    ['R', 'SELECT n FROM t WHERE id = 1', { rows: [[500]] }],
    ['W', 'ROLLBACK'],
    ['R', 'COMMIT'],
  ]
  const told = "R read 500 (step 4) while W's UPDATE (step 3) was not committed"
  const weakest = { isolation: 'read uncommitted' as const }

  it('is in order where a serial order explains it: it was not shown that', () => {
    expect(explainDemo(evidenceOf(lines, { ...weakest, ...inOrder('R') }))[0]).toBe(`${told}: it was shown what had been committed before.`)
  })

  it('is a dirty one where none does', () => {
    expect(explainDemo(evidenceOf(lines, { ...weakest, ...notSerializable }))[0]).toBe(`${told}; then W rolled back (step 5).`)
  })
})

describe('a read after a commit', () => {
  /** B waits for A, and then asks what A had asked before it wrote. */
  const lines = (seen: number): readonly Line[] => [
    ['A', 'BEGIN'],
    ['B', 'BEGIN'],
    ['B', 'SELECT name FROM rooms', { rows: [['blue']] }],
    ['A', 'SELECT COUNT(*) FROM bookings WHERE room = 1', { rows: [[0]] }],
    ['A', 'INSERT INTO bookings VALUES (2, 1)'],
    ['A', 'COMMIT'],
    ['B', 'SELECT COUNT(*) FROM bookings WHERE room = 1', { rows: [[seen]] }],
    ['B', 'INSERT INTO bookings VALUES (3, 1)'],
    ['B', 'COMMIT'],
  ]

  it('that was given the same as before it, and what had fixed that', () => {
    expect(explainDemo(evidenceOf(lines(0), notSerializable))[0]).toBe(
      "B read 0 (step 7), the same as A before (step 4), though A committed (step 6) in between; B's first SELECT (step 3) came before that.",
    )
    expect(explainDemo(evidenceOf(lines(1), notSerializable))[0]).not.toContain('the same as')
  })

  it('that did not find what was inserted', () => {
    const ghost: readonly Line[] = [
      ['A', 'BEGIN'],
      ['A', 'SELECT COUNT(*) FROM photos', { rows: [[0]] }],
      ['B', "INSERT INTO tags (name) VALUES ('holiday')"],
      ['A', "INSERT INTO tags (name) VALUES ('holiday') ON CONFLICT DO NOTHING", { affected: 0 }],
      ['A', "SELECT id FROM tags WHERE name = 'holiday'", { rows: [] }],
      ['A', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(ghost, notSerializable)).slice(0, 2)).toEqual([
      "A read no row (step 5), though B's INSERT (step 3) came before it: it was shown what was there earlier; A's first SELECT (step 2) came before that.",
      "A's INSERT added no row (step 4): before it, B's INSERT (step 3) came.",
    ])
  })

  it('claims nothing where the row need not be one of those that were asked for', () => {
    const lines = (condition: string): readonly Line[] => [
      ['A', 'BEGIN'],
      ['B', 'INSERT INTO bookings (room, hour) VALUES (1, 20)'],
      ['A', `SELECT id FROM bookings WHERE ${condition}`, { rows: [] }],
      ['A', 'COMMIT'],
    ]
    const shownEarlier = (condition: string) =>
      explainDemo(evidenceOf(lines(condition), notSerializable))
        .join(' ')
        .includes('it was shown what was there earlier')
    expect(['room = 1', 'room = 1 AND hour = 20', 'room = 1 AND hour < 12', 'room = 2'].map(shownEarlier)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('claims nothing where somebody else has written there, too', () => {
    const other: Line = ['C', 'UPDATE bookings SET room = 3 WHERE id = 9']
    const told = explainDemo(evidenceOf(lines(0).toSpliced(5, 0, other), notSerializable))
    expect(told.join(' ')).not.toContain('the same as A')
  })

  it('in which one table is old and another one empty', () => {
    const torn: readonly Line[] = [
      ['A', 'BEGIN'],
      ['A', 'SELECT COUNT(*) FROM people', { rows: [[0]] }],
      ['B', 'BEGIN'],
      ['B', 'UPDATE journal SET archived = 2'],
      ['B', 'TRUNCATE TABLE inbox', { affected: 0 }],
      ['B', 'COMMIT'],
      ['A', 'SELECT archived FROM journal', { columns: ['archived'], rows: [[0]] }],
      ['A', 'SELECT COUNT(*) FROM inbox', { rows: [[0]] }],
      ['A', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(torn, notSerializable))[0]).toBe(
      "A read 0 (step 7), though B committed (step 6) before it: it was shown what was there earlier; and then 0 (step 8), after B's TRUNCATE (step 5).",
    )
  })

  it('as if that had not been, where that is the serial order', () => {
    const report: readonly Line[] = [
      ['R', 'BEGIN'],
      ['R', 'SELECT 1', { rows: [[1]] }],
      ['W', 'UPDATE t SET n = n + 10 WHERE id = 1'],
      ['R', 'SELECT n FROM t WHERE id = 1', { rows: [[100]] }],
      ['R', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(report, inOrder('R', 'W')))[0]).toBe(
      "R read 100 (step 4) as if W had not run yet, though W's UPDATE (step 3) came before it; R's first SELECT (step 2) came before that.",
    )
    expect(explainDemo(evidenceOf(report, inOrder('W', 'R')))[0]).toBe(
      "R read 100 (step 4) after W's UPDATE (step 3), though it had begun before that (step 1).",
    )
  })
})

describe('three who stand in a circle', () => {
  it('are told one by one, with what was read after the other was through, too', () => {
    const lines: readonly Line[] = [
      ['CASHIER', 'BEGIN'],
      ['CASHIER', 'SELECT day FROM till', { rows: [[1]] }],
      ['MANAGER', 'UPDATE till SET day = day + 1'],
      ['REPORT', 'BEGIN'],
      ['REPORT', 'SELECT day - 1 FROM till', { rows: [[1]] }],
      ['REPORT', 'SELECT SUM(amount) FROM receipts', { rows: [[300]] }],
      ['REPORT', 'COMMIT'],
      ['CASHIER', 'INSERT INTO receipts VALUES (3, 1, 50)'],
      ['CASHIER', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(lines, notSerializable)).slice(0, 3)).toEqual([
      "CASHIER read 1 (step 2) before MANAGER's UPDATE (step 3), which wrote to till.",
      'REPORT read 300 (step 6) before CASHIER committed (step 9), which wrote to receipts.',
      "REPORT read 1 (step 5) after MANAGER's UPDATE (step 3).",
    ])
  })
})

describe('a read of the same thing', () => {
  it('with a lock and without one', () => {
    const lines: readonly Line[] = [
      ['R', 'BEGIN'],
      ['R', 'SELECT n FROM t WHERE id = 1', { rows: [[100]] }],
      ['W', 'UPDATE t SET n = n - 70 WHERE id = 1'],
      ['R', 'SELECT n FROM t WHERE id = 1 FOR UPDATE', { rows: [[30]] }],
      ['R', 'SELECT n FROM t WHERE id = 1', { rows: [[100]] }],
      ['R', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(lines, notSerializable))[0]).toBe(
      "R read 100 (step 2) and then 30 (step 4) and then 100 (step 5) in one transaction: W's UPDATE (step 3) came in between.",
    )
  })

  it('around a write of its own', () => {
    const lines: readonly Line[] = [
      ['R', 'BEGIN'],
      ['R', 'SELECT id FROM bills', { rows: [[1], [2]] }],
      ['W', 'INSERT INTO bills VALUES (3)'],
      ['R', 'UPDATE bills SET fee = 1', { affected: 3 }],
      ['R', 'SELECT id FROM bills', { rows: [[1], [2], [3]] }],
      ['R', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(lines, notSerializable))[0]).toBe(
      "R read 1, 2 (step 2) and then 1, 2, 3 (step 5) in one transaction: W's INSERT (step 3) came in between, and its own UPDATE (step 4) as well.",
    )
  })

  it('that does not show a write of its own', () => {
    const lines = (seen: number): readonly Line[] => [
      ['R', 'BEGIN'],
      ['R', 'UPDATE t SET degrees = 21 WHERE id = 1'],
      ['R', 'SELECT degrees AS shown FROM t WHERE id = 1', { columns: ['shown'], rows: [[seen]] }],
      ['R', 'COMMIT'],
    ]
    const told = 'R set degrees to 21 (step 2) and read 18 after that (step 3): it was not shown its own UPDATE.'
    expect(explainDemo(evidenceOf(lines(18), notSerializable))).toContain(told)
    expect(explainDemo(evidenceOf(lines(21), notSerializable)).join(' ')).not.toContain('not shown')
    // Another row may be the first one.
    const vague = lines(18).map(
      ([session, sql, told]): Line => [
        session,
        sql.replace('SELECT degrees AS shown FROM t WHERE id = 1', 'SELECT degrees AS shown FROM t'),
        told,
      ],
    )
    expect(explainDemo(evidenceOf(vague, notSerializable)).join(' ')).not.toContain('not shown')
  })
})
