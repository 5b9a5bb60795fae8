import type { Reader, YamlNode } from '../diagnostics.js'
import { checkExpression, type ExpressionScope, freeNames, parameterNames } from '../expression/check.js'
import type { ExpressionPlace } from '../expression/function-definition.js'
import { parseExpression } from '../expression/parse.js'
import { type Expression, ExpressionError, type ExpressionProblem } from '../expression/syntax.js'
import type { Binding } from '../model.js'
import { describe } from '../reader.js'
import type { Report } from '../report.js'
import { parseDuration } from '../units.js'

/** What an expression may read where it stands, and who wants to know what it read. */
export interface ReadingScope {
  readonly names: ReadonlySet<string>
  readonly random: boolean
  readonly place: ExpressionPlace
  readonly use?: (name: string) => void
  readonly unknown?: ExpressionScope['unknown']
}

/** What the reader of a section is given. */
export interface SectionContext extends Reader {
  readonly parameters: ReadonlySet<string>
  readonly report: Report
  noteParameter(name: string): void
  expression(node: YamlNode, what: string, scope: ReadingScope): Expression
  /** `{ name: expression, … }`; `declare` is called for each name once its expression has been read. */
  bindings(node: YamlNode, what: string, scope: ReadingScope, declare: (name: string, at: YamlNode) => void): readonly Binding[]
  /** A duration, or an expression in milliseconds. */
  wait(node: YamlNode, what: string, scope: ReadingScope): Expression
}

export function createSectionContext(
  reader: Reader,
  report: Report,
  parameters: ReadonlySet<string>,
  noteParameter: (name: string) => void,
): SectionContext {
  function expression(node: YamlNode, what: string, scope: ReadingScope): Expression {
    if (node.kind !== 'scalar') {
      reader.problem(node, `${what} must be an expression, found ${describe(node)}`, { hint: 'write it as one text, as in "a + 1"' })
      return nothing
    }
    if (node.source.trim() === '') {
      reader.problem(node, `${what} is empty`, { hint: 'write an expression; for no value write `null`' })
      return nothing
    }
    const say = (problem: ExpressionProblem) => {
      reader.problem({ node, from: problem.start, to: problem.end }, problem.message, { hint: problem.hint })
    }
    try {
      const parsed = parseExpression(node.source)
      for (const problem of checkExpression(parsed, { ...scope, parameters })) say(problem)
      for (const name of freeNames(parsed)) scope.use?.(name)
      for (const name of parameterNames(parsed)) noteParameter(name)
      return parsed
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      say(error)
      readLeniently(node.source, scope, noteParameter)
      return nothing
    }
  }

  return {
    ...reader,
    report,
    parameters,
    noteParameter,
    expression,
    bindings: (node, what, scope, declare) =>
      reader.dictionary(node, what).map(({ key, keyNode, value }) => {
        const binding = { name: key, expression: expression(value, `\`${key}\``, scope) }
        declare(key, keyNode)
        return binding
      }),
    wait(node, what, scope) {
      const ms = node.kind === 'scalar' ? parseDuration(node.source) : null
      return ms === null ? expression(node, what, scope) : parseExpression(String(ms))
    },
  }
}

const nothing: Expression = parseExpression('null')

/** What a broken expression seems to read counts as read: one problem at a time is enough. */
function readLeniently(source: string, scope: ReadingScope, noteParameter: (name: string) => void): void {
  for (const [word] of source.matchAll(/\$?[A-Za-z_]\w*/g)) {
    if (word.startsWith('$')) noteParameter(word.slice(1))
    else scope.use?.(word)
  }
}
