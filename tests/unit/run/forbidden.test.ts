import { describe, expect, test } from 'vitest'
import { forbiddenBy } from '#oltp/run/forbidden.js'
import { type AnomalyName, anomalyNames } from '#oltp/scenario/anomalies.js'
import type { Check, Isolation, ResolvedScenario } from '#oltp/scenario/model.js'
import { sampleScenario } from '../../support/sample-run.js'

const check = (more: Partial<Pick<Check, 'forbid' | 'allow' | 'transactions'>> = {}): Check => ({
  kind: 'lost_updates',
  name: 'c',
  table: 't',
  key: 'k',
  value: 'n',
  transactions: ['transfer', 'balance'],
  forbid: null,
  allow: [],
  ...more,
})

function at(...levels: (Isolation | null)[]): ResolvedScenario {
  const { transactions } = sampleScenario
  return {
    ...sampleScenario,
    transactions: transactions.map((one, index) => ({
      ...one,
      isolation: index < levels.length ? (levels[index] ?? null) : 'serializable',
    })),
  }
}

describe('an anomaly breaks the run', () => {
  test('at serializable, whatever it is', () => {
    expect([...forbiddenBy(check(), at('serializable', 'serializable'))]).toEqual(anomalyNames)
  })

  test('at weaker levels, if everybody excludes it there', () => {
    const breaks = (level: Isolation | null, name: AnomalyName) => forbiddenBy(check(), at(level, level)).has(name)
    expect(breaks('repeatable read', 'lost update')).toBe(false)
    expect(breaks('read committed', 'G-single')).toBe(false)
    expect(breaks('read committed', 'G1a')).toBe(true)
    expect(breaks('read uncommitted', 'G1a')).toBe(false)
    expect(breaks('read uncommitted', 'G0')).toBe(true)
    expect(breaks(null, 'G1a')).toBe(false)
  })

  test('by the weakest level of the transactions that it is about', () => {
    expect(forbiddenBy(check(), at('serializable', 'read committed')).has('G2-item')).toBe(false)
    expect(forbiddenBy(check({ transactions: ['transfer'] }), at('serializable', 'read committed')).has('G2-item')).toBe(true)
  })

  test('as the scenario says, where it says so', () => {
    expect([...forbiddenBy(check({ forbid: ['G2-item', 'G0'], allow: ['G0'] }), at('read committed'))]).toEqual(['G2-item'])
    expect([...forbiddenBy(check({ allow: anomalyNames }), at('serializable'))]).toEqual([])
  })
})
