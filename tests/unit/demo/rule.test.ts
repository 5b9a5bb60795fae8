import { describe, expect, it } from 'vitest'
import type { DemoState, SessionState, StepFact } from '#oltp/demo/facts.js'
import { type FinalRows, judgeRule } from '#oltp/demo/rule.js'
import { OltpError } from '#oltp/errors.js'
import { decimal } from '#oltp/scenario/decimal.js'
import type { DemoPlot, StatementStep } from '#oltp/scenario/demo/model.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { emptyPlot } from '../../support/demo-evidence.js'

const fact: StepFact = {
  ...{ step: 0, attempt: 1, session: 'A', status: 'done', sql: 'SELECT 1', answer: null },
  ...{ error: null, skipped: null, waited: null, wokenBy: null, ms: 1, transaction: null },
}

function stateOf(sessions: readonly Partial<SessionState>[], facts: readonly StepFact[] = []): DemoState {
  const idle: SessionState = { name: 'A', state: 'idle', saved: {}, commits: 0 }
  return { facts, next: null, waits: [], cycle: null, sessions: sessions.map(each => ({ ...idle, ...each })), finished: true }
}

function withRule(holds: string | null): DemoPlot {
  return { ...emptyPlot, rule: holds === null ? null : { text: 'as it should be', holds: parseExpression(holds) } }
}

function step(
  session: string,
  more: Partial<Pick<StatementStep, 'save' | 'saveCount' | 'set'>> & { readonly sql?: string },
): StatementStep {
  const { sql = 'SELECT 1', ...rest } = more
  const nothing = { set: [], when: null, save: [], saveCount: null, onError: 'abort', note: null, at: {} } as const
  return { kind: 'statement', session, ...nothing, ...rest, sql: { postgres: sql, mysql: sql } }
}

describe('a rule', () => {
  const state = stateOf([
    { saved: { qty: 10, none: null }, commits: 2 },
    { name: 'B', commits: 1 },
  ])
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
    expect(judgeRule(withRule(holds), state, final)).toMatchObject({ held: expected, unread: [] })
  })

  it('that is not there does not hold and is not broken', () => {
    expect(judgeRule(withRule(null), state, final)).toEqual({ held: null, evidence: [], unread: [] })
  })

  it('reads columns of no row as null', () => {
    expect(judgeRule(withRule('rows = 0 and qty = null'), state, { ...final, rows: [] }).held).toBe(true)
  })

  const refusal = (holds: string, rows: FinalRows | null): OltpError => {
    try {
      judgeRule(withRule(holds), state, rows)
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

  it('says what it read', () => {
    expect(judgeRule(withRule('qty = A.qty - commits'), state, final).evidence).toEqual([
      ['qty', 8],
      ['A.qty', 10],
      ['commits', 3],
    ])
  })
})

describe('a rule on what was not read', () => {
  const look = {
    sql: 'SELECT qty FROM t',
    save: ['qty'],
    saveCount: 'found',
    set: [{ name: 'half', expression: parseExpression('qty / 2') }],
  }
  const schedule = [step('A', {}), step('A', look), step('B', look)]
  const failed: StepFact = { ...fact, step: 0, status: 'failed', error: { code: '40001', message: 'no', detail: null, hint: null } }
  const lostWith = (last: Partial<StepFact>, saved: SessionState['saved'] = {}) =>
    stateOf(
      [{ saved }, { name: 'B', saved: { qty: 1 }, commits: 1 }],
      [failed, { ...fact, step: 1, ...last }, { ...fact, step: 2, session: 'B' }],
    )
  const judge = (holds: string, state: DemoState) => judgeRule({ ...withRule(holds), schedule }, state, null)
  const lost = lostWith({ status: 'skipped', skipped: 'gave up' })

  it.each([
    ['A.qty = B.qty', null],
    ['A.found = 1', null],
    ['A.half > 0', null],
    ['not A.qty = 1', null],
    ['coalesce(A.qty, 0) = 0', null],
    ['B.qty = 1 and A.qty = 1', null],
    ['B.qty = 2 or A.qty = 1', null],
    // What was not read does not decide these.
    ['A.commits = 0 or A.qty = 1', true],
    ['A.qty = 1 or A.commits = 0', true],
    ['A.qty = 1 and B.qty = 2', false],
    ['not (A.qty = 1 and B.qty = 2)', true],
    ['B.qty = 2', false],
  ])('%s: %s', (holds, held) => {
    const unread = held === null ? [expect.stringMatching(/^A\./)] : []
    expect(judge(holds, lost)).toMatchObject({ held, unread })
  })

  it('cannot be told either where the statement itself failed', () => {
    const state = lostWith({ status: 'failed', error: { code: '25P02', message: 'no', detail: null, hint: null } })
    expect(judge('A.qty = 1', state)).toMatchObject({ held: null, unread: ['A.qty'] })
  })

  it('is told where another attempt has read it', () => {
    expect(judge('A.qty = 1', lostWith({ status: 'failed' }, { qty: 1 })).held).toBe(true)
  })

  it('is broken where the session had no cause to read: that is null', () => {
    expect(judge('A.qty = 1', lostWith({ status: 'skipped', skipped: 'condition' }))).toMatchObject({ held: false, unread: [] })
    expect(judge('A.qty = null', lostWith({ status: 'skipped', skipped: 'condition' })).held).toBe(true)
  })
})
