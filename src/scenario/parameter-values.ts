import { decimal } from './decimal.js'
import { formatValue } from './format-value.js'
import type { Parameter } from './model.js'
import type { Value } from './values.js'

export const parameterTypes = ['int', 'float', 'decimal', 'text', 'bool'] as const

/** A text as a value of a parameter's type; null where it is none. */
export function parseParameterValue(text: string, type: Parameter['type']): Value {
  switch (type) {
    case 'int': {
      const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
      return Number.isSafeInteger(value) ? value : null
    }
    case 'float': {
      const value = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
      return Number.isFinite(value) ? { float: value } : null
    }
    case 'decimal':
      return /^[+-]?\d{1,65}(\.\d{1,65})?$/.test(text) ? decimal(text) : null
    case 'text':
      return text
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : null
  }
}

/** What a value should have been, as in `at least 2`, where it is outside of the parameter's bounds or choices; null: it is fine. */
export function checkParameterValue(value: Value, { min, max, choices }: Pick<Parameter, 'min' | 'max' | 'choices'>): string | null {
  const size = sizeOf(value)
  if (min !== null && size < min) return `at least ${min}`
  if (max !== null && size > max) return `at most ${max}`
  if (choices && !choices.some(choice => formatValue(choice) === formatValue(value))) return `one of ${choices.map(formatValue).join(', ')}`
  return null
}

function sizeOf(value: Value): number {
  if (typeof value === 'number') return value
  if (value === null || typeof value !== 'object') return Number.NaN
  return 'float' in value ? value.float : Number(formatValue(value))
}
