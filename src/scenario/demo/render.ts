import { formatValue } from '../format-value.js'
import type { Dialect } from '../model.js'
import { scanSql } from '../sql.js'
import { ValueError } from '../value-error.js'
import type { Value } from '../values.js'

/**
 * A statement with its values written out: an audience sees what is run. A name without a value stays as it is.
 *
 * @throws ValueError for a list where one value belongs, and the other way round
 */
export function writeOut(sql: string, dialect: Dialect, values: ReadonlyMap<string, Value>): string {
  const { parts, references } = scanSql(sql.trim(), dialect)
  let text = parts[0] ?? ''
  for (const [index, { name, list }] of references.entries()) {
    text += values.has(name) ? written(name, values.get(name) ?? null, list, dialect) : `:${name}${list ? '...' : ''}`
    text += parts[index + 1] ?? ''
  }
  return text.trimEnd().replace(/;$/, '')
}

function written(name: string, value: Value, list: boolean, dialect: Dialect): string {
  if (!list) {
    if (Array.isArray(value)) throw new ValueError(`:${name} is a list; write :${name}... for its items`)
    return literal(value, dialect)
  }
  if (!Array.isArray(value)) throw new ValueError(`:${name}... needs a list; write :${name}`)
  return value.length === 0 ? 'NULL' : value.map(item => literal(item, dialect)).join(', ')
}

/** A value as SQL text. */
export function literal(value: Value, dialect: Dialect): string {
  if (value === null) return 'NULL'
  if (typeof value !== 'string') return formatValue(value).toUpperCase()
  const quoted = `'${value.replaceAll("'", "''")}'`
  // A backslash begins an escape on MySQL, and in a PostgreSQL whose strings are not standard ones.
  if (!value.includes('\\')) return quoted
  const escaped = quoted.replaceAll('\\', '\\\\')
  return dialect === 'postgres' ? `E${escaped}` : escaped
}
