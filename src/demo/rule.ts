import { exitCodes, OltpError } from '../errors.js'
import type { DemoPlot, DemoRule } from '../scenario/demo/model.js'
import { freeNames } from '../scenario/expression/check.js'
import { evaluateExpression } from '../scenario/expression/evaluate.js'
import type { ExpressionNode } from '../scenario/expression/syntax.js'
import { isTrue, truth } from '../scenario/expression/truth.js'
import { ValueError } from '../scenario/value-error.js'
import type { Value } from '../scenario/values.js'
import type { DemoState } from './facts.js'

/** What was left, as the plot's final query reads it. */
export interface FinalRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

/** What is to be said of the business rule. */
export interface RuleVerdict {
  /** Null: the plot has no rule, or it cannot be told, see `unread`. */
  readonly held: boolean | null
  /** What the rule reads, and its values here. */
  readonly evidence: readonly (readonly [name: string, value: Value])[]
  /** What the rule rests on and a session did not come to read, its transaction having failed before; empty where that decides nothing. */
  readonly unread: readonly string[]
}

/**
 * Whether the business rule holds.
 *
 * @throws OltpError `DEMO_RULE` where it reads a column that the final query does not have, or compares what cannot be compared
 */
export function judgeRule({ rule, schedule }: DemoPlot, state: DemoState, final: FinalRows | null): RuleVerdict {
  if (rule === null) return { held: null, evidence: [], unread: [] }
  const names = namesOf(state.sessions, final)
  const read = [...freeNames(rule.holds)]
  const missing = read.filter(name => !name.includes('.') && !names.has(name))
  if (missing.length > 0) throw noColumn(missing, final?.columns ?? [])
  const unread = read.filter(name => !names.has(name) && wasKeptFrom(name, schedule, state))
  // What a session had no cause to read is null.
  const evidence = read.map(name => [name, names.get(name) ?? null] as const)
  const held = holds(rule, new Map(evidence), new Set(unread))
  return { held, evidence, unread: held === null ? unread : [] }
}

/** Null: that depends on what was not read. */
function holds({ holds: { source, root } }: DemoRule, names: ReadonlyMap<string, Value>, unread: ReadonlySet<string>): boolean | null {
  const evaluate = (node: ExpressionNode) => evaluateExpression({ source, root: node }, names, {})
  try {
    return unread.size === 0 ? isTrue(evaluate(root)) : truth(evaluate(withoutUnread(root, unread)))
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    throw new OltpError('DEMO_RULE', exitCodes.usage, `the rule cannot be computed: ${error.message}: «${source}»`, {
      hint: 'correct `rule` or `final`',
      cause: error,
    })
  }
}

/** A condition that reads what was not read is neither true nor false: null, which `and`, `or` and `not` know how to take. */
function withoutUnread(node: ExpressionNode, unread: ReadonlySet<string>): ExpressionNode {
  if (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or')) {
    return { ...node, left: withoutUnread(node.left, unread), right: withoutUnread(node.right, unread) }
  }
  if (node.kind === 'unary' && node.operator === 'not') return { ...node, operand: withoutUnread(node.operand, unread) }
  const known = [...freeNames({ source: '', root: node })].every(name => !unread.has(name))
  return known ? node : { kind: 'literal', value: null, start: node.start, end: node.end }
}

/** A statement that would have kept it failed, or was not sent since another one had. */
function wasKeptFrom(name: string, schedule: DemoPlot['schedule'], { facts }: DemoState): boolean {
  const [session, column = ''] = name.split('.')
  return facts.some(fact => {
    const step = schedule[fact.step]
    const lost = fact.status === 'failed' || fact.skipped === 'gave up'
    if (!lost || fact.session !== session || step?.kind !== 'statement') return false
    return step.save.includes(column) || step.saveCount === column || step.set.some(({ name: computed }) => computed === column)
  })
}

function namesOf(sessions: DemoState['sessions'], final: FinalRows | null): ReadonlyMap<string, Value> {
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

function noColumn(missing: readonly string[], columns: readonly string[]): OltpError {
  const found = columns.length === 0 ? 'there is no final query' : `its columns are ${columns.join(', ')}`
  return new OltpError('DEMO_RULE', exitCodes.usage, `the rule reads ${missing.join(', ')}, which the final query does not have`, {
    hint: `${found}: correct \`rule\` or \`final\``,
  })
}
