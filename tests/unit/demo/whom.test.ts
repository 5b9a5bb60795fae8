import { expect, it } from 'vitest'
import { forWhom, forWhomAndWhat } from '#oltp/demo/whom.js'

it.each<[blockers: readonly string[], inferred: readonly string[], words: string]>([
  [[], [], ''],
  [['A'], [], ' for A'],
  [['A', 'B', 'C'], [], ' for A, B and C'],
  [[], ['A'], ', it seems, for A'],
  [[], ['A', 'B'], ', it seems, for A and B'],
  [['A'], ['B'], ' for A and, it seems, B'],
])('whom the server names, %j, is told for sure, and who may be in the way, %j, is not', (blockers, inferred, words) => {
  const wait = { blockers, inferred, lock: 'X on t' }
  expect(forWhom(wait)).toBe(words)
  expect(forWhomAndWhat(wait)).toBe(words === '' ? ' for X on t' : `${words} (X on t)`)
})
