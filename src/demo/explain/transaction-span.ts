import { transactionWord } from '../../scenario/demo/words.js'
import type { DemoTransaction } from '../facts.js'
import type { Evidence } from './evidence.js'
import { shapeOf } from './statement-shape.js'

/** When a transaction was over, and what is said of that. */
export interface TransactionEnd {
  /** Its place in the order of the answers, or between two of them; beyond all where nothing ended it. */
  readonly end: number
  /** The fact that ended it; null: nothing did. */
  readonly endedBy: number | null
  /** What came before it, as in `A committed (step 7)` or, of a statement by itself, `A's INSERT (step 3)`. */
  readonly moment: string
  /** The same as a clause: `A's INSERT (step 3) came`. */
  readonly came: string
}

/** The BEGIN of a transaction, as an index into the facts; null: it has none, as a statement by itself. */
export function beginOf({ session, single, facts: own }: DemoTransaction, { facts }: Evidence): number | null {
  const first = own[0]
  if (single || first === undefined) return null
  const begin = facts.findLastIndex((fact, index) => index < first && fact.session === session && transactionWord(fact.sql) === 'begin')
  return begin === -1 ? null : begin
}

/** @param last the last of its statements that was answered, as an index into the facts */
export function endOf({ session, single, ended }: DemoTransaction, last: number, { facts, order }: Evidence): TransactionEnd {
  const verbOf = (index: number) => shapeOf(facts[index]?.sql ?? '').verb
  if (single) {
    const moment = `${session}'s ${verbOf(last)} (step ${last + 1})`
    return { end: order.indexOf(last), endedBy: last, moment, came: `${moment} came` }
  }
  const from = order.indexOf(last)
  const end = order.findIndex((index, at) => {
    const fact = facts[index]
    if (fact?.session !== session || at < from) return false
    return isOver(fact.transaction) || (at > from && transactionWord(fact.sql) !== null)
  })
  const endedBy = order[end]
  if (endedBy === undefined) {
    return { end: Number.POSITIVE_INFINITY, endedBy: null, moment: `${session} ended`, came: `${session} ended` }
  }
  const word = transactionWord(facts[endedBy]?.sql ?? '')
  // What commits on the way does so before anything else, such as waiting.
  const unasked = word === null && ended === 'committed'
  const sent = order.findLastIndex((index, at) => index < endedBy && at < end)
  const who = unasked ? `${session}'s ${verbOf(endedBy)}` : session
  const how = ended === 'committed' ? 'committed' : word === 'rollback' ? 'rolled back' : 'was rolled back'
  const moment = `${who} ${how} (step ${endedBy + 1})`
  return { end: unasked ? sent + 0.5 : end, endedBy, moment, came: moment }
}

function isOver(state: Evidence['facts'][number]['transaction']): boolean {
  return state === 'none' || state === 'lost'
}
