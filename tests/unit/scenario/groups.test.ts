import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignGroups, hasUngroupedClients, weightsFor } from '#oltp/scenario/groups.js'
import { defaultPhases } from '#oltp/scenario/sections/phases.js'
import { transaction } from '../../support/resolved.js'

const fixed = (clients: number) => ({ name: 'fixed', clients, share: null, weights: {} })
const shared = (share: number) => ({ name: 'shared', clients: null, share, weights: {} })

describe('assignGroups', () => {
  it('puts clients in no group where there are none', () => {
    expect(assignGroups([], 3)).toEqual([-1, -1, -1])
  })

  it('gives fixed groups their clients first, and shares the rest evenly all along', () => {
    expect(assignGroups([fixed(2), shared(0.5)], 6)).toEqual([0, 0, 1, -1, 1, -1])
    expect(assignGroups([shared(0.75), shared(0.25), fixed(1)], 9)).toEqual([2, 0, 0, 1, 0, 0, 0, 1, 0])
  })

  it('refuses more fixed clients than there are', () => {
    expect(() => assignGroups([fixed(2), fixed(2)], 3)).toThrow('the groups need 4 clients, the phase has 3')
    expect(assignGroups([fixed(2), fixed(2)], 4)).toEqual([0, 0, 1, 1])
  })

  it('is never off by a whole client from any share', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(weights, fc.integer({ min: 0, max: 300 }), (parts, clients) => {
        const total = parts.reduce((sum, part) => sum + part, 0)
        const groups = parts.map(part => shared(part / total))
        const assigned = assignGroups(groups, clients)
        expect(assigned).toHaveLength(clients)
        expect(assigned).not.toContain(-1)
        groups.forEach((group, index) => {
          const got = assigned.filter(one => one === index).length
          expect(Math.abs(got - group.share * clients)).toBeLessThan(groups.length)
        })
      }),
    )
  })
})

describe('weightsFor', () => {
  const scenario = {
    transactions: [transaction('a', [], { weight: 3 }), transaction('b', [])],
    groups: [{ ...fixed(1), weights: { b: 7 } }],
  }

  it('takes those of the group, else of the phase, else of the transactions', () => {
    expect(weightsFor(scenario, { weights: { a: 5 } }, 0)).toEqual([0, 7])
    expect(weightsFor(scenario, { weights: { a: 5 } }, -1)).toEqual([5, 0])
    expect(weightsFor(scenario, { weights: null }, -1)).toEqual([3, 1])
  })
})

describe('hasUngroupedClients', () => {
  it('is so unless shares or fixed numbers cover all', () => {
    expect(hasUngroupedClients([], defaultPhases)).toBe(true)
    expect(hasUngroupedClients([fixed(7)], defaultPhases)).toBe(true)
    expect(hasUngroupedClients([fixed(8)], defaultPhases)).toBe(false)
    expect(hasUngroupedClients([shared(0.7), shared(0.3)], defaultPhases)).toBe(false)
    expect(
      hasUngroupedClients(
        [],
        defaultPhases.map(phase => ({ ...phase, weights: { a: 1 } })),
      ),
    ).toBe(false)
  })
})
