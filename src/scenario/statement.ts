import { describeValue } from './format-value.js'
import type { Dialect } from './model.js'
import type { Statement } from './program.js'
import { scanSql } from './sql.js'
import { ValueError } from './value-error.js'
import type { Value } from './values.js'

/** A statement together with the values to send for its placeholders. */
interface BoundStatement {
  readonly statement: Statement
  readonly parameters: readonly Value[]
}

export interface StatementTemplate {
  /** As reports show it: each list as one placeholder. */
  readonly text: string
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
  facts: { readonly index: number; readonly name: string; readonly readsRows: boolean },
  slot: (name: string) => number,
): StatementTemplate {
  const { parts, references } = scanSql(text.trim(), dialect)
  const slots = references.map(({ name, list }) => ({ name, list, slot: slot(name) }))
  const byLengths = new Map<string, Statement>()
  const statementFor = (lengths: readonly number[]): Statement => ({ ...facts, text: placeholders(parts, lengths, dialect) })
  const plain = statementFor(slots.map(() => 1))

  function bindLists(values: readonly Value[]): BoundStatement {
    const bound = slots.map(reference => (reference.list ? listOf(reference, values) : [oneOf(reference, values)]))
    const lengths = bound.map(items => items.length)
    const key = lengths.join(',')
    let statement = byLengths.get(key)
    if (statement === undefined) {
      statement = statementFor(lengths)
      byLengths.set(key, statement)
    }
    return { statement, parameters: bound.flat() }
  }

  function bindPlain(values: readonly Value[]): BoundStatement {
    return { statement: plain, parameters: slots.map(reference => oneOf(reference, values)) }
  }

  return { text: plain.text, bind: slots.some(reference => reference.list) ? bindLists : bindPlain }
}

interface Slot {
  readonly name: string
  readonly slot: number
}

function placeholders(parts: readonly string[], lengths: readonly number[], dialect: Dialect): string {
  let number = 0
  const one = () => {
    number++
    return dialect === 'postgres' ? `$${number}` : '?'
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
