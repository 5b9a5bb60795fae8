import { describe, expect, it } from 'vitest'
import { explainDemo } from '#oltp/demo/explain.js'
import { evidenceOf, type Line } from '../../../support/demo-evidence.js'

describe('a transaction that ends unasked', () => {
  const migration = (create: Line[2]): readonly Line[] => [
    ['A', 'BEGIN'],
    ['A', 'UPDATE products SET price = 0'],
    ['A', 'CREATE TABLE prices (id INT)', create],
    ['A', 'ROLLBACK'],
  ]
  const told =
    "A's CREATE (step 3) committed its transaction, and with it its UPDATE (step 2): ROLLBACK (step 4) found nothing to take back."

  it('is committed by DDL, and nothing is left to roll back', () => {
    expect(explainDemo(evidenceOf(migration({ transaction: 'none' })))).toEqual([told])
  })

  it('is not where DDL belongs to it: then that is taken back, too', () => {
    expect(explainDemo(evidenceOf(migration({})))).toEqual([
      'A took back its UPDATE (step 2) and its CREATE (step 3) with ROLLBACK (step 4).',
    ])
  })

  it('ended at that step, for others as well', () => {
    const lines: readonly Line[] = [
      ['R', 'BEGIN'],
      ['R', 'SELECT n FROM t WHERE id = 1', { rows: [[1]] }],
      ['W', 'BEGIN'],
      ['W', 'UPDATE t SET n = 2 WHERE id = 1'],
      ['W', 'TRUNCATE TABLE other', { affected: 0, transaction: 'none' }],
      ['R', 'SELECT n FROM t WHERE id = 1', { rows: [[2]] }],
      ['W', 'COMMIT'],
      ['R', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(lines))[0]).toBe(
      "R read 1 (step 2) and then 2 (step 6) in one transaction: W's TRUNCATE committed (step 5) in between.",
    )
  })

  it('is committed before that step waits', () => {
    const lines: readonly Line[] = [
      ['R', 'BEGIN'],
      ['W', 'BEGIN'],
      ['R', 'SELECT COUNT(*) FROM inbox', { rows: [[2]] }],
      ['W', 'UPDATE journal SET archived = 2'],
      ['W', 'TRUNCATE TABLE inbox', { affected: 0, waitsFor: ['R'], wokenBy: 7, transaction: 'none' }],
      ['R', 'SELECT archived FROM journal', { columns: ['archived'], rows: [[2]] }],
      ['R', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(lines, { oracle: { serializable: false, order: null } }))[0]).toBe(
      "R read 2 (step 3) before W's TRUNCATE committed (step 5), and 2 (step 6) after it.",
    )
  })

  it('ended with its error, and not with what its session sent next', () => {
    const lines: readonly Line[] = [
      ['W', 'BEGIN'],
      ['R', 'BEGIN'],
      ['W', 'UPDATE t SET n = 2 WHERE id = 1'],
      ['R', 'SELECT n FROM t WHERE id = 1', { columns: ['n'], rows: [[2]] }],
      ['W', 'UPDATE t SET n = 2 WHERE id = 2', { error: '1213', transaction: 'none' }],
      ['R', 'COMMIT'],
      ['W', 'BEGIN'],
      ['W', 'ROLLBACK'],
    ]
    expect(explainDemo(evidenceOf(lines, { isolation: 'read uncommitted' }))[0]).toBe(
      "R read 2 (step 4) while W's UPDATE (step 3) was not committed; then W was rolled back (step 5).",
    )
  })
})
