import { suggest } from '../nearest.js'
import type { ExpressionPlace, FunctionDefinition } from './function-definition.js'
import { functions } from './functions.js'
import type { CallNode, Expression, ExpressionNode, ExpressionProblem } from './syntax.js'

/** What an expression may use where it stands. */
export interface ExpressionScope {
  readonly names: ReadonlySet<string>
  readonly parameters: ReadonlySet<string>
  /** Whether random calls are allowed. */
  readonly random: boolean
  readonly place: ExpressionPlace
  /** What is wrong with a name that is not among them, where more is known than that it has no value. */
  readonly unknown?: (name: string) => Pick<ExpressionProblem, 'message' | 'hint'>
}

/** Everything that is wrong with an expression where it stands, in the order of its text; empty: fine. */
export function checkExpression(expression: Expression, scope: ExpressionScope): ExpressionProblem[] {
  const problems: ExpressionProblem[] = []
  visit(expression.root, node => {
    const problem = problemOf(node, scope)
    if (problem !== null) problems.push(problem)
  })
  return problems.sort((a, b) => a.start - b.start)
}

/** The names that an expression reads, each once. */
export function freeNames(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>()
  visit(expression.root, node => node.kind === 'name' && names.add(node.name))
  return names
}

/** The parameters that an expression reads, without `$`, each once. */
export function parameterNames(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>()
  visit(expression.root, node => node.kind === 'parameter' && names.add(node.name))
  return names
}

function visit(node: ExpressionNode, see: (node: ExpressionNode) => void): void {
  see(node)
  if (node.kind === 'unary') visit(node.operand, see)
  if (node.kind === 'binary') {
    visit(node.left, see)
    visit(node.right, see)
  }
  if (node.kind === 'call') for (const part of node.arguments) visit(part, see)
}

function problemOf(node: ExpressionNode, scope: ExpressionScope): ExpressionProblem | null {
  const span = { start: node.start, end: node.end }
  if (node.kind === 'parameter' && !scope.parameters.has(node.name)) {
    return { message: `there is no parameter \`$${node.name}\``, ...span, hint: parameterHint(node.name, scope) }
  }
  if (node.kind === 'name' && !scope.names.has(node.name)) {
    const otherwise = { message: `\`${node.name}\` has no value here`, hint: nameHint(node.name, scope) }
    return { ...(scope.unknown?.(node.name) ?? otherwise), ...span }
  }
  return node.kind === 'call' ? callProblem(node, scope) : null
}

function callProblem(node: CallNode, scope: ExpressionScope): ExpressionProblem | null {
  const span = { start: node.start, end: node.start + node.name.length }
  const definition = functions.get(node.name)
  if (definition === undefined) {
    return { message: `there is no function \`${node.name}\``, ...span, hint: suggest(node.name, functions.keys()) ?? 'remove it' }
  }
  if (!definition.accepts(node.arguments.length)) {
    const count = node.arguments.length
    return {
      message: `\`${node.name}\` is called as ${definition.signature}, found ${count} argument${count === 1 ? '' : 's'}`,
      start: node.start,
      end: node.end,
      hint: countHint(definition, count),
    }
  }
  if (definition.random && !scope.random) {
    return {
      message: `\`${node.name}\` draws at random, which is allowed only in let, think, keying and the columns of a seed`,
      ...span,
      hint:
        scope.place === 'transaction'
          ? 'draw it in `let`, so that a retry is the same transaction, and use its name here'
          : 'write a number, or a parameter',
    }
  }
  if (definition.places && !definition.places.includes(scope.place)) {
    return {
      message: `\`${node.name}\` is known only in ${definition.places.map(place => placeNames[place]).join(' or ')}`,
      ...span,
      hint: scope.place === 'transaction' ? 'draw a value instead, as in uniform(1, 100)' : 'write a number, or a parameter',
    }
  }
  const first = node.arguments[0]
  if (definition.literal && !(first?.kind === 'literal' && typeof first.value === 'string')) {
    return {
      message: `\`${node.name}\` takes a text in quotes, as in ${definition.signature}`,
      start: first?.start ?? node.start,
      end: first?.end ?? node.end,
      hint: 'write its first argument in single quotes',
    }
  }
  return null
}

/** How many arguments the nearest right call has more, or fewer. */
function countHint(definition: FunctionDefinition, found: number): string {
  for (let change = 1; ; change++) {
    const arguments_ = `${change} argument${change === 1 ? '' : 's'}`
    if (definition.accepts(found + change)) return `add ${arguments_}`
    if (change <= found && definition.accepts(found - change)) return `remove ${arguments_}`
    if (change > found + mostArguments) throw new Error(`no call of ${definition.name} is right`)
  }
}

const mostArguments = 16

const placeNames: { readonly [place in ExpressionPlace]: string } = {
  transaction: 'transactions',
  seed: 'the columns of a seed',
  for_each: 'a seed with for_each',
  elsewhere: 'constants',
}

function nameHint(name: string, scope: ExpressionScope): string {
  if (scope.parameters.has(name)) return `a parameter is written \`$${name}\``
  if (functions.has(name)) return `a function is called with brackets: \`${functions.get(name)?.signature}\``
  if (name === 'index') return '`index` is known inside `repeat` and in a seed with for_each'
  return suggest(name, scope.names) ?? "give it a value before, or write a text in quotes: 'new'"
}

function parameterHint(name: string, scope: ExpressionScope): string {
  if (scope.names.has(name)) return `\`${name}\` is no parameter; write it without \`$\``
  return suggest(name, scope.parameters) ?? 'declare it under `parameters`'
}
