import { dialectFacts } from '../dialects.js'
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
    const value = values.has(name) ? written(name, values.get(name) ?? null, list, dialect) : `:${name}${list ? '...' : ''}`
    text += joins(text, value) ? ` ${value}` : value
    text += parts[index + 1] ?? ''
  }
  return text.trimEnd()
}

/** `a-:b` with a negative value would begin a comment, a word before a text change its meaning. */
function joins(before: string, value: string): boolean {
  const last = before.at(-1) ?? ''
  return (last === '-' && value.startsWith('-')) || (/[\w'"$]/.test(last) && !value.startsWith(':'))
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
  if (typeof value === 'string') return quoted(value, dialect)
  if (typeof value === 'object' && 'float' in value) return floating(value.float)
  return formatValue(value).toUpperCase()
}

function quoted(text: string, dialect: Dialect): string {
  const plain = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? `${dialectFacts[dialect].escapeMark}${plain.replaceAll('\\', '\\\\')}` : plain
}

/** Never as a whole number, by which a division would be one of whole numbers. */
function floating(value: number): string {
  if (!Number.isFinite(value)) return `'${value}'`
  const text = String(value).toUpperCase()
  return /[.E]/.test(text) ? text : `${text}.0`
}
