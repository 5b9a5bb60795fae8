import { isDecimal } from './decimal.js'
import type { Value } from './values.js'

/** A value as people read it: text as it is, decimals without exponent, `null`, lists in brackets. */
export function formatValue(value: Value): string {
  if (typeof value === 'string') return value
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (isDecimal(value)) return value.toFixed()
  if ('float' in value) return String(value.float)
  return `[${value.map(formatValue).join(', ')}]`
}

/** A value and its kind for messages, as in `the text 'abc'`. Long ones are cut. */
export function describeValue(value: Value): string {
  const kind = kindOf(value)
  if (kind === 'null') return 'null'
  const text = formatValue(value)
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text
  return kind === 'text' ? `the text '${short}'` : `the ${kind} ${short}`
}

export type ValueKind = 'integer' | 'decimal' | 'float' | 'text' | 'boolean' | 'list' | 'null'

export function kindOf(value: Value): ValueKind {
  if (value === null) return 'null'
  if (typeof value === 'number') return 'integer'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  if (isDecimal(value)) return 'decimal'
  return 'float' in value ? 'float' : 'list'
}
