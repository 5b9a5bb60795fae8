import type { Episode } from './episodes.js'
import type { Evidence } from './evidence.js'
import { isThatValue } from './literals.js'
import { cellOf, concerns, showsAnother } from './meeting.js'
import { type StatementShape, writesAllOf } from './statement-shape.js'
import { type Touch, whatItRead } from './touch.js'

/** It wrote what it had computed from a value that was another one by then, and that went wrong. */
export function tellLostUpdate(late: Episode, early: Episode, { outcome }: Evidence): string | null {
  if (outcome !== 'happens') return null
  if (late.ended !== 'committed' || early.ended !== 'committed') return null
  for (const write of late.writes.filter(({ at, shape }) => at > early.end && shape.verb === 'UPDATE')) {
    const read = late.reads.findLast(({ at, shape }) => at < write.at && concerns(shape, write))
    if (read === undefined) continue
    for (const [column, value] of write.shape.sets) {
      const lost = early.writes.findLast(other => other.shape.assigns.includes(column) && concerns(write.shape, other))
      if (lost === undefined) continue
      const had = cellOf(read, column)
      const there = lost.shape.sets.get(column) ?? null
      const sawIt = read.at > early.end && (there === null || had === null || isThatValue(had, there) !== false)
      if (sawIt) continue
      if (had === null) {
        return `${late.session} changed once more what ${early.session} had committed: it went by what it had read before, ${whatItRead(read)} (step ${read.step}).`
      }
      const why = read.at < early.end ? `it had read ${had} before ${early.session} committed` : `it was still shown ${had}`
      return `${late.session} overwrote ${there ?? `what ${early.session} had committed`} with ${value}: ${why}.`
    }
  }
  return null
}

/** It was not shown what it had set itself, as where another had set it before and the server took it for no change. */
export function tellUnseenOwnWrite({ session, reads, writes }: Episode): string | null {
  for (const read of reads) {
    const write = writes.findLast(one => one.at < read.at && concerns(read.shape, one))
    const other = write !== undefined && writesAllOf(write.shape, read.shape) ? showsAnother(read, write) : null
    if (write === undefined || other === null) continue
    const { column, value, had } = other
    return `${session} set ${column} to ${value} (step ${write.step}) and read ${had} after that (step ${read.step}): it was not shown its own ${write.shape.verb}.`
  }
  return null
}

/** It looked for its rows, waited for the other, and changed them, though the other had changed what it looked for. */
export function tellLateWrite(late: Episode, early: Episode, { outcome }: Evidence): string | null {
  if (outcome !== 'happens' || late.ended !== 'committed' || early.ended !== 'committed') return null
  const write = late.writes.find(
    ({ fact, shape }) =>
      fact.waited !== null &&
      fact.wokenBy === early.endedBy &&
      early.writes.some(other => concerns(shape, other) && decides(other.shape, shape)),
  )
  if (write === undefined) return null
  return `${late.session}'s ${write.shape.verb} (step ${write.step}) began to look for its rows before ${early.moment}, and changed them after it.`
}

/** Whether what was written may decide which rows a statement finds. */
function decides({ writes, assigns }: StatementShape, { reads, keys }: StatementShape): boolean {
  return reads.includes(writes ?? '') || assigns.some(column => keys.has(column))
}

/** It found nothing to change, and somebody else had been there. */
export function tellMisses(episode: Episode, all: readonly Episode[]): readonly string[] {
  return episode.misses.flatMap(miss => {
    const before = all.filter(({ session, ended, end }) => session !== episode.session && ended === 'committed' && end < miss.at)
    const cause = before.findLast(({ writes }) => writes.some(write => concerns(miss.shape, write)))
    if (cause === undefined) return []
    const { verb } = miss.shape
    return [
      `${episode.session}'s ${verb} ${missed[verb] ?? 'changed'} no row (step ${miss.step}): ${whenItCame(miss, cause)}, ${cause.came}.`,
    ]
  })
}

const missed: { readonly [verb: string]: string } = { INSERT: 'added', DELETE: 'removed', SELECT: 'found' }

/** A step that waited, or was deferred, was answered after steps that stand behind it. */
function whenItCame({ step, fact }: Touch, { endedBy }: Episode): string {
  if (endedBy === null || endedBy + 1 < step) return 'before it'
  return fact.waited === null ? 'before its turn came' : 'while it waited'
}
