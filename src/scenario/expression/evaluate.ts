import type { Value } from '../values.js'
import { compileExpression } from './compile.js'
import { valuesOnly } from './context.js'
import type { Expression } from './syntax.js'

/** The value of an expression over some names, once: for invariants, and for settings that parameters decide. @throws ValueError */
export function evaluateExpression(
  expression: Expression,
  names: ReadonlyMap<string, Value>,
  parameters: { readonly [name: string]: Value },
): Value {
  const values = [...names.values()]
  const positions = [...names.keys()]
  return compileExpression(expression, { slot: name => positions.indexOf(name), parameters })(valuesOnly(values))
}
