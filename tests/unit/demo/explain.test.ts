import { describe, expect, it } from 'vitest'
import { explainDemo } from '#oltp/demo/explain.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { emptyPlot, evidenceOf, type Line } from '../../support/demo-evidence.js'

const notSerializable = { serializable: false, order: null }
const serializable = { serializable: true, order: ['A', 'B'] }
const noOrder = 'No serial order explains it: what was committed, run one after the other in either order, reads or leaves something else.'

/** Both read, both write what they computed, the second waits for the first. */
function lostUpdate(answer: Line[2] = {}): readonly Line[] {
  return [
    ['A', 'BEGIN'],
    ['B', 'BEGIN'],
    ['A', 'SELECT qty FROM products WHERE id = 1', { columns: ['qty'], rows: [[10]] }],
    ['B', 'SELECT qty FROM products WHERE id = 1', { columns: ['qty'], rows: [[10]] }],
    ['A', 'UPDATE products SET qty = 9 WHERE id = 1'],
    ['B', 'UPDATE products SET qty = 8 WHERE id = 1', { waitsFor: ['A'], wokenBy: 7, ...answer }],
    ['A', 'COMMIT'],
    ['B', 'COMMIT'],
  ]
}

describe('a lost update', () => {
  it('is told with what was read and what was overwritten', () => {
    expect(explainDemo(evidenceOf(lostUpdate(), { oracle: notSerializable }))).toEqual([
      'B overwrote 9 with 8: it had read 10 before A committed.',
      'B waited for A (step 6), until A committed (step 7).',
      noOrder,
    ])
  })

  it('is none where the database computes, where it read late enough, or where another row is written', () => {
    const overwrites = (lines: readonly Line[]) => explainDemo(evidenceOf(lines)).filter(sentence => sentence.includes('overwrote'))
    const replaced = (at: number, sql: string) => lostUpdate().map((line, index): Line => (index === at ? ['B', sql, line[2]] : line))
    expect(overwrites(lostUpdate())).toHaveLength(1)
    expect(overwrites(replaced(5, 'UPDATE products SET qty = qty - 1 WHERE id = 1'))).toEqual([])
    expect(overwrites(replaced(5, 'UPDATE products SET qty = 8 WHERE id = 2'))).toEqual([])
    const late: readonly Line[] = [
      ['A', 'BEGIN'],
      ['A', 'UPDATE products SET qty = 9 WHERE id = 1'],
      ['A', 'COMMIT'],
      ['B', 'BEGIN'],
      ['B', 'SELECT qty FROM products WHERE id = 1', { columns: ['qty'], rows: [[9]] }],
      ['B', 'UPDATE products SET qty = 8 WHERE id = 1'],
      ['B', 'COMMIT'],
    ]
    expect(overwrites(late)).toEqual([])
  })

  it('is none where nothing went wrong', () => {
    expect(explainDemo(evidenceOf(lostUpdate(), { outcome: 'waits', oracle: serializable }))[0]).toMatch(/^B waited/)
  })

  it('that a version column noticed is a write that changed nothing', () => {
    const [first] = explainDemo(evidenceOf(lostUpdate({ affected: 0 }), { outcome: 'waits', oracle: serializable }))
    expect(first).toBe("B's UPDATE changed no row (step 6): while it waited, A committed (step 7).")
  })
})

