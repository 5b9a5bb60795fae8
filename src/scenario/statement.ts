import { dialectFacts } from './dialects.js'
import { describeValue } from './format-value.js'
import type { Dialect } from './model.js'
import type { Statement } from './program.js'
import { scanSql } from './sql.js'
import { ValueError } from './value-error.js'
import type { Value } from './values.js'

/** A statement together with the values to send for its placeholders; both valid until the next `bind`, which fills the same array. */
interface BoundStatement {
  readonly statement: Statement
  readonly parameters: readonly Value[]
}

export interface StatementTemplate {
  /** As reports show it: each list as one placeholder. */
  readonly text: string
  /** The names that it binds. */
  readonly names: readonly string[]
  /** @throws ValueError where a list is bound as one value, or one value as a list */
  bind(values: readonly Value[]): BoundStatement
}

/**
 * Prepares a text for a dialect, once. Every occurrence of a name has a placeholder of its own: one `$1` in two places of
 * different types would keep PostgreSQL from finding its type. A list becomes as many placeholders as it has items, the empty
 * list NULL, so that `id IN (:ids...)` finds nothing.
 */
export function prepareStatement(
  text: string,
  dialect: Dialect,
  facts: Omit<Statement, 'text'>,
  slot: (name: string) => number,
): StatementTemplate {
  const { parts, references } = scanSql(text.trim(), dialect)
  const slots = references.map(({ name, list }) => ({ name, list, slot: slot(name) }))
  const byLengths = new Map<string, Filled>()
  const plain = filled(slots.map(() => 1))

  function filled(lengths: readonly number[]): Filled {
    const parameters = new Array<Value>(lengths.reduce((sum, length) => sum + length, 0)).fill(null)
    return { statement: { ...facts, text: placeholders(parts, lengths, dialect) }, parameters }
  }

  function bindLists(values: readonly Value[]): BoundStatement {
    const items = slots.map(reference => (reference.list ? listOf(reference, values) : [oneOf(reference, values)]))
    const lengths = items.map(({ length }) => length)
    const key = lengths.join(',')
    let bound = byLengths.get(key)
    if (bound === undefined) {
      bound = filled(lengths)
      byLengths.set(key, bound)
    }
    let at = 0
    for (const list of items) for (const item of list) bound.parameters[at++] = item
    return bound
  }

  function bindPlain(values: readonly Value[]): BoundStatement {
    let at = 0
    for (const reference of slots) plain.parameters[at++] = oneOf(reference, values)
    return plain
  }

  return {
    text: plain.statement.text,
    names: slots.map(({ name }) => name),
    bind: slots.some(reference => reference.list) ? bindLists : bindPlain,
  }
}

/** A statement with its one array of parameters: no session keeps it, and no two calls are under way between filling and sending. */
interface Filled {
  readonly statement: Statement
  readonly parameters: Value[]
}

interface Slot {
  readonly name: string
  readonly slot: number
}

function placeholders(parts: readonly string[], lengths: readonly number[], dialect: Dialect): string {
  let number = 0
  const one = () => {
    number++
    return dialectFacts[dialect].placeholder(number)
  }
  let text = parts[0] ?? ''
  for (const [position, length] of lengths.entries()) {
    text += length === 0 ? 'NULL' : Array.from({ length }, one).join(', ')
    text += parts[position + 1] ?? ''
  }
  return text.trimEnd()
}

function oneOf({ name, slot }: Slot, values: readonly Value[]): Value {
  const value = values[slot] ?? null
  if (Array.isArray(value)) throw new ValueError(`:${name} is a list; write :${name}... to bind its items`)
  return value
}

function listOf({ name, slot }: Slot, values: readonly Value[]): readonly Value[] {
  const value = values[slot] ?? null
  if (!Array.isArray(value)) throw new ValueError(`:${name}... needs a list, found ${describeValue(value)}; write :${name}`)
  return value
}
