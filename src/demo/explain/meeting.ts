import { formatValue } from '../../scenario/format-value.js'
import type { Episode, Touch } from './episodes.js'
import { mayMeet, type StatementShape } from './statement-shape.js'

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

/** A read that came too early to see what the other was to commit; null: there is none, or one of them did not commit. */
export function blindRead(reader: Episode, writer: Episode): Touch | null {
  if (reader.session === writer.session || reader.ended !== 'committed' || writer.ended !== 'committed') return null
  return reader.reads.find(read => read.at < writer.end && writer.writes.some(write => concerns(read.shape, write))) ?? null
}

/** The value of a column in the first row; null: it has no such column. */
export function cellOf({ fact: { answer } }: Touch, column: string): string | null {
  const at = answer?.columns.findIndex(name => name.toLowerCase() === column) ?? -1
  const row = answer?.rows[0]
  return at === -1 || row === undefined ? null : formatValue(row[at] ?? null)
}
