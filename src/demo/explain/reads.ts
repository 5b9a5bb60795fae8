import type { Episode, Touch } from './episodes.js'
import { whatItRead } from './episodes.js'
import type { Evidence } from './evidence.js'
import { concerns, liesBetween } from './meeting.js'
import { surelyMeet } from './statement-shape.js'

/** It read while the other's write was neither committed nor taken back. */
export function tellOpenWrite(reader: Episode, writer: Episode, { plot, isolation, outcome }: Evidence): string | null {
  for (const read of reader.reads) {
    const open = writer.writes.find(write => write.at < read.at && read.at < writer.end && concerns(read.shape, write))
    if (open === undefined) continue
    const told = `${readOf(reader, read)} while ${writer.session}'s ${open.shape.verb} (step ${open.step}) was not committed`
    const level = plot.levels[reader.session] ?? isolation
    if (level !== 'read uncommitted') return `${told}: it was shown what had been committed before.`
    return outcome === 'happens' && writer.ended === 'rolled back' ? `${told}; then ${writer.moment}.` : `${told}.`
  }
  return null
}

/** It asked the same twice in one transaction. */
export function tellRepeatedRead(reader: Episode, writer: Episode): string | null {
  if (writer.ended !== 'committed') return null
  for (const [at, first] of reader.reads.entries()) {
    const again = reader.reads.slice(at + 1).find(({ fact }) => questionOf(fact.sql) === questionOf(first.fact.sql))
    if (again === undefined || !liesBetween(writer, first, again)) continue
    if (reader.writes.some(write => first.at < write.at && write.at < again.at && concerns(again.shape, write))) continue
    const [before, after] = [whatItRead(first), whatItRead(again)]
    if (rowsOf(first) === rowsOf(again)) {
      return `${readOf(reader, first)} and the same again (step ${again.step}), though ${writer.came} in between.`
    }
    const then = before === after ? `other values in them (step ${again.step})` : `then ${after} (step ${again.step})`
    return `${readOf(reader, first)} and ${then} in one transaction: ${writer.came} in between.`
  }
  return null
}

/** It read one thing before the other's commit and another thing after it, and the other wrote both. */
export function tellReadSkew(reader: Episode, writer: Episode, evidence: Evidence): string | null {
  const { oracle } = evidence
  if (reader.ended !== 'committed' || writer.ended !== 'committed' || oracle === null) return null
  for (const [at, first] of reader.reads.entries()) {
    const second = reader.reads.slice(at + 1).find(later => liesBetween(writer, first, later))
    if (second === undefined) continue
    const told = `${readOf(reader, first)} before ${writer.moment}, and ${whatItRead(second)} (step ${second.step}) after it`
    if (!oracle.serializable)
      return `${told}${sawTheOther(first, second, reader, writer, evidence) ? ': the two were never true together' : ''}.`
    const order = oracle.order ?? []
    if (order.lastIndexOf(reader.session) < order.indexOf(writer.session)) return `${told}, both as if ${writer.session} had not run yet.`
  }
  return null
}

/** The writer changed both rows, and the second read was shown what it had committed. */
function sawTheOther(first: Touch, second: Touch, reader: Episode, writer: Episode, { plot, isolation }: Evidence): boolean {
  const snapshotPerStatement = (plot.levels[reader.session] ?? isolation) === 'read committed'
  const changed = ({ shape }: Touch) => writer.writes.some(write => concerns(shape, write) && surelyMeet(shape, write.shape))
  return snapshotPerStatement && changed(first) && changed(second)
}

function readOf({ session }: Episode, read: Touch): string {
  return `${session} read ${whatItRead(read)} (step ${read.step})`
}

function rowsOf({ fact }: Touch): string {
  return JSON.stringify(fact.answer?.rows)
}

/** A question is the same under another column name. */
function questionOf(sql: string): string {
  return sql
    .replace(/\s+AS\s+\w+/gi, '')
    .replace(/\s+/g, ' ')
    .toLowerCase()
}
