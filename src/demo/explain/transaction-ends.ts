import { listed } from '../../format.js'
import { transactionWord } from '../../scenario/demo/words.js'
import type { StepFact } from '../facts.js'
import type { Evidence } from './evidence.js'
import { shapeOf } from './statement-shape.js'
import { endOf } from './transaction-span.js'

/** Where a transaction ended that nobody had asked to end. */
export function tellTransactionEnds(evidence: Evidence): readonly string[] {
  return [...tellImplicitCommits(evidence), ...tellLeftAlone(evidence)]
}

/** DDL on MySQL, and a BEGIN there that comes before the end. */
function tellImplicitCommits(evidence: Evidence): readonly string[] {
  const { facts, transactions } = evidence
  return transactions.flatMap(transaction => {
    const last = transaction.facts.findLast(index => facts[index]?.transaction !== null)
    if (transaction.single || transaction.ended !== 'committed' || last === undefined) return []
    const { endedBy } = endOf(transaction, last, evidence)
    const by = endedBy === null ? undefined : facts[endedBy]
    if (by === undefined || endedBy === null || transactionWord(by.sql) === 'commit') return []
    const { session } = transaction
    const work = changes(
      transaction.facts.filter(index => index < endedBy),
      facts,
    )
    const late = facts.findIndex((fact, at) => at > endedBy && fact.session === session && transactionWord(fact.sql) !== null)
    const inVain = facts[late] !== undefined && transactionWord(facts[late].sql) === 'rollback'
    return [
      `${session}'s ${shapeOf(by.sql).verb} (step ${endedBy + 1}) committed its transaction${work === '' ? '' : `, and with it ${work}`}${
        inVain ? `: ROLLBACK (step ${late + 1}) found nothing to take back` : ''
      }.`,
    ]
  })
}

/** Sent as if the transaction were still there that an error had ended: each of them is committed by itself. */
function tellLeftAlone({ facts, transactions }: Evidence): readonly string[] {
  return facts.flatMap(({ session, error, transaction, attempt }, index) => {
    const ended = transactions.some(
      one => one.session === session && !one.single && one.ended === 'rolled back' && one.facts.some(at => at <= index),
    )
    if (error === null || transaction !== 'none' || !ended) return []
    const later = facts
      .map((fact, at) => ({ fact, at }))
      .filter(({ fact, at }) => at > index && fact.session === session && fact.attempt === attempt)
    const stop = later.findIndex(({ fact }) => fact.transaction !== 'none' || transactionWord(fact.sql) !== null)
    const alone = later.slice(0, stop === -1 ? undefined : stop).map(({ at }) => at)
    const work = changes(alone, facts)
    return work === '' ? [] : [`${session} went on outside any transaction: ${work} was committed at once.`]
  })
}

/** `its UPDATE (step 2) and its INSERT (step 3)`; empty: nothing was changed. */
export function changes(indexes: readonly number[], facts: readonly StepFact[]): string {
  return listed(
    indexes.flatMap(index => {
      const fact = facts[index]
      const shape = shapeOf(fact?.sql ?? '')
      const didSomething =
        fact?.status === 'done' && (definitions.has(shape.verb) || (shape.writes !== null && (fact.answer?.affected ?? 0) > 0))
      return didSomething ? [`its ${shape.verb} (step ${index + 1})`] : []
    }),
  )
}

const definitions: ReadonlySet<string> = new Set(['CREATE', 'ALTER', 'DROP', 'TRUNCATE'])
