import { describe, expect, it } from 'vitest'
import { decimal } from '#oltp/scenario/decimal.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import type { Invariant } from '#oltp/scenario/model.js'
import type { Value } from '#oltp/scenario/values.js'
import { type InvariantFacts, judge, type TallyRange } from '#oltp/verify/invariants.js'

const invariant = (equals: string): Invariant => ({
  name: 'sum',
  sql: { postgres: 'SELECT 1' },
  equals: equals === 'before' ? 'before' : parseExpression(equals),
  check: ['after'],
  everyMs: 1000,
})

const facts = (before: Value, tallies: Record<string, TallyRange> = {}): InvariantFacts => ({
  dialect: 'postgres',
  parameters: { accounts: 10 },
  before: new Map([['sum', before]]),
  tallies: new Map(Object.entries(tallies)),
})

const held = (equals: string, found: Value, given: InvariantFacts) => judge(invariant(equals), found, given).held

describe('an invariant that compares with before', () => {
  it('holds for the same value, and for nothing else', () => {
    expect(held('before', 1000, facts(1000))).toBe(true)
    expect(held('before', 1001, facts(1000))).toBe(false)
    expect(held('before', null, facts(1000))).toBe(false)
  })

  it('compares exactly: decimals by value, integers beyond 2^53 digit by digit', () => {
    expect(held('before', decimal('100.10'), facts(decimal('100.1')))).toBe(true)
    expect(held('before', decimal('100.11'), facts(decimal('100.1')))).toBe(false)
    expect(held('before', '9007199254740993', facts('9007199254740993'))).toBe(true)
    expect(held('before', '9007199254740992', facts('9007199254740993'))).toBe(false)
  })
})

describe('an invariant with an expression', () => {
  it('reads parameters, before and tallies', () => {
    expect(held('$accounts * 5', 50, facts(null))).toBe(true)
    expect(held('$accounts * 5', 51, facts(null))).toBe(false)
    expect(held('before + tally.paid', 130, facts(100, { paid: { low: 30, high: 30 } }))).toBe(true)
    expect(held('before + tally.paid', 100, facts(100, { paid: { low: 30, high: 30 } }))).toBe(false)
  })

  it('allows for commits in doubt, and for no more than those', () => {
    const doubtful = facts(100, { paid: { low: 30, high: 40 } })
    expect([129, 130, 135, 140, 141].map(found => held('before + tally.paid', found, doubtful))).toEqual([false, true, true, true, false])
    expect(judge(invariant('before + tally.paid'), 150, doubtful).expected).toBe('130 to 140, with commits in doubt')
  })

  it('takes the bounds of every tally into account, also of one that is subtracted', () => {
    const doubtful = facts(0, { in: { low: 10, high: 12 }, out: { low: 3, high: 5 } })
    expect([4, 5, 9, 10].map(found => held('tally.in - tally.out', found, doubtful))).toEqual([false, true, true, false])
  })
})