describe('reads', () => {
  const reader = (second: number, isolation: 'read committed' | 'read uncommitted' = 'read committed', ended = 'COMMIT') =>
    evidenceOf(
      [
        ['R', 'BEGIN'],
        ['W', 'BEGIN'],
        ['R', 'SELECT n AS first FROM t WHERE id = 1', { rows: [[10]] }],
        ['W', 'UPDATE t SET n = 20 WHERE id = 1'],
        ['R', 'SELECT n AS then FROM t WHERE id = 1', { rows: [[second]] }],
        ['W', ended],
        ['R', 'COMMIT'],
      ],
      { isolation, oracle: second === 10 ? serializable : notSerializable, outcome: second === 10 ? 'prevented' : 'happens' },
    )

  it('in the midst of a write: what was shown, by what was read and not by the level, and that it was taken back', () => {
    const told = "(step 5) while W's UPDATE (step 4) was not committed"
    expect(explainDemo(reader(10))[0]).toBe(`R read 10 ${told}: it was shown what had been committed before.`)
    expect(explainDemo(reader(20, 'read uncommitted', 'ROLLBACK'))[0]).toBe(`R read 20 ${told}; then W rolled back (step 6).`)
    expect(explainDemo(reader(10, 'read uncommitted'))[0]).toBe(`R read 10 ${told}: it was shown what had been committed before.`)
    expect(explainDemo(reader(20, 'read uncommitted'))[0]).toBe(`R read 20 ${told}: it was shown that all the same.`)
  })

  const repeated = (rows: readonly (readonly number[])[]) =>
    evidenceOf(
      [
        ['R', 'BEGIN'],
        ['R', 'SELECT n FROM t WHERE n > 5', { rows: [[10]] }],
        ['W', 'INSERT INTO t (id, n) VALUES (2, 20)'],
        ['R', 'SELECT n FROM t WHERE n > 5', { rows }],
        ['R', 'COMMIT'],
      ],
      { oracle: notSerializable },
    )

  it('of the same thing twice', () => {
    const came = "W's INSERT (step 3) came in between"
    expect(explainDemo(repeated([[10], [20]]))[0]).toBe(`R read 10 (step 2) and then 10, 20 (step 4) in one transaction: ${came}.`)
    expect(explainDemo(repeated([[10]]))[0]).toBe(`R read 10 (step 2) and the same again (step 4), though ${came}.`)
  })

  const skew = (oracle: typeof notSerializable | { serializable: boolean; order: string[] }) =>
    evidenceOf(
      [
        ['R', 'BEGIN'],
        ['R', 'SELECT n FROM t WHERE id = 1', { rows: [[500]] }],
        ['W', 'BEGIN'],
        ['W', 'UPDATE t SET n = n - 100 WHERE id = 1'],
        ['W', 'UPDATE t SET n = n + 100 WHERE id = 2'],
        ['W', 'COMMIT'],
        ['R', 'SELECT n FROM t WHERE id = 2', { rows: [[oracle.serializable ? 500 : 600]] }],
        ['R', 'COMMIT'],
      ],
      { oracle },
    )

  it('of two things that belong together', () => {
    expect(explainDemo(skew(notSerializable))[0]).toBe(
      'R read 500 (step 2) before W committed (step 6), and 600 (step 7) after it: the two were never true together.',
    )
    expect(explainDemo(skew({ serializable: true, order: ['R', 'W'] }))[0]).toBe(
      'R read 500 (step 2) before W committed (step 6), and 500 (step 7) after it, both as if W had not run yet.',
    )
  })

  it('claims nothing about two reads that may have been shown the same state', () => {
    const told = 'R read 500 (step 2) before W committed (step 6), and 600 (step 7) after it.'
    expect(explainDemo({ ...skew(notSerializable), isolation: 'repeatable read' })[0]).toBe(told)
    const { facts, ...evidence } = skew(notSerializable)
    const vague = facts.map(fact => ({ ...fact, sql: fact.sql.replace('id = 2', 'id > 1') }))
    expect(explainDemo({ ...evidence, facts: vague })[0]).toBe(told)
  })

  it('of what the other is about to change, both ways: write skew, and only if something went wrong', () => {
    const lines: readonly Line[] = [
      ['A', 'BEGIN'],
      ['B', 'BEGIN'],
      ['A', 'SELECT COUNT(*) FROM doctors WHERE on_call = 1', { rows: [[2]] }],
      ['B', 'SELECT COUNT(*) FROM doctors WHERE on_call = 1', { rows: [[2]] }],
      ['A', 'UPDATE doctors SET on_call = 0 WHERE id = 1'],
      ['B', 'UPDATE doctors SET on_call = 0 WHERE id = 2'],
      ['A', 'COMMIT'],
      ['B', 'COMMIT'],
    ]
    const told = 'A read 2 (step 3) before B committed, and B read 2 (step 4) before A did: neither saw what the other wrote.'
    expect(explainDemo(evidenceOf(lines, { oracle: notSerializable }))).toEqual([told, noOrder])
    expect(explainDemo(evidenceOf(lines, { oracle: serializable, outcome: 'prevented' }))).not.toContain(told)
  })
})

