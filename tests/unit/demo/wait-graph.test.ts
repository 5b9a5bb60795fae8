import { describe, expect, it } from 'vitest'
import type { WaitEdge } from '#oltp/demo/facts.js'
import { findCycle, mayWaitInCircle } from '#oltp/demo/wait-graph.js'

/** Whom the server does not name stands with a question mark. */
function waitsOf(blockers: { readonly [session: string]: readonly string[] }): readonly WaitEdge[] {
  return Object.entries(blockers).map(([session, each]) => ({
    session,
    blockers: each.filter(name => !name.endsWith('?')),
    inferred: each.filter(name => name.endsWith('?')).map(name => name.slice(0, -1)),
    lock: 'a lock',
  }))
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
    ['a ring that the server has told in part is none', { A: ['B'], B: ['A?'] }, null],
    ['nor one of which it has told nothing', { A: ['B?'], B: ['A?'] }, null],
    ['what is not told beside one is passed over', { A: ['C?', 'B'], B: ['A', 'C?'], C: ['A?'] }, ['A', 'B']],
  ])('%s', (_, blockers, cycle) => {
    expect(findCycle(waitsOf(blockers))).toEqual(cycle)
  })
})

describe('what may be a circle', () => {
  it.each<[string, { readonly [session: string]: readonly string[] }, readonly string[]]>([
    ['nobody waits for another', { A: ['C'], B: ['C?'] }, []],
    ['a ring that the server has told', { A: ['B'], B: ['A'], D: ['A'] }, ['A', 'B']],
    ['one that it has told in part', { A: ['B'], B: ['A?'], D: ['A?'] }, ['A', 'B']],
    ['two of them', { A: ['B'], B: ['A'], C: ['D?'], D: ['C'] }, ['A', 'B', 'C', 'D']],
  ])('%s', (_, blockers, inCircle) => {
    const waits = waitsOf(blockers)
    expect(waits.map(({ session }) => session).filter(session => mayWaitInCircle(waits, session))).toEqual(inCircle)
  })
})
