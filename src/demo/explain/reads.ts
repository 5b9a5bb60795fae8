import { listed } from '../../format.js'
import type { Episode } from './episodes.js'
import type { Evidence } from './evidence.js'
import { concerns, liesBetween, ownBetween, precedes, sameAnswer, sameQuestion } from './meeting.js'
import { surelyMeet } from './statement-shape.js'
import { type Touch, whatItRead } from './touch.js'

/** It asked the same more than once in one transaction. */
export function tellRepeatedRead(reader: Episode, writer: Episode, { outcome }: Evidence): string | null {
  if (writer.ended !== 'committed') return null
  for (const [at, first] of reader.reads.entries()) {
    const again = reader.reads.slice(at + 1).filter(later => sameQuestion(later, first) && liesBetween(writer, first, later))
    const [next, last] = [again[0], again.at(-1)]
    if (next === undefined || last === undefined) continue
    const own = ownBetween(reader, first, last)
    if (own !== null && outcome !== 'happens') continue
    const between = `${writer.came} in between${own === null ? '' : `, and its own ${own.shape.verb} (step ${own.step}) as well`}`
    if (again.every(later => sameAnswer(first, later))) {
      return `${readOf(reader, first)} and the same again (step ${next.step}), though ${between}.`
    }
    const [before, after] = [whatItRead(first), again.map(later => `then ${whatItRead(later)} (step ${later.step})`)]
    const then = before === whatItRead(last) && again.length === 1 ? `other values in them (step ${next.step})` : after.join(' and ')
    return `${readOf(reader, first)} and ${then} in one transaction: ${between}.`
  }
  return null
}

/** It read one thing before the other's commit and another thing after it, and the other wrote both. */
export function tellReadSkew(reader: Episode, writer: Episode, evidence: Evidence): string | null {
  const { oracle } = evidence
  if (reader.ended !== 'committed' || writer.ended !== 'committed' || oracle === null) return null
  for (const [at, first] of reader.reads.entries()) {
    const after = reader.reads.slice(at + 1).filter(later => liesBetween(writer, first, later))
    const [second] = after
    if (second === undefined) continue
    const own = ownBetween(reader, first, second)
    const told = `${readOf(reader, first)} before ${writer.moment}, and ${listed(after.map(givenBy))} after it`
    if (!oracle.serializable) {
      if (own !== null) return `${told}, its own ${own.shape.verb} (step ${own.step}) in between.`
      return `${told}${sawTheOther(first, second, reader, writer, evidence) ? ': the two were never true together' : ''}.`
    }
    if (own === null && precedes(reader, writer, evidence))
      return `${told}, ${after.length === 1 ? 'both' : 'all'} as if ${writer.session} had not run yet.`
  }
  return null
}

/** The writer changed both rows, and the second read was shown what it had committed. */
function sawTheOther(first: Touch, second: Touch, reader: Episode, writer: Episode, { plot, isolation }: Evidence): boolean {
  const snapshotPerStatement = (plot.levels[reader.session] ?? isolation) === 'read committed'
  const changed = ({ shape }: Touch) => writer.writes.some(write => concerns(shape, write) && surelyMeet(shape, write.shape))
  return snapshotPerStatement && changed(first) && changed(second)
}

export function readOf({ session }: Episode, read: Touch): string {
  return `${session} read ${givenBy(read)}`
}

/** `10 (step 3)` */
export function givenBy(read: Touch): string {
  return `${whatItRead(read)} (step ${read.step})`
}
