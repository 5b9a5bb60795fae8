import { describeValue } from '../format-value.js'
import { ValueError } from '../value-error.js'
import type { Value } from '../values.js'

/** Whether a condition holds; null does not. 0 and 1 count as false and true: MySQL has no booleans of its own. @throws ValueError */
export function isTrue(value: Value): boolean {
  return truth(value) === true
}

/** true, false, or null where it is not known. @throws ValueError where the value is no condition */
export function truth(value: Value): boolean | null {
  if (typeof value === 'boolean' || value === null) return value
  if (value === 0 || value === 1) return value === 1
  throw new ValueError(`a condition is true or false, found ${describeValue(value)}`)
}
