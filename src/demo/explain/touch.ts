import { formatValue } from '../../scenario/format-value.js'
import type { StepFact } from '../facts.js'
import type { StatementShape } from './statement-shape.js'

/** One statement of a session that was answered. */
export interface Touch {
  readonly fact: StepFact
  /** Counts from 1. */
  readonly step: number
  /** Its place in the order of the answers. */
  readonly at: number
  readonly shape: StatementShape
}

/** What a statement gave back, in a few words: `10`, `qty 10, version 1`, `no row`, `3 rows`. */
export function whatItRead({ fact: { answer } }: Touch): string {
  const { columns, rows } = answer ?? { columns: [], rows: [] }
  const [first] = rows
  if (first === undefined) return 'no row'
  const cell = (row: typeof first, at: number) => formatValue(row[at] ?? null)
  if (columns.length === 1 && rows.length <= 4) return rows.map(row => cell(row, 0)).join(', ')
  if (rows.length === 1 && columns.length <= 4) return columns.map((column, at) => `${column} ${cell(first, at)}`).join(', ')
  return `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`
}
