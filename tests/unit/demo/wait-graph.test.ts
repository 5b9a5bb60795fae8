import { describe, expect, it } from 'vitest'
import { findCycle } from '#oltp/demo/wait-graph.js'

function cycleOf(blockers: { readonly [session: string]: readonly string[] }): readonly string[] | null {
  return findCycle(Object.entries(blockers).map(([session, each]) => ({ session, blockers: each, lock: 'a lock' })))
}

describe('a circle of waits', () => {
  it.each<[string, { readonly [session: string]: readonly string[] }, readonly string[] | null]>([
    ['nobody waits', {}, null],
    ['one waits for one that does not', { A: ['B'] }, null],
    ['a queue', { A: ['B'], B: ['C'], C: ['D'] }, null],
    ['two wait for the same', { A: ['C'], B: ['C'] }, null],
    ['one waits for it is not known whom', { A: [] }, null],
    ['two wait for each other', { A: ['B'], B: ['A'] }, ['A', 'B']],
    ['the first in the list begins', { B: ['A'], A: ['B'] }, ['B', 'A']],
    ['three in a ring', { A: ['B'], B: ['C'], C: ['A'] }, ['A', 'B', 'C']],
    ['one that waits for a ring is not in it', { D: ['A'], A: ['B'], B: ['A'] }, ['A', 'B']],
    ['a dead end is no way', { A: ['X', 'B'], B: ['Y', 'A'], X: ['Y'] }, ['A', 'B']],
    ['a ring behind a fork', { A: ['B', 'C'], B: ['D'], C: ['A'] }, ['A', 'C']],
    ['one that waits for itself', { A: ['A'] }, ['A']],
  ])('%s', (_, blockers, cycle) => {
    expect(cycleOf(blockers)).toEqual(cycle)
  })
})
