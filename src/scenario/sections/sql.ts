import type { YamlNode, YamlScalar } from '../diagnostics.js'
import { dialectFacts, plainDialects } from '../dialects.js'
import { type Dialect, dialects, type SqlText } from '../model.js'
import { nearest } from '../nearest.js'
import { scanSql } from '../sql.js'
import type { SectionContext } from './context.js'

export interface SqlScope {
  /** What `:name` can bind. */
  readonly names: ReadonlySet<string>
  readonly use?: (name: string) => void
  /** Where the text runs; everywhere unless given. */
  readonly engines?: readonly Dialect[] | null
  /** Where a name gets its value, for a hint; in a transaction unless given. */
  readonly origin?: string
  /** BEGIN, COMMIT and SAVEPOINT may stand here; elsewhere they are not for a step. */
  readonly control?: boolean
}

/** A text for all engines, or one per engine: one statement each, whose `:names` have a value. */
export function readSql(node: YamlNode, what: string, context: SectionContext, scope: SqlScope): SqlText {
  if (node.kind !== 'map') {
    const text = context.text(node, what)
    const engines = scope.engines ?? dialects
    if (node.kind === 'scalar') {
      const spoken = new Set(engines.map(engine => dialectFacts[engine].like ?? engine))
      for (const dialect of plainDialects) if (spoken.has(dialect)) checkText(node, dialect, context, scope)
    }
    return Object.fromEntries(plainDialects.map(dialect => [dialect, text]))
  }
  const map = context.map(node, what, dialects)
  if (map.entries.length === 0) context.problem(node, `${what} is empty`, { hint: 'add `postgres:` or `mysql:` and a text' })
  const texts: { [dialect in Dialect]?: string } = {}
  for (const dialect of dialects) {
    const value = context.get(map, dialect)
    if (!value) continue
    texts[dialect] = context.text(value, `the text for ${dialect}`)
    if (value.kind === 'scalar') checkText(value, dialect, context, scope)
  }
  return texts
}

function checkText(node: YamlScalar, dialect: Dialect, context: SectionContext, scope: SqlScope): void {
  if (typeof node.value !== 'string' || node.value.trim() === '') return
  const { references, problems } = scanSql(node.source, dialect)
  for (const { start, end, message, hint, control = false } of problems) {
    if (control && scope.control) continue
    context.problem({ node, from: start, to: end }, message, { hint: hint ?? 'complete the statement, or remove it' })
  }
  for (const { name, start, end } of references) {
    if (scope.names.has(name)) scope.use?.(name)
    else context.problem({ node, from: start, to: end }, `\`:${name}\` has no value`, { hint: hintFor(name, context, scope) })
  }
}

function hintFor(name: string, context: SectionContext, scope: SqlScope): string {
  if (context.parameters.has(name)) {
    context.noteParameter(name)
    return scope.use
      ? `a parameter reaches SQL by a name: add \`${name}: $${name}\` to \`let\``
      : 'this statement takes no values: write it out'
  }
  const near = nearest(name, scope.names)
  if (near !== null) return `did you mean \`${near}\`?`
  return scope.use ? (scope.origin ?? 'draw it in `let`, or `save` it before') : 'this statement takes no values: write it out'
}
