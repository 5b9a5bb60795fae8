import { transactionWord } from '../../scenario/demo/words.js'
import type { DemoTransaction, StepFact } from '../facts.js'
import { meaningOf, survivalOf } from './error-meanings.js'
import type { Evidence } from './evidence.js'
import { shapeOf } from './statement-shape.js'

/** Which error was raised, what it means for the application, and what became of the transaction. */
export function tellErrors(evidence: Evidence): readonly string[] {
  const { facts } = evidence
  const explained = new Set<string>()
  const sentences = facts.flatMap((fact, index) => {
    const { error } = fact
    if (error === null) return []
    const transaction = transactionOf(index, evidence)
    const known = explained.has(error.code)
    explained.add(error.code)
    return [tellError(fact, index, known, transaction), ...tellAfterwards(index, transaction, evidence)]
  })
  return [...sentences, ...tellRefusedCommits(facts), ...tellRetries(evidence)]
}

/** Null: it stood by itself. One that failed for what others did is not listed with its transaction, which went on. */
function transactionOf(index: number, { facts, transactions }: Evidence): DemoTransaction | null {
  const own = transactions.filter(({ session }) => session === facts[index]?.session)
  const known = own.find(one => one.facts.includes(index))
  if (known !== undefined) return known.single ? null : known
  const longer = own.filter(({ single }) => !single)
  return longer.findLast(one => (one.facts[0] ?? index) < index) ?? longer[0] ?? null
}

function tellError({ session, sql, error }: StepFact, index: number, known: boolean, transaction: DemoTransaction | null): string {
  const code = error?.code ?? ''
  const said = `${session}'s ${shapeOf(sql).verb} was refused with ${code} (step ${index + 1})`
  const meaning = known ? null : meaningOf(code)
  if (meaning === null) return `${said}.`
  const survival =
    transaction === null ? null : transactionWord(sql) === 'commit' ? 'Nothing of its transaction was kept.' : survivalOf(code)
  return [`${said}: ${meaning.why}.`, survival, meaning.advice].filter(sentence => sentence !== null).join(' ')
}

/** A transaction that was committed without one of its statements. */
function tellAfterwards(index: number, transaction: DemoTransaction | null, { facts, order }: Evidence): readonly string[] {
  if (transaction?.ended !== 'committed') return []
  const { session } = transaction
  const commit = order.find(at => at > index && facts[at]?.session === session && transactionWord(facts[at]?.sql ?? '') === 'commit')
  if (commit === undefined) return []
  return [`${session} committed all the same (step ${commit + 1}), without what step ${index + 1} was to do.`]
}

/** PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and that is no error. */
function tellRefusedCommits(facts: readonly StepFact[]): readonly string[] {
  return facts.flatMap(({ session, sql, answer }, index) =>
    answer?.tag === 'ROLLBACK' && transactionWord(sql) === 'commit'
      ? [`${session}'s COMMIT (step ${index + 1}) was answered with ROLLBACK, which is no error: nothing of it was kept.`]
      : [],
  )
}

function tellRetries({ facts, transactions, plot }: Evidence): readonly string[] {
  return plot.retry.flatMap(session => {
    const last = Math.max(0, ...facts.filter(fact => fact.session === session).map(({ attempt }) => attempt))
    if (last < 2) return []
    const first = facts.findIndex(fact => fact.session === session && fact.attempt === last)
    const committed = transactions.some(one => one.session === session && one.ended === 'committed' && one.facts.some(at => at >= first))
    return [`${session} began again (step ${first + 1}), and attempt ${last} ${committed ? 'was committed' : 'was not committed either'}.`]
  })
}