describe('errors', () => {
  it.each([
    ['40001', 'failed', 'The server now refuses everything until ROLLBACK, and a COMMIT would roll back.'],
    ['1213', 'none', 'Its whole transaction was rolled back, and the session is in none any more.'],
    ['1205', 'open', 'Only the statement was undone: its transaction is open, and a COMMIT would keep the rest.'],
    // As with innodb_rollback_on_timeout.
    ['1205', 'none', 'Its whole transaction was rolled back, and the session is in none any more.'],
    ['57P01', 'lost', 'The session is gone, and its transaction with it.'],
  ] as const)('%s in a transaction that is %s then: what survives is what the session was told', (code, transaction, survival) => {
    const told = explainDemo(evidenceOf(lostUpdate({ error: code, transaction }), { outcome: 'error' }))
    expect(told.find(sentence => sentence.startsWith(`B's UPDATE was refused with ${code} (step 6)`))).toContain(survival)
  })

  it('of a statement by itself leave no transaction to speak of', () => {
    const [told] = explainDemo(evidenceOf([['A', 'INSERT INTO t VALUES (1)', { error: '23505' }]], { outcome: 'error' }))
    expect(told).toBe("A's INSERT was refused with 23505 (step 1): the key is taken, and a constraint keeps the rule.")
  })

  it('after which the rest was committed all the same', () => {
    expect(explainDemo(evidenceOf(lostUpdate({ error: '1205' }), { outcome: 'error' }))).toContain(
      'B committed all the same (step 8), without what step 6 was to do.',
    )
  })

  it('that a COMMIT keeps to itself', () => {
    const lines = lostUpdate({ error: '40001' }).map((line, at): Line => (at === 7 ? ['B', 'COMMIT', { tag: 'ROLLBACK' }] : line))
    expect(explainDemo(evidenceOf(lines, { outcome: 'error' }))).toContain(
      "B's COMMIT (step 8) was answered with ROLLBACK, which is no error: nothing of it was kept.",
    )
  })

  it('of a COMMIT leave nothing to roll back', () => {
    const lines = lostUpdate().map((line, at): Line => (at === 7 ? ['B', 'COMMIT', { error: '40001' }] : line))
    const told = explainDemo(evidenceOf(lines, { outcome: 'error' })).find(sentence => sentence.includes('40001'))
    expect(told).toContain('Nothing of its transaction was kept.')
    expect(told).not.toContain('until ROLLBACK')
  })

  it('of a deadlock name the circle and who was sacrificed', () => {
    const lines: readonly Line[] = [
      ['A', 'BEGIN'],
      ['B', 'BEGIN'],
      ['A', 'UPDATE t SET n = 1 WHERE id = 1'],
      ['B', 'UPDATE t SET n = 1 WHERE id = 2'],
      ['A', 'UPDATE t SET n = 2 WHERE id = 2', { waitsFor: ['B'], wokenBy: 6 }],
      ['B', 'UPDATE t SET n = 2 WHERE id = 1', { error: '1213' }],
      ['A', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(lines, { outcome: 'error' })).slice(0, 2)).toEqual([
      "A waited for B (step 5), until B's UPDATE was refused (step 6).",
      'A and B waited for each other: the server ended that by refusing B (step 6).',
    ])
  })

  it('of a wait are no surer than the server was of who was in the way', () => {
    const crossing = (told: Line[2]): readonly Line[] => [
      ['A', 'UPDATE t SET n = 2 WHERE id = 2', { ...told, wokenBy: 2 }],
      ['B', 'UPDATE t SET n = 2 WHERE id = 1', { error: '1213' }],
    ]
    const sentences = (told: Line[2]) => explainDemo(evidenceOf(crossing(told), { outcome: 'error' })).slice(0, 2)
    const until = "(step 1), until B's UPDATE was refused (step 2)."
    expect(sentences({ seemsFor: ['B'] })).toEqual([
      `A waited, it seems, for B ${until}`,
      // Nobody else was there.
      'A and B waited for each other: the server ended that by refusing B (step 2).',
    ])
    const inCompany: readonly Line[] = [
      ['C', 'BEGIN'],
      ['C', 'UPDATE t SET n = 2 WHERE id = 3'],
      ['A', 'UPDATE t SET n = 2 WHERE id = 2', { waitsFor: ['B'], wokenBy: 4 }],
      ['B', 'UPDATE t SET n = 2 WHERE id = 1', { seemsFor: ['A'], error: '1213' }],
    ]
    expect(explainDemo(evidenceOf(inCompany, { outcome: 'error' }))).toContain(
      'A and B waited, it seems, for each other: the server ended that by refusing B (step 4).',
    )
    expect(sentences({ waitsFor: ['B'], seemsFor: ['C'] })).toEqual([
      `A waited for B and, it seems, C ${until}`,
      'A and B waited for each other: the server ended that by refusing B (step 2).',
    ])
    expect(sentences({ waitsFor: [] })).toEqual([
      `A waited for a lock ${until}`,
      'A and B waited for each other: the server ended that by refusing B (step 2).',
    ])
  })

  it('of a statement that gave up by itself set free who stood behind it', () => {
    const lines: readonly Line[] = [
      ['DBA', 'ALTER TABLE products ADD COLUMN note INT', { waitsFor: ['ANALYST'], error: '55P03' }],
      ['WEB', 'SELECT price FROM products', { waitsFor: ['DBA'], wokenBy: 3 }],
      ['DBA', ''],
    ]
    expect(explainDemo(evidenceOf(lines))).toContain("WEB waited for DBA (step 2), until DBA's statement ended by itself (step 3).")
  })

  it('are made good by a retry', () => {
    const lines: readonly Line[] = [
      ...lostUpdate({ error: '40001' }).slice(0, 7),
      ['B', 'ROLLBACK'],
      ['B', 'BEGIN', { attempt: 2 }],
      ['B', 'UPDATE products SET qty = 8 WHERE id = 1', { attempt: 2 }],
      ['B', 'COMMIT', { attempt: 2 }],
    ]
    const plot = { ...emptyPlot, sessions: ['A', 'B'], retry: ['B'] }
    expect(explainDemo(evidenceOf(lines, { plot, outcome: 'error' }))).toContain('B began again (step 9), and attempt 2 was committed.')
  })
})

