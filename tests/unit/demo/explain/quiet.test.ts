import { describe, expect, it } from 'vitest'
import { explainDemo } from '#oltp/demo/explain.js'
import { evidenceOf, type Line } from '../../../support/demo-evidence.js'

const told = (lines: readonly Line[]) => explainDemo(evidenceOf(lines, { outcome: 'prevented' }))

describe('where nobody met, waited or was refused', () => {
  it('it is told what was read before another was through, and after', () => {
    const lines: readonly Line[] = [
      ['WEB', 'SELECT price FROM products WHERE id = 1', { rows: [[10]] }],
      ['CLERK', 'BEGIN'],
      ['CLERK', 'UPDATE products SET price = price + 5'],
      ['CLERK', 'COMMIT'],
      ['WEB', 'SELECT price FROM products WHERE id = 2', { rows: [[25]] }],
    ]
    expect(told(lines)).toEqual(['WEB read 10 (step 1) before CLERK committed (step 4), and 25 (step 5) after it.'])
    expect(told(lines.slice(0, 4))).toEqual(['WEB read 10 (step 1) before CLERK committed (step 4).'])
    expect(told(lines.slice(1))).toEqual(['WEB read 25 (step 4) after CLERK committed (step 3).'])
  })

  it('it is told who had begun before what it was shown: BEGIN takes no snapshot', () => {
    const lines = (first: readonly Line[]): readonly Line[] => [
      ['R', 'BEGIN'],
      ...first,
      ['W', 'UPDATE t SET n = n + 10'],
      ['R', 'SELECT n FROM t', { rows: [[110]] }],
      ['R', 'COMMIT'],
    ]
    expect(told(lines([]))).toEqual(["R read 110 (step 3) after W's UPDATE (step 2), though it had begun before that (step 1)."])
    expect(told(lines([['R', 'SELECT n FROM other', { rows: [[1]] }]]))).toEqual([
      "R read 110 (step 4) after W's UPDATE (step 3), though it had begun to read before that (step 2).",
    ])
  })

  it('it is told that the same question had two answers', () => {
    const ask = 'SELECT id FROM jobs LIMIT 1 FOR UPDATE SKIP LOCKED'
    const lines: readonly Line[] = [
      ['A', 'BEGIN'],
      ['B', 'BEGIN'],
      ['A', ask, { rows: [[1]] }],
      ['B', ask, { rows: [[2]] }],
      ['A', 'COMMIT'],
      ['B', 'COMMIT'],
    ]
    expect(told(lines)).toEqual(['A and B asked the same and were given 1 (step 3) and 2 (step 4).'])
    expect(told(lines.toSpliced(3, 0, ['C', 'DELETE FROM jobs WHERE id = 1'])).join(' ')).not.toContain('asked the same')
  })

  it('it is told who stood side by side', () => {
    const lines: readonly Line[] = [
      ['A', 'BEGIN'],
      ['B', 'BEGIN'],
      ['A', 'UPDATE tasks SET done = 1 WHERE id = 1'],
      ['B', 'UPDATE tasks SET done = 1 WHERE id = 2'],
      ['A', 'COMMIT'],
      ['B', 'COMMIT'],
    ]
    expect(told(lines)).toEqual([
      "A's UPDATE (step 3) and B's UPDATE (step 4) stood open at the same time, and neither waited for the other.",
    ])
  })

  it('it is told what was done and taken back', () => {
    const lines: readonly Line[] = [
      ['SHOP', 'BEGIN'],
      ['SHOP', 'INSERT INTO invoices (amount) VALUES (100)'],
      ['SHOP', 'ROLLBACK'],
      ['SHOP', 'INSERT INTO invoices (amount) VALUES (200)'],
    ]
    expect(told(lines)).toEqual([
      'SHOP took back its INSERT (step 2) with ROLLBACK (step 3).',
      'SHOP committed its INSERT (step 4) at once.',
    ])
  })
})
