import type { Touch } from './touch.js'

/** Statements of a transaction that a ROLLBACK TO SAVEPOINT has undone. */
export function undoneBySavepoints(touches: readonly Touch[]): ReadonlySet<Touch> {
  const undone = new Set<Touch>()
  for (const [at, { fact }] of touches.entries()) {
    const name = returnsTo(fact.sql)
    const from = name === null ? -1 : touches.slice(0, at).findLastIndex(touch => savepointOf(touch.fact.sql) === name)
    if (from !== -1) for (const touch of touches.slice(from + 1, at)) undone.add(touch)
  }
  return undone
}

/** The savepoint that it goes back to; null: it does something else. */
export function returnsTo(sql: string): string | null {
  return /^\s*ROLLBACK\s+(?:WORK\s+|TRANSACTION\s+)?TO\s+(?:SAVEPOINT\s+)?(\w+)/i.exec(sql)?.[1]?.toLowerCase() ?? null
}

/** The savepoint that it sets; null: it does something else. */
export function savepointOf(sql: string): string | null {
  return /^\s*SAVEPOINT\s+(\w+)/i.exec(sql)?.[1]?.toLowerCase() ?? null
}
