import type { DemoState } from './facts.js'

/**
 * What a demo comes to, the gravest first: `happens` is a broken rule, or what no serial order explains; `waits`: nothing went wrong, and
 * somebody waited.
 */
export const outcomes = ['happens', 'error', 'waits', 'prevented'] as const
export type DemoOutcome = (typeof outcomes)[number]

/** What was answered instead of what was asked for: SQLSTATEs or error numbers, in the order of the steps. */
export function codesOf({ facts }: DemoState): readonly string[] {
  return facts.flatMap(({ error }) => (error === null ? [] : [error.code]))
}

/**
 * @param serializable null: not asked
 * @param ruleHeld null: there is none, or it cannot be told
 */
export function outcomeOf(state: DemoState, serializable: boolean | null, ruleHeld: boolean | null): DemoOutcome {
  if (ruleHeld === false || serializable === false) return 'happens'
  if (codesOf(state).length > 0) return 'error'
  return state.facts.some(({ waited }) => waited !== null) ? 'waits' : 'prevented'
}
