import { describe, expect, it } from 'vitest'
import { explainDemo } from '#oltp/demo/explain.js'
import { evidenceOf, type Line } from '../../../support/demo-evidence.js'

const notSerializable = { oracle: { serializable: false, order: null } }

/** Each changes rows by what it finds. */
function both(one: string, other: string, answer: Line[2] = {}): readonly Line[] {
  return [
    ['A', 'BEGIN'],
    ['B', 'BEGIN'],
    ['A', one],
    ['B', other, answer],
    ['A', 'COMMIT'],
    ['B', 'COMMIT'],
  ]
}

describe('writes that look for their rows', () => {
  it('are write skew without a read', () => {
    const told = (one: string, other: string) => explainDemo(evidenceOf(both(one, other), notSerializable))[0]
    expect(told('UPDATE lamps SET lit = 1 WHERE lit = 0', 'UPDATE lamps SET lit = 0 WHERE lit = 1')).toBe(
      "A's UPDATE (step 3) was done before B committed, and B's UPDATE (step 4) was done before A did: neither saw what the other wrote.",
    )
    expect(told('UPDATE lamps SET lit = 1 WHERE id = 1', 'UPDATE lamps SET lit = 0 WHERE id = 2')).toMatch(/stood open at the same time/)
  })

  it('are told where they waited, and changed what they had looked for before', () => {
    const late = { waitsFor: ['A'], wokenBy: 5 }
    const claim = "UPDATE jobs SET status = 'busy' WHERE id = (SELECT id FROM jobs WHERE status = 'new')"
    const told = "B's UPDATE (step 4) began to look for its rows before A committed (step 5), and changed them after it."
    expect(explainDemo(evidenceOf(both(claim, claim, late), notSerializable))).toContain(told)
    const byKey = "UPDATE jobs SET status = 'busy' WHERE id = 1"
    expect(explainDemo(evidenceOf(both(byKey, byKey, late), notSerializable))).not.toContain(told)
  })

  it('find nothing, told by when that came', () => {
    const miss = (answer: Line[2]) =>
      explainDemo(evidenceOf(both('UPDATE t SET n = 1 WHERE id = 1', 'DELETE FROM t WHERE id = 1', { affected: 0, ...answer })))[0]
    expect(miss({ waitsFor: ['A'], wokenBy: 5 })).toBe("B's DELETE removed no row (step 4): while it waited, A committed (step 5).")
    const locking = both('UPDATE t SET n = 1 WHERE n = 0', 'SELECT id FROM t WHERE n = 0 FOR UPDATE', {
      rows: [],
      waitsFor: ['A'],
      wokenBy: 5,
    })
    expect(explainDemo(evidenceOf(locking))[0]).toBe("B's SELECT found no row (step 4): while it waited, A committed (step 5).")
    expect(miss({ wokenBy: 5 })).toBe("B's DELETE removed no row (step 4): before its turn came, A committed (step 5).")
  })

  it('are none that a savepoint has undone', () => {
    const lines: readonly Line[] = [
      ['A', 'BEGIN'],
      ['B', 'BEGIN'],
      ['A', 'SAVEPOINT here'],
      ['A', 'UPDATE t SET n = 1 WHERE id = 1'],
      ['A', 'ROLLBACK TO SAVEPOINT here'],
      ['B', 'SELECT n FROM t WHERE id = 1', { rows: [[0]] }],
      ['A', 'COMMIT'],
      ['B', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(lines)).join(' ')).not.toContain('was not committed')
  })
})

describe('no serial order', () => {
  const single = (session: string): Line => [session, 'UPDATE t SET n = 1']
  const orders = (...sessions: readonly string[]) => explainDemo(evidenceOf(sessions.map(single), notSerializable)).at(-1)

  it('is told with how many there are that keep the order of each session', () => {
    expect(orders('A')).toContain('what was committed, run by itself,')
    expect(orders('A', 'A')).toContain('run one after the other, reads')
    expect(orders('A', 'B')).toContain('in either order')
    expect(orders('A', 'B', 'C')).toContain('in any of 6 orders')
    expect(orders('A', 'A', 'B', 'B')).toContain('in any of 6 orders')
    expect(orders('A', 'A', 'B')).toContain('in any of 3 orders')
  })
})
