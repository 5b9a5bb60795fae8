import type { Episode } from './episodes.js'
import type { Evidence } from './evidence.js'
import { askedBefore, beganBefore, concerns, firstSelect, precedes, sameAnswer, showsAnother } from './meeting.js'
import { givenBy, readOf } from './reads.js'
import { insertsOneOf, writesAllOf } from './statement-shape.js'
import type { Touch } from './touch.js'

/** It read after the other's commit, and was shown what was there before. */
export function tellStaleRead(reader: Episode, writer: Episode, evidence: Evidence, all: readonly Episode[]): string | null {
  if (reader.ended !== 'committed' || writer.ended !== 'committed') return null
  const late = reader.reads.filter(
    read =>
      read.at > writer.end &&
      writer.writes.some(write => concerns(read.shape, write)) &&
      !isOwn(read, reader) &&
      read.fact.wokenBy !== writer.endedBy,
  )
  for (const read of late) {
    if (precedes(reader, writer, evidence)) {
      return `${readOf(reader, read)} as if ${writer.session} had not run yet, though ${writer.came} before it${since(reader, writer)}.`
    }
    if (evidence.oracle?.serializable !== false) continue
    const told = tellStale(reader, read, writer, all)
    if (told === null) continue
    const next = late.find(other => other.at > read.at && !isStale(other, writer, all))
    const write = writer.writes.find(({ shape }) => next?.shape.reads.includes(shape.writes ?? ''))
    if (next === undefined || write === undefined) return `${told}${since(reader, writer)}.`
    return `${told}; and then ${givenBy(next)}, after ${writer.session}'s ${write.shape.verb} (step ${write.step}).`
  }
  return null
}

/** It may have been shown what it had written itself. */
function isOwn(read: Touch, { writes }: Episode): boolean {
  return writes.some(write => write.at < read.at && concerns(read.shape, write))
}

function tellStale(reader: Episode, read: Touch, writer: Episode, all: readonly Episode[]): string | null {
  if (isStale(read, writer, all)) {
    return `${readOf(reader, read)}, though ${writer.came} before it: it was shown what was there earlier`
  }
  const before = askedBefore(read, writer, all)
  if (before === null || !sameAnswer(read, before.touch)) return null
  const who = before.session === reader.session ? 'before' : `as ${before.session} before`
  return `${readOf(reader, read)}, the same ${who} (step ${before.touch.step}), though ${writer.came} in between`
}

/** What may have fixed what it is shown. */
function since(reader: Episode, writer: Episode): string {
  const first = firstSelect(reader)
  if (first === null || !beganBefore(first, writer)) return ''
  return `; ${reader.session}'s first SELECT (step ${first.step}) came before that`
}

/** By what it was given: not the row that was inserted, or not the value that was set, and nobody else has written there. */
function isStale(read: Touch, writer: Episode, all: readonly Episode[]): boolean {
  const writes = all.flatMap(({ writes }) => writes).filter(write => write.at < read.at && concerns(read.shape, write))
  const write = writes.at(-1)
  if (write === undefined || !writer.writes.includes(write)) return false
  if (insertsOneOf(write.shape, read.shape)) return read.fact.answer?.rows.length === 0
  return writesAllOf(write.shape, read.shape) && showsAnother(read, write) !== null
}
