import { describe, expect, it } from 'vitest'
import type { DemoState, SessionState, StepFact } from '#oltp/demo/facts.js'
import { codesOf, type FinalRows, outcomeOf, ruleHolds } from '#oltp/demo/verdict.js'
import { OltpError } from '#oltp/errors.js'
import { decimal } from '#oltp/scenario/decimal.js'
import type { DemoPlot } from '#oltp/scenario/demo/model.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { plotOf } from '../../support/tiny-database.js'

const fact: StepFact = {
  ...{ step: 0, attempt: 1, session: 'A', status: 'done', sql: 'SELECT 1', answer: null },
  ...{ error: null, skipped: null, waited: null, wokenBy: null, ms: 1 },
}
const failed = (code: string): StepFact => ({ ...fact, status: 'failed', error: { code, message: 'no', detail: null, hint: null } })
const waited: StepFact = { ...fact, waited: { blockers: ['B'], lock: 'a lock' } }

function stateOf(facts: readonly StepFact[], sessions: readonly Partial<SessionState>[] = []): DemoState {
  const idle: SessionState = { name: 'A', state: 'idle', saved: {}, commits: 0 }
  return { facts, next: null, waits: [], cycle: null, sessions: sessions.map(each => ({ ...idle, ...each })), finished: true }
}

function withRule(holds: string): DemoPlot {
  return { ...plotOf([]), rule: { text: 'as it should be', holds: parseExpression(holds) } }
}

describe('what a demo comes to', () => {
  it.each<[string, readonly StepFact[], boolean | null, boolean | null, string]>([
    ['a broken rule', [failed('40001'), waited], true, false, 'happens'],
    ['no serial order', [failed('40001'), waited], false, true, 'happens'],
    ['an error beats a wait', [waited, failed('40001')], true, true, 'error'],
    ['a wait', [waited, fact], true, true, 'waits'],
    ['nothing at all', [fact], true, true, 'prevented'],
    ['nothing that was asked for', [fact], null, null, 'prevented'],
  ])('%s', (_, facts, serializable, held, outcome) => {
    expect(outcomeOf(stateOf(facts), serializable, held)).toBe(outcome)
  })

  it('has the codes in the order of the steps', () => {
    expect(codesOf(stateOf([failed('1213'), fact, failed('1062'), failed('1213')]))).toEqual(['1213', '1062', '1213'])
  })
})

describe('a rule', () => {
  const state = stateOf(
    [fact],
    [
      { saved: { qty: 10, none: null }, commits: 2 },
      { name: 'B', commits: 1 },
    ],
  )
  const final: FinalRows = {
    columns: ['qty', 'price'],
    rows: [
      [8, decimal('2.50')],
      [1, null],
    ],
  }

  it.each([
    ['qty = 8', true],
    ['qty = 9', false],
    ['price = 2.5', true],
    ['rows = 2 and commits = 3', true],
    ['A.commits = 2 and B.commits = 1', true],
    ['A.qty = 10', true],
    ['A.none = null', true],
    ['A.never = null', true],
    ['A.never = 1', false],
    ['A.none > 1', false],
  ])('%s: %s', (holds, expected) => {
    expect(ruleHolds(withRule(holds), state, final)).toBe(expected)
  })

  it('that is not there does not hold and is not broken', () => {
    expect(ruleHolds(plotOf([]), state, final)).toBeNull()
  })

  it('reads columns of no row as null', () => {
    expect(ruleHolds(withRule('rows = 0 and qty = null'), state, { ...final, rows: [] })).toBe(true)
  })

  const refusal = (holds: string, rows: FinalRows | null): OltpError => {
    try {
      ruleHolds(withRule(holds), state, rows)
    } catch (error) {
      if (error instanceof OltpError) return error
    }
    throw new Error('it was not refused')
  }

  it('cannot read a column that is not there', () => {
    expect(refusal('stock = 1', final)).toMatchObject({
      ...{ code: 'DEMO_RULE', exitCode: 2, message: 'the rule reads stock, which the final query does not have' },
      hint: 'its columns are qty, price: correct `rule` or `final`',
    })
    expect(refusal('qty = 1', null).hint).toBe('there is no final query: correct `rule` or `final`')
  })

  it('cannot compare what does not compare', () => {
    expect(refusal("qty > 'many'", final)).toMatchObject({ code: 'DEMO_RULE', exitCode: 2 })
    expect(refusal('qty', final)).toMatchObject({ code: 'DEMO_RULE', message: expect.stringContaining('«qty»') })
  })
})
