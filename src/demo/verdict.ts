import { exitCodes, OltpError } from '../errors.js'
import type { DemoPlot } from '../scenario/demo/model.js'
import { freeNames } from '../scenario/expression/check.js'
import { evaluateExpression } from '../scenario/expression/evaluate.js'
import { isTrue } from '../scenario/expression/truth.js'
import { ValueError } from '../scenario/value-error.js'
import type { Value } from '../scenario/values.js'
import type { DemoState } from './facts.js'

/**
 * What a demo comes to, the gravest first: `happens` is a broken rule, or what no serial order explains; `waits`: nothing went wrong, and
 * somebody waited.
 */
export type DemoOutcome = 'happens' | 'error' | 'waits' | 'prevented'

/** What was left, as the plot's final query reads it. */
export interface FinalRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

/**
 * Whether the business rule holds; null: the plot has none.
 *
 * @throws OltpError `DEMO_RULE` where it reads a column that the final query does not have, or compares what cannot be compared
 */
export function ruleHolds(plot: DemoPlot, state: DemoState, final: FinalRows | null): boolean | null {
  const { rule } = plot
  const { sessions } = state
  if (rule === null) return null
  const names = ruleNames(sessions, final)
  const missing = [...freeNames(rule.holds)].filter(name => !name.includes('.') && !names.has(name))
  if (missing.length > 0) throw noColumn(missing, final?.columns ?? [])
  try {
    // What a session never came to read is null.
    return isTrue(evaluateExpression(rule.holds, new Map(ruleEvidence(plot, state, final)), {}))
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    throw new OltpError('DEMO_RULE', exitCodes.usage, `the rule cannot be computed: ${error.message}: «${rule.holds.source}»`, {
      hint: 'correct `rule` or `final`',
      cause: error,
    })
  }
}

/** What a rule reads, and its values here. */
export function ruleEvidence({ rule }: DemoPlot, { sessions }: DemoState, final: FinalRows | null): readonly (readonly [string, Value])[] {
  const names = ruleNames(sessions, final)
  return rule === null ? [] : [...freeNames(rule.holds)].map(name => [name, names.get(name) ?? null] as const)
}

function ruleNames(sessions: DemoState['sessions'], final: FinalRows | null): ReadonlyMap<string, Value> {
  const names = new Map<string, Value>([
    ['commits', sessions.reduce((sum, { commits }) => sum + commits, 0)],
    ['rows', final?.rows.length ?? 0],
  ])
  for (const { name, saved, commits } of sessions) {
    names.set(`${name}.commits`, commits)
    for (const [column, value] of Object.entries(saved)) names.set(`${name}.${column}`, value)
  }
  for (const [index, column] of (final?.columns ?? []).entries()) names.set(column, final?.rows[0]?.[index] ?? null)
  return names
}

/** What was answered instead of what was asked for: SQLSTATEs or error numbers, in the order of the steps. */
export function codesOf({ facts }: DemoState): readonly string[] {
  return facts.flatMap(({ error }) => (error === null ? [] : [error.code]))
}

/** @param serializable null: not asked */
export function outcomeOf(state: DemoState, serializable: boolean | null, ruleHeld: boolean | null): DemoOutcome {
  if (ruleHeld === false || serializable === false) return 'happens'
  if (codesOf(state).length > 0) return 'error'
  return state.facts.some(({ waited }) => waited !== null) ? 'waits' : 'prevented'
}

function noColumn(missing: readonly string[], columns: readonly string[]): OltpError {
  const found = columns.length === 0 ? 'there is no final query' : `its columns are ${columns.join(', ')}`
  return new OltpError('DEMO_RULE', exitCodes.usage, `the rule reads ${missing.join(', ')}, which the final query does not have`, {
    hint: `${found}: correct \`rule\` or \`final\``,
  })
}
