import type { RandomText } from '../distributions/text.js'
import type { Attempt } from '../program.js'
import { createRandom } from '../random.js'
import { ValueError } from '../value-error.js'
import type { Value } from '../values.js'

/** What an expression may ask of the world while it is evaluated. An `Attempt` is one. */
export type EvaluationContext = Pick<Attempt, 'values' | 'random' | 'client' | 'sequence' | 'now'>

/** A compiled expression. */
export interface Evaluate {
  (context: EvaluationContext): Value
  /** Depends on nothing but the text and the parameters: it is the same at every call. */
  readonly constant?: true
  /** It is a random text of that shape: `concat` makes several of them in one go. */
  readonly text?: RandomText
}

/** What an expression is compiled against. */
export interface CompileEnvironment {
  /** Where in `values` a name lives. `rowSlot` and `parentSlot` are names as well. */
  slot(name: string): number
  readonly parameters: { readonly [name: string]: Value }
  /** Of `permute` and of nurand's constant; the run's. 0 unless given. */
  readonly seed?: number
  /** Whether rows are made or read: TPC-C gives the two different constants. `run` unless given. */
  readonly use?: 'load' | 'run'
}

/** The name under which `row()` is looked up. */
export const rowSlot = 'row()'

/** The name under which `parent('column')` is looked up. */
export function parentSlot(column: string): string {
  return `parent('${column}')`
}

/** A context with values and nothing else: for constants, seed rows and invariants. */
export function valuesOnly(values: Value[], random = createRandom(0, 'unused')): EvaluationContext {
  return { values, random, client: 0, sequence: notHere, now: notHere }
}

function notHere(): never {
  throw new ValueError('a sequence and the time are known only while a transaction runs')
}
