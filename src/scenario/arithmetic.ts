import Big from 'big.js'
import { isDecimal } from './decimal.js'
import { describeValue, kindOf } from './format-value.js'
import { ValueError } from './value-error.js'
import type { Value } from './values.js'

/*
 * Integers stay integers and are exact up to 2^53, decimals are exact (a quotient to 20 places), a float makes a float.
 * What does not mix is a ValueError, and so are an overflow and a division by zero. null in, null out.
 */

export function add(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return exact(a + b, a, '+', b)
  return mixed(addition, a, b)
}

export function subtract(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return exact(a - b, a, '-', b)
  return mixed(subtraction, a, b)
}

export function multiply(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return exact(a * b, a, '*', b)
  return mixed(multiplication, a, b)
}

/** Of two integers: truncated towards zero, as SQL does it. */
export function divide(a: Value, b: Value): Value {
  if (isZero(b) && a !== null) throw new ValueError(`division by zero (${describeValue(a)} / 0)`)
  // By way of the remainder, which is exact, so that the quotient is too.
  if (typeof a === 'number' && typeof b === 'number') return (a - (a % b)) / b + 0
  return mixed(division, a, b)
}

/** The remainder of `divide`; it has the sign of `a`. */
export function modulo(a: Value, b: Value): Value {
  if (isZero(b) && a !== null) throw new ValueError(`division by zero (${describeValue(a)} % 0)`)
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0
  return mixed(remainder, a, b)
}

export function negate(a: Value): Value {
  if (typeof a === 'number') return 0 - a
  if (a === null) return null
  if (isDecimal(a)) return a.neg()
  if (typeof a === 'object' && 'float' in a) return { float: -a.float }
  throw new ValueError(`\`-\` needs a number, found ${describeValue(a)}${bigIntegerNote(a)}`)
}

/** What is said after a value that looks like a number but is text. */
export function bigIntegerNote(...values: readonly Value[]): string {
  const big = values.find(value => typeof value === 'string' && /^-?\d{16,}$/.test(value))
  return big === undefined ? '' : '; an integer beyond 2^53 arrives as text, on which there is no arithmetic'
}

interface Operation {
  readonly symbol: string
  decimal(a: Big, b: Big): Big
  float(a: number, b: number): number
}

const addition: Operation = { symbol: '+', decimal: (a, b) => a.plus(b), float: (a, b) => a + b }
const subtraction: Operation = { symbol: '-', decimal: (a, b) => a.minus(b), float: (a, b) => a - b }
const multiplication: Operation = { symbol: '*', decimal: (a, b) => a.times(b), float: (a, b) => a * b }
const division: Operation = { symbol: '/', decimal: (a, b) => a.div(b), float: (a, b) => a / b }
const remainder: Operation = { symbol: '%', decimal: (a, b) => a.mod(b), float: (a, b) => a % b }

function exact(result: number, a: number, symbol: string, b: number): number {
  if (!Number.isSafeInteger(result)) throw new ValueError(`${a} ${symbol} ${b} is beyond the exact integers (2^53)`)
  return result + 0
}

function mixed(operation: Operation, a: Value, b: Value): Value {
  if (a === null || b === null) return null
  const kinds = `${kindOf(a)} ${kindOf(b)}`
  if (decimalKinds.has(kinds)) return operation.decimal(new Big(exactNumber(a)), new Big(exactNumber(b)))
  if (floatKinds.has(kinds)) {
    const float = operation.float(plainNumber(a), plainNumber(b))
    if (!Number.isFinite(float)) throw new ValueError(`${plainNumber(a)} ${operation.symbol} ${plainNumber(b)} is beyond the floats`)
    return { float }
  }
  throw new ValueError(`\`${operation.symbol}\` cannot mix ${describeValue(a)} with ${describeValue(b)}${mixingNote(a, b)}`)
}

const decimalKinds: ReadonlySet<string> = new Set(['decimal decimal', 'decimal integer', 'integer decimal'])
const floatKinds: ReadonlySet<string> = new Set(['float float', 'float integer', 'integer float'])

function mixingNote(a: Value, b: Value): string {
  const kinds = new Set([kindOf(a), kindOf(b)])
  if (kinds.has('decimal') && kinds.has('float')) return '; decimals are exact and floats are not (1.5 is a decimal, 1.5e0 a float)'
  return bigIntegerNote(a, b)
}

function isZero(value: Value): boolean {
  if (typeof value === 'number') return value === 0
  if (isDecimal(value)) return value.eq(0)
  return value !== null && typeof value === 'object' && 'float' in value && value.float === 0
}

function exactNumber(value: Value): number | Big {
  return typeof value === 'number' || isDecimal(value) ? value : 0
}

function plainNumber(value: Value): number {
  if (typeof value === 'number') return value
  return value !== null && typeof value === 'object' && 'float' in value ? value.float : 0
}
