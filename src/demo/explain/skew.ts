import type { Episode } from './episodes.js'
import type { Evidence } from './evidence.js'
import { concerns } from './meeting.js'
import { readOf } from './reads.js'
import type { Touch } from './touch.js'

/** Each decided by what the other was about to change. */
export function tellWriteSkew(one: Episode, other: Episode, { oracle, outcome }: Evidence): string | null {
  if (oracle === null ? outcome !== 'happens' : oracle.serializable) return null
  const [mine, yours] = [blindLook(one, other), blindLook(other, one)]
  if (mine === null || yours === null) return null
  return `${lookOf(one, mine)} before ${other.session} committed, and ${lookOf(other, yours)} before ${one.session} did: neither saw what the other wrote.`
}

/** It looked too early to see what the other was to commit. */
export function tellBlindLook(reader: Episode, writer: Episode): string | null {
  const look = blindLook(reader, writer)
  if (look === null) return null
  const write = writer.writes.find(one => concerns(look.shape, one))
  return `${lookOf(reader, look)} before ${writer.moment}, which wrote to ${write?.shape.writes}.`
}

/** A read, else a write that had to look for its rows; null: there is none, or one of them did not commit. */
function blindLook(reader: Episode, writer: Episode): Touch | null {
  if (reader.session === writer.session || reader.ended !== 'committed' || writer.ended !== 'committed') return null
  const isBlind = (look: Touch) => look.at < writer.end && writer.writes.some(write => concerns(look.shape, write))
  const looking = reader.writes.filter(({ shape }) => shape.selects || shape.reads.length > 0)
  return reader.reads.find(isBlind) ?? looking.find(isBlind) ?? null
}

function lookOf(episode: Episode, look: Touch): string {
  return episode.reads.includes(look) ? readOf(episode, look) : `${episode.session}'s ${look.shape.verb} (step ${look.step}) was done`
}
