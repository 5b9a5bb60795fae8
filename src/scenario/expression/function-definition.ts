import { isDecimal } from '../decimal.js'
import { describeValue } from '../format-value.js'
import { ValueError } from '../value-error.js'
import type { Value } from '../values.js'
import type { CompileEnvironment, Evaluate } from './context.js'
import type { ExpressionNode } from './syntax.js'

/** Where an expression stands: in a transaction, in a seed's columns (`for_each` or not), or where there are parameters only. */
export type ExpressionPlace = 'transaction' | 'seed' | 'for_each' | 'elsewhere'

export interface FunctionDefinition {
  readonly name: string
  /** How it is called, for messages, as in `zipf(a, b, s)`. */
  readonly signature: string
  accepts(count: number): boolean
  /** Draws: only where random calls are allowed. */
  readonly random?: true
  /** Reads more than its arguments: not folded. */
  readonly impure?: true
  /** Only there; everywhere unless given. */
  readonly places?: readonly ExpressionPlace[]
  /** Its first argument is a text as written, no expression. */
  readonly literal?: true
  compile(args: readonly Evaluate[], environment: CompileEnvironment, nodes: readonly ExpressionNode[]): Evaluate
}

export function exactly(count: number): (count: number) => boolean {
  return found => found === count
}

export function between(least: number, most: number): (count: number) => boolean {
  return found => found >= least && found <= most
}

export function atLeast(least: number): (count: number) => boolean {
  return found => found >= least
}

/** The argument at that position; the check has made sure that it is there. */
export function argument(args: readonly Evaluate[], position: number): Evaluate {
  return args[position] ?? (() => null)
}

/** @throws ValueError unless it is an integer */
export function wholeNumber(value: Value, what: string): number {
  if (typeof value === 'number') return value
  throw new ValueError(`${what} must be an integer, found ${describeValue(value)}`)
}

/** Any kind of number, as a double. @throws ValueError */
export function realNumber(value: Value, what: string): number {
  if (typeof value === 'number') return value
  if (isDecimal(value)) return value.toNumber()
  if (value !== null && typeof value === 'object' && 'float' in value) return value.float
  throw new ValueError(`${what} must be a number, found ${describeValue(value)}`)
}
