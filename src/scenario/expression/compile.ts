import { add, divide, modulo, multiply, negate, subtract } from '../arithmetic.js'
import { compareValues } from '../comparison.js'
import { decimal } from '../decimal.js'
import { ValueError } from '../value-error.js'
import type { Value } from '../values.js'
import { type CompileEnvironment, type Evaluate, valuesOnly } from './context.js'
import { functions } from './functions.js'
import type { BinaryNode, BinaryOperator, CallNode, Expression, ExpressionNode } from './syntax.js'
import { truth } from './truth.js'

/**
 * Makes a closure of an expression that `checkExpression` has nothing to say about. Parameters are put in and constant parts
 * computed now. The closure throws ValueError where values do not fit together.
 */
export function compileExpression(expression: Expression, environment: CompileEnvironment): Evaluate {
  return compileNode(expression.root, environment)
}

function compileNode(node: ExpressionNode, environment: CompileEnvironment): Evaluate {
  switch (node.kind) {
    case 'literal':
      return constant(node.value)
    case 'decimal':
      return constant(decimal(node.text))
    case 'float':
      return constant({ float: node.value })
    case 'parameter':
      return constant(parameter(node.name, environment))
    case 'name':
      return readSlot(environment.slot(node.name))
    case 'unary': {
      const operand = compileNode(node.operand, environment)
      return fold(node.operator === 'not' ? not(operand) : negated(operand), operand.constant)
    }
    case 'binary':
      return compileBinary(node, environment)
    case 'call':
      return compileCall(node, environment)
  }
}

function compileBinary(node: BinaryNode, environment: CompileEnvironment): Evaluate {
  const [left, right] = [compileNode(node.left, environment), compileNode(node.right, environment)]
  const bothConstant = left.constant && right.constant
  if (node.operator === '=' || node.operator === '!=') {
    const tested = isNull(node.right) ? left : isNull(node.left) ? right : null
    if (tested !== null) return fold(nullTest(tested, node.operator === '='), tested.constant)
  }
  return fold(binary(node.operator, left, right), bothConstant)
}

function compileCall(node: CallNode, environment: CompileEnvironment): Evaluate {
  const definition = functions.get(node.name)
  if (definition === undefined) throw new Error(`the expression «${node.name}(…)» was compiled unchecked`)
  const parts = node.arguments.map(part => compileNode(part, environment))
  return fold(
    definition.compile(parts, environment, node.arguments),
    !definition.random && !definition.impure && parts.every(part => part.constant),
  )
}

function constant(value: Value): Evaluate {
  return Object.assign(() => value, { constant: true as const })
}

function fold(evaluate: Evaluate, isConstant: boolean | undefined): Evaluate {
  if (isConstant !== true) return evaluate
  try {
    return constant(evaluate(valuesOnly([])))
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    // It may stand in a branch that is never taken: the error belongs to the moment that it is.
    return evaluate
  }
}

function parameter(name: string, environment: CompileEnvironment): Value {
  const value = environment.parameters[name]
  if (value === undefined) throw new Error(`the parameter $${name} was compiled unchecked`)
  return value
}

function readSlot(slot: number): Evaluate {
  return context => context.values[slot] ?? null
}

function isNull(node: ExpressionNode): boolean {
  return node.kind === 'literal' && node.value === null
}

function nullTest(operand: Evaluate, expected: boolean): Evaluate {
  return context => (operand(context) === null) === expected
}

function not(operand: Evaluate): Evaluate {
  return context => {
    const value = truth(operand(context))
    return value === null ? null : !value
  }
}

function negated(operand: Evaluate): Evaluate {
  return context => negate(operand(context))
}

function binary(operator: BinaryOperator, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case '+':
      return context => add(left(context), right(context))
    case '-':
      return context => subtract(left(context), right(context))
    case '*':
      return context => multiply(left(context), right(context))
    case '/':
      return context => divide(left(context), right(context))
    case '%':
      return context => modulo(left(context), right(context))
    case 'and':
      return context => and(left, right, context)
    case 'or':
      return context => or(left, right, context)
    case '=':
      return comparison(left, right, order => order === 0)
    case '!=':
      return comparison(left, right, order => order !== 0)
    case '<':
      return comparison(left, right, order => order < 0)
    case '<=':
      return comparison(left, right, order => order <= 0)
    case '>':
      return comparison(left, right, order => order > 0)
    case '>=':
      return comparison(left, right, order => order >= 0)
  }
}

function comparison(left: Evaluate, right: Evaluate, holds: (order: number) => boolean): Evaluate {
  return context => {
    const a = left(context)
    const b = right(context)
    return a === null || b === null ? null : holds(compareValues(a, b))
  }
}

type Context = Parameters<Evaluate>[0]

function and(left: Evaluate, right: Evaluate, context: Context): boolean | null {
  const a = truth(left(context))
  if (a === false) return false
  const b = truth(right(context))
  return b === false ? false : a === null ? null : b
}

function or(left: Evaluate, right: Evaluate, context: Context): boolean | null {
  const a = truth(left(context))
  if (a === true) return true
  const b = truth(right(context))
  return b === true ? true : a === null ? null : b
}
