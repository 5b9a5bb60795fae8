import Big from 'big.js'
import type { Value } from './values.js'

/**
 * An exact decimal from its text, as in `12.50`. Unlike a plain `new Big(…)` it can be sent to a worker thread,
 * which has to `reviveValue` what it was sent.
 *
 * @throws Error where the text is not a decimal
 */
export function decimal(text: string): Big {
  const value = new Big(text)
  // big.js keeps its constructor, a function, on every value; a structured clone takes enumerable properties only and refuses functions.
  Object.defineProperty(value, 'constructor', { enumerable: false })
  return value
}

export function isDecimal(value: unknown): value is Big {
  return value instanceof Big
}

/** A value as it was before a structured clone took the methods off its decimals. */
export function reviveValue(value: Value): Value {
  if (Array.isArray(value)) return value.map(reviveValue)
  if (!isClonedDecimal(value)) return value
  const { s, e, c } = value
  return decimal(`${s < 0 ? '-' : ''}${c[0] ?? 0}.${c.slice(1).join('') || '0'}e${e}`)
}

function isClonedDecimal(value: unknown): value is { readonly s: number; readonly e: number; readonly c: readonly number[] } {
  return typeof value === 'object' && value !== null && 'c' in value && !(value instanceof Big)
}

/** `reviveValue` of each. */
export function reviveValues(values: { readonly [name: string]: Value }): { readonly [name: string]: Value } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, reviveValue(value)]))
}