describe('the end', () => {
  const rule = { text: 'a ticket less for every sale', holds: parseExpression('qty = 10 - commits') }
  const plot = { ...emptyPlot, rule }

  it('says what the rule read where it is broken', () => {
    const told = explainDemo(
      evidenceOf([], {
        plot,
        rule: {
          held: false,
          evidence: [
            ['qty', 9],
            ['commits', 2],
          ],
          unread: [],
        },
      }),
    )
    expect(told).toEqual(['The rule is broken: a ticket less for every sale (qty is 9, commits is 2).'])
    expect(explainDemo(evidenceOf([], { plot, rule: { held: true, evidence: [], unread: [] } }))).toEqual([
      'The rule is kept: a ticket less for every sale.',
    ])
    const untold = { held: null, evidence: [['A.qty', null] as const], unread: ['A.qty', 'B.qty'] }
    expect(explainDemo(evidenceOf([], { plot, rule: untold }))).toEqual([
      'Whether the rule is kept cannot be told: a ticket less for every sale (A.qty and B.qty were never read).',
    ])
  })

  it.each([
    [[], 'Nothing was committed.'],
    [['A', 'A'], 'Only A committed anything: that is serial by itself.'],
    [['B', 'B', 'A'], 'All that was committed is as if B had run before A.'],
    [['A', 'B', 'A'], 'All that was committed is as if they had run in the order A, B, A.'],
  ])('names the serial order %j', (order, sentence) => {
    expect(explainDemo(evidenceOf([], { oracle: { serializable: true, order } }))).toEqual([sentence])
  })
})
