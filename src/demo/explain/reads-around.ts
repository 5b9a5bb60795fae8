import type { Episode } from './episodes.js'
import { beganBefore, concerns } from './meeting.js'
import { givenBy, readOf } from './reads.js'

/** What a session read before another's transaction was over, and after it. @param own the transactions of the session */
export function tellAround(own: readonly Episode[], writer: Episode): string | null {
  const reads = own
    .flatMap(episode => episode.reads.map(read => ({ episode, read })))
    .filter(({ read }) => writer.writes.some(write => concerns(read.shape, write)))
  const before = reads.findLast(({ read }) => read.at < writer.end)
  const after = reads.find(({ read }) => read.at > writer.end)
  if (before !== undefined && after !== undefined) {
    return `${readOf(before.episode, before.read)} before ${writer.moment}, and ${givenBy(after.read)} after it.`
  }
  if (before !== undefined) return `${readOf(before.episode, before.read)} before ${writer.moment}.`
  if (after === undefined) return null
  return `${readOf(after.episode, after.read)} after ${writer.moment}${tellEarlier(after.episode, writer)}.`
}

/** It was there before, and what it was shown is as of later. */
function tellEarlier({ begun, reads }: Episode, writer: Episode): string {
  const [first] = reads
  if (first !== undefined && beganBefore(first, writer)) return `, though it had begun to read before that (step ${first.step})`
  return begun !== null && writer.endedBy !== null && begun <= writer.endedBy ? `, though it had begun before that (step ${begun})` : ''
}
