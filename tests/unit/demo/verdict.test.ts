import { describe, expect, it } from 'vitest'
import type { DemoState, StepFact } from '#oltp/demo/facts.js'
import { codesOf, outcomeOf } from '#oltp/demo/verdict.js'

const fact: StepFact = {
  ...{ step: 0, attempt: 1, session: 'A', status: 'done', sql: 'SELECT 1', answer: null },
  ...{ error: null, skipped: null, waited: null, wokenBy: null, ms: 1, transaction: null },
}
const failed = (code: string): StepFact => ({ ...fact, status: 'failed', error: { code, message: 'no', detail: null, hint: null } })
const waited: StepFact = { ...fact, waited: { blockers: ['B'], inferred: [], lock: 'a lock' } }

function stateOf(facts: readonly StepFact[]): DemoState {
  return { facts, next: null, waits: [], cycle: null, sessions: [], finished: true }
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
