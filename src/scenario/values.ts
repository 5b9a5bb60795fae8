import type Big from 'big.js'

/** An inexact number: what a float column or a float parameter holds. Wrapped, so that 4.0 is never taken for the integer 4. */
interface Float {
  readonly float: number
}

/**
 * What a name can hold while a transaction runs.
 *
 * - `number`: a 64-bit integer while it is a safe one (beyond 2^53 an integer column decodes to its text)
 * - `Big`: an exact decimal · `Float`: an inexact one · `string` · `boolean` · `null` · a list of these
 */
export type Value = number | Big | Float | string | boolean | null | readonly Value[]
