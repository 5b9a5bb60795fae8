import { type Episode, whatItRead } from './episodes.js'
import type { Evidence } from './evidence.js'
import { cellOf, concerns } from './meeting.js'

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
      const sawIt = read.at > early.end && (there === null || had === there)
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

/** It looked for what it had read before, and found nothing to change. */
export function tellMisses(episode: Episode, all: readonly Episode[]): readonly string[] {
  return episode.misses.flatMap(miss => {
    const before = all.filter(({ session, ended, end }) => session !== episode.session && ended === 'committed' && end < miss.at)
    const cause = before.findLast(({ writes }) => writes.some(write => concerns(miss.shape, write)))
    if (cause === undefined) return []
    return [`${episode.session}'s ${miss.shape.verb} changed no row (step ${miss.step}): before it, ${cause.came}.`]
  })
}
