import { expect, it } from 'vitest'
import { forWhom } from '#oltp/demo/whom.js'

it.each<[blockers: readonly string[], inferred: readonly string[], words: string]>([
  [[], [], ''],
  [['A'], [], ' for A'],
  [['A', 'B', 'C'], [], ' for A, B and C'],
  [[], ['A'], ', it seems, for A'],
  [[], ['A', 'B'], ', it seems, for A and B'],
  [['A'], ['B'], ' for A and, it seems, B'],
])('whom the server names, %j, is told for sure, and who may be in the way, %j, is not', (blockers, inferred, words) => {
  expect(forWhom({ blockers, inferred })).toBe(words)
})
