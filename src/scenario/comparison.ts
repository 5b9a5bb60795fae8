import Big from 'big.js'
import { bigIntegerNote } from './arithmetic.js'
import { isDecimal } from './decimal.js'
import { describeValue } from './format-value.js'
import { ValueError } from './value-error.js'
import type { Value } from './values.js'

/**
 * Negative, zero or positive, exactly; null comes before everything. Text goes by code units. 0 and 1 compare with booleans,
 * because MySQL has no booleans of its own.
 *
 * @throws ValueError where the two do not compare, as text with a number
 */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return orderOfDoubles(a, b)
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1)
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (isBooleanLike(a) && isBooleanLike(b)) return Number(a) - Number(b)
  const [left, right] = [comparable(a), comparable(b)]
  if (left === null || right === null) {
    throw new ValueError(`cannot compare ${describeValue(a)} with ${describeValue(b)}${bigIntegerNote(a, b)}`)
  }
  if (isEndless(left) || isEndless(right)) return orderOfDoubles(Number(left), Number(right))
  return new Big(left).cmp(right)
}

/** Whether two values are the same, never an error: 100 is 100.00, an integer is the same as its text beyond 2^53, null is null. */
export function equalValues(a: Value, b: Value): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b)) return false
    return a.length === b.length && a.every((item: Value, index) => equalValues(item, b[index] ?? null))
  }
  if (a === null || b === null || typeof a === typeof b) return a === null || b === null ? a === b : equalKinds(a, b)
  const [left, right] = [exactInteger(a), exactInteger(b)]
  return equalKinds(left, right)
}

function equalKinds(a: Value, b: Value): boolean {
  try {
    return compareValues(a, b) === 0
  } catch (error) {
    if (error instanceof ValueError) return false
    throw error
  }
}

function exactInteger(value: Value): Value {
  return typeof value === 'string' && /^-?\d{1,40}$/.test(value) ? new Big(value) : value
}

function isBooleanLike(value: Value): boolean {
  return typeof value === 'boolean' || value === 0 || value === 1
}

/** Infinities and NaN have no decimal form. */
function isEndless(value: number | Big): boolean {
  return typeof value === 'number' && !Number.isFinite(value)
}

/** NaN is itself and beyond all others, as PostgreSQL has it. */
function orderOfDoubles(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a < b ? -1 : a > b ? 1 : 0
}

/** A decimal compares with a float by the float's shortest text: 0.1 is the float 0.1. */
function comparable(value: Value): number | Big | null {
  if (typeof value === 'number' || isDecimal(value)) return value
  return value !== null && typeof value === 'object' && 'float' in value ? value.float : null
}
