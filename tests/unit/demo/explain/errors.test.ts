import { describe, expect, it } from 'vitest'
import { explainDemo } from '#oltp/demo/explain.js'
import { emptyPlot, evidenceOf, type Line } from '../../../support/demo-evidence.js'

const error = { outcome: 'error' } as const

/** A transaction in which the first statement has failed. */
function failing(code: string, ...more: readonly Line[]): readonly Line[] {
  return [['A', 'BEGIN'], ['A', 'INSERT INTO t VALUES (1)', { error: code, transaction: 'failed' }], ...more]
}

describe('what the application has to do', () => {
  it('is said as a duty, whether it does so or not', () => {
    const lines = failing('40001', ['A', 'ROLLBACK'])
    const again: readonly Line[] = [
      ['A', 'BEGIN', { attempt: 2 }],
      ['A', 'INSERT INTO t VALUES (1)', { attempt: 2 }],
      ['A', 'COMMIT', { attempt: 2 }],
    ]
    const once = explainDemo(evidenceOf(lines, error))
    expect(once[0]).toMatch(/The application has to begin the transaction again, reads included\.$/)
    expect(once.join(' ')).not.toContain('began again')
    const plot = { ...emptyPlot, sessions: ['A'], retry: ['A'] }
    expect(explainDemo(evidenceOf([...lines, ...again], { ...error, plot }))).toContain(
      'A began again (step 4), and attempt 2 was committed.',
    )
  })

  it('is to send it again where there was no transaction', () => {
    expect(explainDemo(evidenceOf([['A', 'UPDATE t SET v = 1', { error: '40001' }]], error))[0]).toMatch(/has to send it again\.$/)
  })
})

describe('the same error twice', () => {
  const refused = { error: '25P02', transaction: 'failed' } as const

  it('in one transaction is told once, with both steps', () => {
    const lines = failing(
      '23505',
      ['A', 'SELECT 1', refused],
      ['A', 'INSERT INTO t VALUES (2)', refused],
      ['A', 'COMMIT', { tag: 'ROLLBACK' }],
    )
    const told = explainDemo(evidenceOf(lines, error)).filter(sentence => sentence.includes('25P02'))
    expect(told).toEqual(["A's SELECT and INSERT were refused with 25P02 (steps 3 and 4): its transaction had failed before."])
  })

  it('in another one is told again, and not what it means', () => {
    const lines = failing(
      '23505',
      ['A', 'ROLLBACK'],
      ['B', 'BEGIN'],
      ['B', 'INSERT INTO t VALUES (1)', { error: '23505', transaction: 'failed' }],
    )
    expect(explainDemo(evidenceOf(lines, error))).toContain("B's INSERT was refused with 23505 (step 5).")
  })
})

describe('why', () => {
  it.each([
    ['could not serialize access due to concurrent update', 'somebody else has written that row since its snapshot'],
    ['could not serialize access due to concurrent delete', 'somebody else has removed that row since its snapshot'],
    ['could not serialize access due to read/write dependencies among transactions', 'could not be sure that any serial order is left'],
    ['Zugriff konnte nicht serialisiert werden', 'could not be put in order with what others did'],
  ])('40001 «%s»', (message, why) => {
    const { facts, ...evidence } = evidenceOf(failing('40001'), error)
    const said = facts.map(fact => (fact.error === null ? fact : { ...fact, error: { ...fact.error, message } }))
    expect(explainDemo({ ...evidence, facts: said })[0]).toContain(why)
  })
})

describe('after it', () => {
  it('the transaction goes on from a savepoint', () => {
    const lines: readonly Line[] = [
      ['A', 'BEGIN'],
      ['A', 'SAVEPOINT here'],
      ['A', 'INSERT INTO t VALUES (1)', { error: '23505', transaction: 'failed' }],
      ['A', 'ROLLBACK TO SAVEPOINT here', { transaction: 'open' }],
      ['A', 'COMMIT'],
    ]
    const told = explainDemo(evidenceOf(lines, error))
    expect(told[0]).toContain('The server now refuses everything until ROLLBACK, to a savepoint at least, and a COMMIT would roll back.')
    expect(told).toContain('A went back to its savepoint (step 4) and committed all the same (step 5), without what step 3 was to do.')
  })

  it('statements are sent as if the transaction were still there', () => {
    const lines: readonly Line[] = [
      ['A', 'BEGIN'],
      ['A', 'INSERT INTO orders VALUES (9)'],
      ['A', 'UPDATE stock SET qty = 1', { error: '1213', transaction: 'none' }],
      ['A', 'INSERT INTO parcels VALUES (9)'],
      ['A', 'COMMIT'],
    ]
    expect(explainDemo(evidenceOf(lines, error))).toContain('A went on outside any transaction: its INSERT (step 4) was committed at once.')
    const rolledBack = lines.toSpliced(3, 0, ['A', 'ROLLBACK'])
    expect(explainDemo(evidenceOf(rolledBack, error)).join(' ')).not.toContain('outside any transaction')
  })

  it('a write is sent again, and what it rests on is not read again', () => {
    const lines = (reads: readonly Line[]): readonly Line[] => [
      ['A', 'BEGIN'],
      ['A', 'SELECT n FROM t', { rows: [[2]] }],
      ['A', 'UPDATE t SET n = 1 WHERE id = 2'],
      ['A', 'COMMIT', { error: '40001' }],
      ['A', 'BEGIN'],
      ...reads,
      ['A', 'UPDATE t SET n = 1 WHERE id = 2'],
      ['A', 'COMMIT'],
    ]
    const told = 'A sent its UPDATE once more (step 6) and did not read once more: it went by what it had read before (step 2).'
    expect(explainDemo(evidenceOf(lines([])))).toContain(told)
    expect(explainDemo(evidenceOf(lines([['A', 'SELECT n FROM t', { rows: [[1]] }]]))).join(' ')).not.toContain('once more')
  })
})
