import { transactionWord } from '../../scenario/demo/words.js'
import { formatValue } from '../../scenario/format-value.js'
import type { DemoTransaction, StepFact } from '../facts.js'
import type { Evidence } from './evidence.js'
import { type StatementShape, shapeOf } from './statement-shape.js'

/** A transaction as a story has it: what it read, what it wrote, and when it was over. */
export interface Episode {
  readonly session: string
  readonly ended: DemoTransaction['ended']
  readonly reads: readonly Touch[]
  /** Those that changed something. */
  readonly writes: readonly Touch[]
  /** Those that found nothing to change. */
  readonly misses: readonly Touch[]
  /** Its place in the order of the answers; beyond all where nothing ended it. */
  readonly end: number
  /** What it was before, as in `A committed (step 7)` or, of a statement by itself, `A's INSERT (step 3)`. */
  readonly moment: string
  /** The same as a clause: `A's INSERT (step 3) came`. */
  readonly came: string
}

/** One statement of an episode that was answered. */
export interface Touch {
  readonly fact: StepFact
  /** Counts from 1. */
  readonly step: number
  /** Its place in the order of the answers. */
  readonly at: number
  readonly shape: StatementShape
}

export function episodesOf(evidence: Evidence): readonly Episode[] {
  return evidence.transactions.flatMap(transaction => {
    const touches = transaction.facts.flatMap(index => touchOf(index, evidence) ?? [])
    if (touches.length === 0) return []
    const writing = touches.filter(({ shape }) => shape.writes !== null)
    return [
      {
        session: transaction.session,
        ended: transaction.ended,
        reads: touches.filter(({ fact, shape }) => shape.reads.length > 0 && (fact.answer?.columns.length ?? 0) > 0),
        writes: writing.filter(({ fact }) => (fact.answer?.affected ?? 0) > 0),
        misses: writing.filter(({ fact, shape }) => fact.answer?.affected === 0 && shape.verb !== 'INSERT' && shape.verb !== 'TRUNCATE'),
        ...endOf(transaction, touches, evidence),
      },
    ]
  })
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

function touchOf(index: number, { facts, order }: Evidence): Touch | null {
  const fact = facts[index]
  const at = order.indexOf(index)
  if (fact?.status !== 'done' || at === -1) return null
  return { fact, step: index + 1, at, shape: shapeOf(fact.sql) }
}

function endOf({ session, single, ended }: DemoTransaction, touches: readonly Touch[], { facts, order }: Evidence) {
  const last = touches.at(-1) as Touch
  if (single) {
    const moment = `${session}'s ${last.shape.verb} (step ${last.step})`
    return { end: last.at, moment, came: `${moment} came` }
  }
  const end = order.findIndex((index, at) => {
    const fact = facts[index]
    return at > last.at && fact?.session === session && transactionWord(fact.sql) !== null
  })
  if (end === -1) return { end: Number.POSITIVE_INFINITY, moment: `${session} ended`, came: `${session} ended` }
  const moment = `${session} ${ended === 'committed' ? 'committed' : 'rolled back'} (step ${(order[end] ?? 0) + 1})`
  return { end, moment, came: moment }
}
