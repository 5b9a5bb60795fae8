import type { DemoTransaction } from '../facts.js'
import type { Evidence } from './evidence.js'
import { undoneBySavepoints } from './savepoints.js'
import { shapeOf } from './statement-shape.js'
import type { Touch } from './touch.js'
import { beginOf, endOf, type TransactionEnd } from './transaction-span.js'

/** A transaction as a story has it: what it read, what it wrote, and when it was over. */
export interface Episode extends TransactionEnd {
  readonly session: string
  /** The step of its BEGIN; null: it has none. */
  readonly begun: number | null
  readonly ended: DemoTransaction['ended']
  /** All that was answered, in the order of their turns. */
  readonly touches: readonly Touch[]
  readonly reads: readonly Touch[]
  /** Those that changed something, rows or a table. */
  readonly writes: readonly Touch[]
  /** Those that found nothing to change, or to lock when their wait was over. */
  readonly misses: readonly Touch[]
}

export function episodesOf(evidence: Evidence): readonly Episode[] {
  return evidence.transactions.flatMap(transaction => {
    const touches = transaction.facts.flatMap(index => touchOf(index, evidence) ?? [])
    const last = touches.at(-1)
    if (last === undefined) return []
    const begin = beginOf(transaction, evidence)
    const undone = undoneBySavepoints(touches)
    const reads = touches.filter(({ fact, shape }) => shape.reads.length > 0 && (fact.answer?.columns.length ?? 0) > 0)
    const writing = touches.filter(touch => touch.shape.writes !== null && !undone.has(touch))
    return [
      {
        session: transaction.session,
        begun: begin === null ? null : begin + 1,
        ended: transaction.ended,
        touches,
        reads,
        writes: writing.filter(({ fact, shape }) => !shape.countsRows || (fact.answer?.affected ?? 0) > 0),
        misses: [
          ...writing.filter(({ fact, shape }) => shape.countsRows && fact.answer?.affected === 0),
          ...reads.filter(({ fact }) => fact.waited !== null && fact.answer?.rows.length === 0),
        ],
        ...endOf(transaction, last.step - 1, evidence),
      },
    ]
  })
}

function touchOf(index: number, { facts, order }: Evidence): Touch | null {
  const fact = facts[index]
  const at = order.indexOf(index)
  if (fact?.status !== 'done' || at === -1) return null
  return { fact, step: index + 1, at, shape: shapeOf(fact.sql) }
}
