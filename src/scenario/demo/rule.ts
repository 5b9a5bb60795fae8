import type { YamlNode } from '../diagnostics.js'
import { freeNames } from '../expression/check.js'
import { parseExpression } from '../expression/parse.js'
import { ExpressionError } from '../expression/syntax.js'
import type { SqlText } from '../model.js'
import { nearest, suggest } from '../nearest.js'
import { keysOf } from '../reader.js'
import type { SectionContext } from '../sections/context.js'
import type { DemoRule } from './model.js'
import type { Known } from './schedule.js'
import { ruleSchema } from './schema.js'

/** What there is for a rule to read. */
interface RuleScope {
  readonly known: Known
  readonly final: SqlText | null
}

/** `rule:`, of which every name must come from somewhere. Which columns the final query has is known when it has run, the rest is known now. */
export function readRule(node: YamlNode, scope: RuleScope, context: SectionContext): DemoRule {
  const map = context.map(node, '`rule`', keysOf(ruleSchema), ['text', 'holds'])
  const [text, holds] = ['text', 'holds'].map(key => context.get(map, key))
  const columns = holds?.kind === 'scalar' && scope.final !== null ? columnsIn(holds.source) : []
  const names = new Set(['commits', ...(scope.final === null ? [] : ['rows']), ...savedNames(scope.known), ...columns])
  const unknown = (name: string) => (name.includes('.') ? notSaved(name, scope) : noColumn(name, scope))
  return {
    text: text ? context.text(text, '`text`') : '',
    holds: holds ? context.expression(holds, '`holds`', { names, unknown, random: false, place: 'elsewhere' }) : parseExpression('null'),
  }
}

/** As a rule writes what sessions save, and how often they commit. */
export function savedNames(known: Known): ReadonlySet<string> {
  return new Set([...known.keys()].flatMap(session => namesOf(session, known)))
}

function namesOf(session: string, known: Known): readonly string[] {
  return [...(known.get(session) ?? []), 'commits'].map(name => `${session}.${name}`)
}

/** What may be a column of the final query. */
function columnsIn(source: string): readonly string[] {
  try {
    return [...freeNames(parseExpression(source))].filter(name => !name.includes('.'))
  } catch (error) {
    if (error instanceof ExpressionError) return []
    throw error
  }
}

function notSaved(name: string, { known }: RuleScope): { readonly message: string; readonly hint: string } {
  const [session = '', saved = ''] = name.split('.', 2)
  const sessions = [...known.keys()]
  if (!sessions.includes(session)) {
    return { message: `there is no session \`${session}\``, hint: suggest(session, sessions) ?? 'name it under `sessions`' }
  }
  const near = nearest(name, namesOf(session, known)) ?? savedAs(saved, known)
  const hint = near === null ? `save it in a step of \`${session}\`` : `did you mean \`${near}\`?`
  return { message: `\`${session}\` saves no \`${saved}\``, hint }
}

function noColumn(name: string, { known }: RuleScope): { readonly message: string; readonly hint: string } {
  const saved = savedAs(name, known)
  return {
    message: `\`${name}\` has no value here: there is no \`final\` query`,
    hint: saved === null ? 'add `final:` with a query that reads it' : `did you mean \`${saved}\`?`,
  }
}

/** How a rule reads what some session saves under that name; null: none does. */
function savedAs(name: string, known: Known): string | null {
  const session = [...known.keys()].find(one => known.get(one)?.has(name))
  return session === undefined ? null : `${session}.${name}`
}
