import { tellCircle, tellDirtyRead, tellShelteredRead } from './dirty-reads.js'
import { type Episode, episodesOf } from './episodes.js'
import type { Evidence } from './evidence.js'
import { tellReadSkew, tellRepeatedRead } from './reads.js'
import { tellAround } from './reads-around.js'
import { tellBlindLook, tellWriteSkew } from './skew.js'
import { tellStaleRead } from './stale-reads.js'
import { tellLateWrite, tellLostUpdate, tellMisses, tellUnseenOwnWrite } from './stale-writes.js'

/** Who read what before whom wrote: for each two transactions the one thing that says most. */
export function tellConflicts(evidence: Evidence): readonly string[] {
  const episodes = episodesOf(evidence)
  const pairs = episodes
    .flatMap((one, at) => episodes.slice(at + 1).map(other => [one, other] as const))
    .filter(([one, other]) => one.session !== other.session)
  const told = [
    ...episodes.flatMap(episode => tellUnseenOwnWrite(episode) ?? []),
    ...pairs.flatMap(([one, other]) => tellPair(one, other, evidence, episodes)),
    ...episodes.flatMap(episode => tellMisses(episode, episodes)),
  ]
  if (told.length > 0 || evidence.oracle?.serializable !== false) return told
  // No pattern with a name: what was read too early, or of too old a state, is told one by one.
  return pairs.flatMap(([one, other]) => [tellLook(one, other), tellLook(other, one)].filter(sentence => sentence !== null)).slice(0, 4)
}

function tellLook(reader: Episode, writer: Episode): string | null {
  return tellBlindLook(reader, writer) ?? (writer.ended === 'committed' && writer.writes.length > 0 ? tellAround([reader], writer) : null)
}

type Telling = (one: Episode, other: Episode, evidence: Evidence, all: readonly Episode[]) => string | null

/** Each told of both, the most telling first. */
const eitherWay: readonly Telling[] = [tellLostUpdate, tellDirtyRead, tellRepeatedRead, tellReadSkew, tellStaleRead]
const eitherWayToo: readonly Telling[] = [tellShelteredRead, tellLateWrite]

function tellPair(one: Episode, other: Episode, evidence: Evidence, all: readonly Episode[]): readonly string[] {
  const together = (tell: Telling) => () => [tell(one, other, evidence, all)]
  const each = (tell: Telling) => () => [tell(one, other, evidence, all), tell(other, one, evidence, all)]
  const ways = [together(tellCircle), ...eitherWay.map(each), together(tellWriteSkew), ...eitherWayToo.map(each)]
  for (const way of ways) {
    const told = way().filter(sentence => sentence !== null)
    if (told.length > 0) return told
  }
  return []
}
