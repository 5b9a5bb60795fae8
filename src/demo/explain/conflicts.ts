import { type Episode, episodesOf, type Touch, whatItRead } from './episodes.js'
import type { Evidence } from './evidence.js'
import { blindRead, concerns } from './meeting.js'
import { tellOpenWrite, tellReadSkew, tellRepeatedRead } from './reads.js'
import { tellLostUpdate, tellMisses } from './stale-writes.js'

/** Who read what before whom wrote: for each two transactions the one thing that says most. */
export function tellConflicts(evidence: Evidence): readonly string[] {
  const episodes = episodesOf(evidence)
  const pairs = episodes
    .flatMap((one, at) => episodes.slice(at + 1).map(other => [one, other] as const))
    .filter(([one, other]) => one.session !== other.session)
  const told = [
    ...pairs.flatMap(([one, other]) => tellPair(one, other, evidence)),
    ...episodes.flatMap(episode => tellMisses(episode, episodes)),
  ]
  if (told.length > 0 || evidence.oracle?.serializable !== false) return told
  // No pattern with a name: the reads that came too early are told one by one.
  return pairs.flatMap(([one, other]) => [...tellBlindRead(one, other), ...tellBlindRead(other, one)]).slice(0, 4)
}

function tellPair(one: Episode, other: Episode, evidence: Evidence): readonly string[] {
  for (const tell of [tellLostUpdate, tellOpenWrite, tellRepeatedRead, tellReadSkew]) {
    const told = [tell(one, other, evidence), tell(other, one, evidence)].filter(sentence => sentence !== null)
    if (told.length > 0) return told
  }
  return evidence.outcome === 'happens' ? tellWriteSkew(one, other) : []
}

/** Each decided by what the other was about to change. */
function tellWriteSkew(one: Episode, other: Episode): readonly string[] {
  const [mine, yours] = [blindRead(one, other), blindRead(other, one)]
  if (mine === null || yours === null) return []
  const read = ({ session }: Episode, touch: Touch) => `${session} read ${whatItRead(touch)} (step ${touch.step})`
  return [
    `${read(one, mine)} before ${other.session} committed, and ${read(other, yours)} before ${one.session} did: neither saw what the other wrote.`,
  ]
}

function tellBlindRead(reader: Episode, writer: Episode): readonly string[] {
  const read = blindRead(reader, writer)
  const write = writer.writes.find(one => read !== null && concerns(read.shape, one))
  if (read === null || write === undefined) return []
  return [`${reader.session} read ${whatItRead(read)} (step ${read.step}) before ${writer.moment}, which wrote to ${write.shape.writes}.`]
}
