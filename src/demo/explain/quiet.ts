import { transactionWord } from '../../scenario/demo/words.js'
import { type Episode, episodesOf } from './episodes.js'
import type { Evidence } from './evidence.js'
import { concerns, sameAnswer, sameQuestion } from './meeting.js'
import { givenBy } from './reads.js'
import { tellAround } from './reads-around.js'
import type { Touch } from './touch.js'
import { changes } from './transaction-ends.js'

/** More than these say nothing new. */
const mostSentences = 4

/** What there is to tell of a demo in which nobody met, waited or was refused: the first of these that says anything. */
export function tellQuietly(evidence: Evidence): readonly string[] {
  const episodes = episodesOf(evidence)
  for (const tell of [tellDifferentAnswers, tellReadsAround, tellSideBySide, tellWork]) {
    const told = tell(episodes, evidence)
    if (told.length > 0) return told.slice(0, mostSentences)
  }
  return []
}

/** What a session read before another's transaction was over, and after it. */
function tellReadsAround(episodes: readonly Episode[]): readonly string[] {
  const sessions = [...new Set(episodes.map(({ session }) => session))]
  return sessions.flatMap(session => {
    const own = episodes.filter(episode => episode.session === session)
    const writers = episodes.filter(one => one.session !== session && one.writes.length > 0 && Number.isFinite(one.end))
    return writers.flatMap(writer => tellAround(own, writer) ?? [])
  })
}

/** Of the same state of things, as to those who pass over what others have locked. */
function tellDifferentAnswers(episodes: readonly Episode[]): readonly string[] {
  const reads = episodes.flatMap(episode => episode.reads.map(read => ({ session: episode.session, read })))
  const writes = episodes.flatMap(episode => episode.writes)
  const differ = (one: Touch, other: Touch) =>
    sameQuestion(one, other) &&
    !sameAnswer(one, other) &&
    !writes.some(write => one.at < write.at && write.at < other.at && concerns(one.shape, write))
  return reads.flatMap(({ session, read }, at) => {
    const other = reads.slice(at + 1).find(one => one.session !== session && differ(read, one.read))
    return other === undefined
      ? []
      : [`${session} and ${other.session} asked the same and were given ${givenBy(read)} and ${givenBy(other.read)}.`]
  })
}

/** What writes or locks, and was not committed yet when the other's was done. */
function tellSideBySide(episodes: readonly Episode[]): readonly string[] {
  const open = episodes.flatMap(({ session, begun, touches, end }) => {
    const work = touches.find(({ shape, fact }) => shape.writes !== null || locks.test(fact.sql))
    return begun === null || work === undefined ? [] : [{ session, work, end }]
  })
  return open.flatMap((one, at) =>
    open
      .slice(at + 1)
      .filter(other => other.session !== one.session && other.work.at < one.end && one.work.at < other.end)
      .map(other => `${workOf(one)} and ${workOf(other)} stood open at the same time, and neither waited for the other.`),
  )
}

const locks = /\bFOR (?:NO KEY |KEY )?(?:UPDATE|SHARE)\b|\bLOCK IN SHARE MODE\b/i

function workOf({ session, work }: { readonly session: string; readonly work: Touch }): string {
  return `${session}'s ${work.shape.verb} (step ${work.step})`
}

function tellWork(_: readonly Episode[], { transactions, facts }: Evidence): readonly string[] {
  return transactions.flatMap(({ session, single, ended, facts: own }) => {
    const work = changes(own, facts)
    if (work === '' || ended === 'open') return []
    if (ended === 'committed') return [`${session} committed ${work}${single ? ' at once' : ''}.`]
    const from = own[0] ?? 0
    const back = facts.findIndex((fact, at) => at > from && fact.session === session && transactionWord(fact.sql) === 'rollback')
    return [`${session} took back ${work}${back === -1 ? '' : ` with ROLLBACK (step ${back + 1})`}.`]
  })
}
