import Big from 'big.js'
import { bigIntegerNote, modulo, negate } from '../arithmetic.js'
import { compareValues } from '../comparison.js'
import { isDecimal } from '../decimal.js'
import { describeValue } from '../format-value.js'
import { ValueError } from '../value-error.js'
import type { Value } from '../values.js'
import type { Evaluate } from './context.js'
import { argument, atLeast, between, exactly, type FunctionDefinition, wholeNumber } from './function-definition.js'

/** Functions of numbers. All of them answer null where an argument is null. */
export const numericFunctions: readonly FunctionDefinition[] = [
  { name: 'abs', signature: 'abs(x)', accepts: exactly(1), compile: args => ofOne(args, abs) },
  { name: 'floor', signature: 'floor(x)', accepts: exactly(1), compile: args => ofOne(args, x => toWhole('floor', x, Math.floor)) },
  { name: 'ceil', signature: 'ceil(x)', accepts: exactly(1), compile: args => ofOne(args, x => toWhole('ceil', x, Math.ceil)) },
  { name: 'round', signature: 'round(x[, digits])', accepts: between(1, 2), compile: compileRound },
  { name: 'mod', signature: 'mod(a, b)', accepts: exactly(2), compile: compileMod },
  { name: 'min', signature: 'min(a, b, …)', accepts: atLeast(1), compile: args => extreme(args, -1) },
  { name: 'max', signature: 'max(a, b, …)', accepts: atLeast(1), compile: args => extreme(args, 1) },
]

function ofOne(args: readonly Evaluate[], apply: (value: Value) => Value): Evaluate {
  const of = argument(args, 0)
  return context => {
    const value = of(context)
    return value === null ? null : apply(value)
  }
}

function abs(value: Value): Value {
  const negative = negate(value)
  return compareValues(value, negative) < 0 ? negative : value
}

/** An integer, whatever kind of number it was. */
function toWhole(name: string, value: Value, rounded: (x: number) => number): Value {
  if (typeof value === 'number') return value
  if (isDecimal(value)) return wholeDecimal(name, value, rounded)
  if (value !== null && typeof value === 'object' && 'float' in value) return safe(name, rounded(value.float))
  throw notANumber(name, value)
}

/** Rounds by the fraction alone, which a double holds well enough to tell its side of zero and of a half. */
function wholeDecimal(name: string, value: Big, rounded: (x: number) => number): number {
  const whole = value.round(0, Big.roundDown)
  const fraction = value.minus(whole)
  const step = fraction.eq(0) ? 0 : rounded(fraction.lt(0) ? -0.75 : 0.75)
  return safe(name, whole.plus(step).toNumber())
}

/** Halves go away from zero, as in SQL. With digits it stays the kind of number that it was. */
function compileRound(args: readonly Evaluate[]): Evaluate {
  const digits = args[1]
  if (digits === undefined) return ofOne(args, value => roundTo(value, null))
  const of = argument(args, 0)
  return context => {
    const [value, places] = [of(context), digits(context)]
    return value === null || places === null ? null : roundTo(value, wholeNumber(places, 'round: digits'))
  }
}

function roundTo(value: Value, digits: number | null): Value {
  if (digits !== null && Math.abs(digits) > 100) throw new ValueError(`round: digits must be between -100 and 100, found ${digits}`)
  if (typeof value === 'number') return digits === null || digits >= 0 ? value : safe('round', new Big(value).round(digits, 1).toNumber())
  if (isDecimal(value)) return digits === null ? safe('round', value.round(0, 1).toNumber()) : value.round(digits, 1)
  if (value !== null && typeof value === 'object' && 'float' in value) {
    const rounded = Number.isFinite(value.float) ? new Big(value.float).round(digits ?? 0, 1).toNumber() : value.float
    return digits === null ? safe('round', rounded) : { float: rounded }
  }
  throw notANumber('round', value)
}

function compileMod(args: readonly Evaluate[]): Evaluate {
  const [a, b] = [argument(args, 0), argument(args, 1)]
  return context => modulo(a(context), b(context))
}

function extreme(args: readonly Evaluate[], sign: number): Evaluate {
  return context => {
    let best: Value = null
    for (const part of args) {
      const value = part(context)
      if (value === null) return null
      if (best === null || compareValues(value, best) * sign > 0) best = value
    }
    return best
  }
}

function safe(name: string, value: number): number {
  if (!Number.isSafeInteger(value)) throw new ValueError(`${name}: ${value} is beyond the exact integers (2^53)`)
  return value + 0
}

function notANumber(name: string, value: Value): ValueError {
  return new ValueError(`${name}: needs a number, found ${describeValue(value)}${bigIntegerNote(value)}`)
}
