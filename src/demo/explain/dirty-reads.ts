import type { Episode } from './episodes.js'
import type { Evidence } from './evidence.js'
import { isThatValue } from './literals.js'
import { askedBefore, cellOf, concerns, precedes, sameAnswer } from './meeting.js'
import { givenBy, readOf } from './reads.js'
import { type StatementShape, surelyMeet, writesAllOf } from './statement-shape.js'
import type { Touch } from './touch.js'

/** It read while the other's write was neither committed nor taken back, and may have been shown that. */
export function tellDirtyRead(reader: Episode, writer: Episode, evidence: Evidence, all: readonly Episode[]): string | null {
  const [read, open, shown] =
    openReads(reader, writer, evidence, all).find(
      ([read, open, what]) => what === 'open' || (what === null && isAbout(read.shape, open.shape)),
    ) ?? []
  if (read === undefined || open === undefined) return null
  const told = meanwhile(reader, read, writer, open)
  if (writer.ended === 'rolled back') return `${told}; then ${writer.moment}.`
  const next = writer.writes.find(write => write.at > read.at && concerns(read.shape, write))
  if (next !== undefined) return `${told}; then ${writer.session}'s ${next.shape.verb} (step ${next.step}) wrote there once more.`
  return shown === 'open' ? `${told}: it was shown that all the same.` : `${told}.`
}

/** The same, and it was kept from seeing that. */
export function tellShelteredRead(reader: Episode, writer: Episode, evidence: Evidence, all: readonly Episode[]): string | null {
  const sheltered = openReads(reader, writer, evidence, all).filter(([, , what]) => what === 'committed')
  const [read, open] = sheltered.find(([read, write]) => isAbout(read.shape, write.shape)) ?? []
  if (read === undefined || open === undefined) return null
  return `${meanwhile(reader, read, writer, open)}: it was shown what had been committed before.`
}

function meanwhile(reader: Episode, read: Touch, writer: Episode, open: Touch): string {
  return `${readOf(reader, read)} while ${writer.session}'s ${open.shape.verb} (step ${open.step}) was not committed`
}

/** Each was shown what the other had not committed yet: circular information flow. */
export function tellCircle(one: Episode, other: Episode, evidence: Evidence, all: readonly Episode[]): string | null {
  if (one.ended !== 'committed' || other.ended !== 'committed') return null
  const [mine, yours] = [dirtyRead(one, other, evidence, all), dirtyRead(other, one, evidence, all)]
  if (mine === null || yours === null) return null
  const read = ({ session }: Episode, [touch, write]: readonly [Touch, Touch], writer: Episode) =>
    `${session} read ${givenBy(touch)} of ${writer.session}'s ${write.shape.verb} (step ${write.step})`
  return `${read(one, mine, other)}, and ${read(other, yours, one)}: each saw what the other had not committed yet, so that each would have to come after the other.`
}

/** Whether it surely would have been given something else: one of the two is about all rows, or both are about the same one. */
function isAbout(read: StatementShape, write: StatementShape): boolean {
  return surelyMeet(read, write) || !read.selects || (write.verb !== 'INSERT' && !write.selects)
}

function dirtyRead(reader: Episode, writer: Episode, evidence: Evidence, all: readonly Episode[]): readonly [Touch, Touch] | null {
  const [read, open] = openReads(reader, writer, evidence, all).find(([, , what]) => what === 'open') ?? []
  return read === undefined || open === undefined ? null : [read, open]
}

/** Reads in the midst of a write, each with that and what it was shown. */
function openReads(
  reader: Episode,
  writer: Episode,
  evidence: Evidence,
  all: readonly Episode[],
): readonly (readonly [Touch, Touch, Shown])[] {
  return reader.reads.flatMap(read => {
    const open = writer.writes.findLast(write => write.at < read.at && read.at < writer.end && concerns(read.shape, write))
    return open === undefined ? [] : [[read, open, shownTo(reader, read, writer, open, evidence, all)] as const]
  })
}

/** Null: nothing is known. */
type Shown = 'open' | 'committed' | null

/**
 * By what it was given, as far as that tells: it is what the write has set, or what the same question was answered before it, or what a
 * serial order gives in which the writer had not run. Else by the level, if that forbids it.
 */
function shownTo(reader: Episode, read: Touch, writer: Episode, open: Touch, evidence: Evidence, all: readonly Episode[]): Shown {
  if (writesAllOf(open.shape, read.shape)) {
    for (const [column, value] of open.shape.sets) {
      const had = cellOf(read, column)
      const same = had === null ? null : isThatValue(had, value)
      if (same !== null) return same ? 'open' : 'committed'
    }
  }
  const before = askedBefore(read, writer, all)
  if (before !== null) return sameAnswer(read, before.touch) ? 'committed' : 'open'
  const { oracle, plot, isolation, outcome } = evidence
  if (oracle?.serializable && reader.ended === 'committed' && (writer.ended === 'rolled back' || precedes(reader, writer, evidence))) {
    return 'committed'
  }
  if ((plot.levels[reader.session] ?? isolation) !== 'read uncommitted') return 'committed'
  return outcome === 'happens' && writer.ended === 'rolled back' ? 'open' : null
}
