import { listed } from '../../format.js'
import { transactionWord } from '../../scenario/demo/words.js'
import type { DemoTransaction, StepError, StepFact } from '../facts.js'
import { episodesOf } from './episodes.js'
import { remedyOf, whyOf } from './error-meanings.js'
import type { Evidence } from './evidence.js'
import { returnsTo, savepointOf } from './savepoints.js'
import { shapeOf } from './statement-shape.js'

/** Refused with the same error in the same transaction, or one statement by itself. */
interface Refusal {
  readonly session: string
  /** The first. */
  readonly error: StepError
  /** Indexes into the facts. */
  readonly at: readonly [number, ...number[]]
  /** Null: it stood by itself. */
  readonly transaction: DemoTransaction | null
}

/** Which error was raised, what it means for the application, and what became of the transaction. */
export function tellErrors(evidence: Evidence): readonly string[] {
  const told = new Set<string>()
  const once = (sentence: string | null | undefined): readonly string[] => {
    if (sentence == null || told.has(sentence)) return []
    told.add(sentence)
    return [sentence]
  }
  const sentences = refusalsOf(evidence).flatMap(refusal => {
    const { session, error, at } = refusal
    const what = `${session}'s ${verbsOf(at, evidence)} refused with ${error.code} (${stepsOf(at)})`
    const why = once(whyOf(error))
    const more = [...once(survivalOf(refusal, evidence)), ...once(adviceOn(refusal))]
    return [[`${[what, ...why].join(': ')}.`, ...more].join(' '), ...tellAfterwards(refusal, evidence)]
  })
  return [...sentences, ...tellRefusedCommits(evidence.facts), ...tellRetries(evidence), ...tellBlindRetries(evidence)]
}

function refusalsOf(evidence: Evidence): readonly Refusal[] {
  const refusals: Refusal[] = []
  for (const [index, { session, error }] of evidence.facts.entries()) {
    if (error === null) continue
    const transaction = transactionOf(index, evidence)
    const known = refusals.findIndex(one => transaction !== null && one.transaction === transaction && one.error.code === error.code)
    const earlier = refusals[known]
    if (earlier === undefined) refusals.push({ session, error, at: [index], transaction })
    else refusals[known] = { ...earlier, at: [...earlier.at, index] }
  }
  return refusals
}

/** Null: it stood by itself. One that failed for what others did is not listed with its transaction, which went on. */
function transactionOf(index: number, { facts, transactions }: Evidence): DemoTransaction | null {
  const own = transactions.filter(({ session }) => session === facts[index]?.session)
  const known = own.find(one => one.facts.includes(index))
  if (known !== undefined) return known.single ? null : known
  const longer = own.filter(({ single }) => !single)
  return longer.findLast(one => (one.facts[0] ?? index) < index) ?? longer[0] ?? null
}

/** What is left of its transaction, as the session was told with that answer; null: there was none, or that is not known. */
function survivalOf({ at: [first], transaction }: Refusal, { facts }: Evidence): string | null {
  const fact = facts[first]
  const before = facts.findLast((one, at) => at < first && one.session === fact?.session && one.transaction !== null)
  // It had failed before, and that was told.
  if (fact === undefined || transaction === null || before?.transaction === 'failed') return null
  const isCommit = transactionWord(fact.sql) === 'commit'
  const hasSavepoint = transaction.facts.some(at => at < first && savepointOf(facts[at]?.sql ?? '') !== null)
  switch (fact.transaction) {
    case 'failed':
      return `The server now refuses everything until ROLLBACK${hasSavepoint ? ', to a savepoint at least' : ''}, and a COMMIT would roll back.`
    case 'open':
      return 'Only the statement was undone: its transaction is open, and a COMMIT would keep the rest.'
    case 'none':
      if (isCommit) return 'Nothing of its transaction was kept.'
      // It was committed by that, which is told with what ends transactions.
      if (transaction.ended === 'committed') return null
      return 'Its whole transaction was rolled back, and the session is in none any more.'
    case 'lost':
      return isCommit ? null : 'The session is gone, and its transaction with it.'
    case null:
      return null
  }
}

/** What the application has to do; whether this one does is told with its retries. */
function adviceOn({ error: { code }, transaction }: Refusal): string | null {
  switch (remedyOf(code)) {
    case 'begin again':
      return transaction === null
        ? 'The application has to send it again.'
        : 'The application has to begin the transaction again, reads included.'
    case 'later':
      return 'The application has to give up, or to try again later.'
    case null:
      return null
  }
}

/** A transaction that was committed without some of its statements. */
function tellAfterwards({ session, at, transaction }: Refusal, { facts, order }: Evidence): readonly string[] {
  const last = at.at(-1) ?? at[0]
  const state = facts[last]?.transaction
  if (transaction?.ended !== 'committed' || state === 'none' || state === 'lost') return []
  const later = order.filter(index => index > last && facts[index]?.session === session)
  const commit = later.find(index => transactionWord(facts[index]?.sql ?? '') === 'commit')
  if (commit === undefined) return []
  const back = later.find(index => index < commit && returnsTo(facts[index]?.sql ?? '') !== null)
  const path = back === undefined ? '' : ` went back to its savepoint (step ${back + 1}) and`
  return [
    `${session}${path} committed all the same (step ${commit + 1}), without what ${stepsOf(at)} ${at.length === 1 ? 'was' : 'were'} to do.`,
  ]
}

/** `UPDATE was`, `SELECT and INSERT were` */
function verbsOf(at: readonly number[], { facts }: Evidence): string {
  const verbs = [...new Set(at.map(index => shapeOf(facts[index]?.sql ?? '').verb))]
  return at.length === 1 ? `${listed(verbs)} was` : `${listed(verbs)} were`
}

function stepsOf(at: readonly number[]): string {
  return `${at.length === 1 ? 'step' : 'steps'} ${listed(at.map(index => String(index + 1)))}`
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

/** Sent once more after a refusal, without what its session had read before. */
function tellBlindRetries(evidence: Evidence): readonly string[] {
  const { facts } = evidence
  const episodes = episodesOf(evidence)
  return episodes.flatMap((again, at) => {
    const { session } = again
    const before = episodes.slice(0, at).findLast(one => one.session === session && one.begun !== null)
    const read = before?.reads[0]
    if (again.ended !== 'committed' || before?.ended !== 'rolled back' || read === undefined || again.reads.length > 0) return []
    const write = again.writes.find(({ fact, step }) =>
      facts.some(({ sql, ...one }, index) => index < step - 1 && one.session === session && sql === fact.sql),
    )
    if (write === undefined) return []
    const { verb } = write.shape
    return [
      `${session} sent its ${verb} once more (step ${write.step}) and did not read once more: it went by what it had read before (step ${read.step}).`,
    ]
  })
}
