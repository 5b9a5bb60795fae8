import { formatValue } from '../../scenario/format-value.js'
import type { Episode } from './episodes.js'
import type { Evidence } from './evidence.js'
import { isThatValue } from './literals.js'
import { mayMeet, type StatementShape } from './statement-shape.js'
import type { Touch } from './touch.js'

/** Whether a statement may concern rows that this one wrote. */
export function concerns(shape: StatementShape, write: Touch): boolean {
  const { writes } = write.shape
  return writes !== null && (shape.reads.includes(writes) || shape.writes === writes) && mayMeet(shape, write.shape)
}

/** Whether the other wrote, and had ended, between these two, and both may concern it. */
export function liesBetween(writer: Episode, first: Touch, later: Touch): boolean {
  const touched = ({ shape }: Touch) => writer.writes.some(write => concerns(shape, write))
  return first.at < writer.end && writer.end < later.at && touched(first) && touched(later)
}

/** The value of a column in the first row; null: it has no such column. */
export function cellOf({ fact: { answer }, shape }: Touch, column: string): string | null {
  const at = answer?.columns.findIndex(name => (shape.shownAs.get(name.toLowerCase()) ?? name.toLowerCase()) === column) ?? -1
  const row = answer?.rows[0]
  return at === -1 || row === undefined ? null : formatValue(row[at] ?? null)
}

/** A column that was set, and in which a read shows another value; null: there is none. */
export function showsAnother(read: Touch, write: Touch): { readonly column: string; readonly value: string; readonly had: string } | null {
  for (const [column, value] of write.shape.sets) {
    const had = cellOf(read, column)
    if (had !== null && isThatValue(had, value) === false) return { column, value, had }
  }
  return null
}

/** Whether two reads ask the same, under whatever column names. */
export function sameQuestion(one: Touch, other: Touch): boolean {
  return questionOf(one.fact.sql) === questionOf(other.fact.sql)
}

export function sameAnswer(one: Touch, other: Touch): boolean {
  return JSON.stringify(one.fact.answer?.rows) === JSON.stringify(other.fact.answer?.rows)
}

/** Who asked the same last before this one wrote, where nobody else has written what may concern it; null: nobody. */
export function askedBefore(read: Touch, writer: Episode, all: readonly Episode[]): Asked | null {
  const touched = ({ writes }: Episode) => writes.filter(write => concerns(read.shape, write))
  // Whoever else wrote there may have been seen by one of the two alone.
  if (all.some(other => other !== writer && touched(other).some(({ at }) => at < read.at))) return null
  const from = touched(writer)[0]?.at ?? 0
  const earlier = all
    .flatMap(({ session, reads }) => reads.map(touch => ({ session, touch })))
    .filter(({ touch }) => touch.at < from && sameQuestion(touch, read))
    .sort((one, other) => one.touch.at - other.touch.at)
  return earlier.at(-1) ?? null
}

interface Asked {
  readonly session: string
  readonly touch: Touch
}

/** Whether a serial order was found in which all of the one's session comes before all of the other's. */
export function precedes(one: Episode, other: Episode, { oracle }: Evidence): boolean {
  const order = oracle?.serializable ? (oracle.order ?? []) : []
  return order.includes(one.session) && order.includes(other.session) && order.lastIndexOf(one.session) < order.indexOf(other.session)
}

/** What it wrote itself between these two and the later one may concern. */
export function ownBetween({ writes }: Episode, first: Touch, later: Touch): Touch | null {
  return writes.find(write => first.at < write.at && write.at < later.at && concerns(later.shape, write)) ?? null
}

/** The one that a snapshot may be as old as; null: it has none. */
export function firstSelect({ touches }: Episode): Touch | null {
  return touches.find(({ shape }) => shape.verb === 'SELECT') ?? null
}

/** Whether it was sent before the other had ended: answered, or waiting for just that. */
export function beganBefore(touch: Touch, { end, endedBy }: Episode): boolean {
  return touch.at < end || (touch.fact.waited !== null && touch.fact.wokenBy === endedBy)
}

/** A question is the same under another column name, and with a lock. */
function questionOf(sql: string): string {
  return sql
    .replace(/\s+(?:FOR\s+(?:NO\s+KEY\s+|KEY\s+)?(?:UPDATE|SHARE)|LOCK\s+IN\s+SHARE\s+MODE)\s*$/i, '')
    .replace(/\s+AS\s+\w+/gi, '')
    .replace(/\s+/g, ' ')
    .toLowerCase()
}
