import type { Wait } from '../waits.js'
import type { StatusTransaction } from './innodb-status.js'

/** One lock in the way of one that a session waits for, as MariaDB lists it. */
export interface RowWait {
  readonly waiter: number
  /** Null: a transaction that has only read, which the list does not name. */
  readonly blocker: number | null
  /** The names of the two locks: the record's, and the transaction's number. */
  readonly wanted: string
  readonly inTheWay: string
  readonly lock: string
}

type Blockers = Pick<Wait, 'blockers' | 'inferred'>

/**
 * Who is in whose way, by the one who waits. Of those that have only read, all that may be: they hold record locks, do not stand behind
 * the waiter in the same queue, and do not wait for it themselves, which a detector would have ended at once.
 *
 * @param detects whether the server looks for deadlocks
 */
export function blockersOf(
  waits: readonly RowWait[],
  report: readonly StatusTransaction[],
  detects: boolean,
): ReadonlyMap<number, Blockers> {
  const told = new Map<number, Set<number>>()
  const all = new Map<number, Set<number>>()
  const add = (to: Map<number, Set<number>>, waiter: number, blocker: number) => to.set(waiter, (to.get(waiter) ?? new Set()).add(blocker))
  for (const { waiter, blocker } of waits) {
    if (blocker === null) continue
    add(told, waiter, blocker)
    add(all, waiter, blocker)
  }
  for (const wait of waits.filter(({ blocker }) => blocker === null)) {
    for (const candidate of report) {
      if (!mayHold(candidate, wait, waits, report)) continue
      if (detects && waitsFor(candidate.session, wait.waiter, all, new Set())) continue
      add(all, wait.waiter, candidate.session)
    }
  }
  return new Map(
    [...all].map(([waiter, everyone]) => {
      const named = told.get(waiter) ?? new Set()
      return [waiter, { blockers: [...named], inferred: [...everyone].filter(session => !named.has(session)) }]
    }),
  )
}

function mayHold(candidate: StatusTransaction, wait: RowWait, waits: readonly RowWait[], report: readonly StatusTransaction[]): boolean {
  if (candidate.numbered || candidate.session === wait.waiter) return false
  if (candidate.waitedUs === null) return candidate.rowLocks > 0
  const sameRecord = waits.some(({ waiter, wanted }) => waiter === candidate.session && wanted === wait.inTheWay)
  if (!sameRecord) return candidate.rowLocks > 1
  const waited = report.find(({ session }) => session === wait.waiter)?.waitedUs ?? 0
  return candidate.waitedUs > waited
}

function waitsFor(from: number, to: number, blockers: ReadonlyMap<number, ReadonlySet<number>>, seen: Set<number>): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return [...(blockers.get(from) ?? [])].some(next => waitsFor(next, to, blockers, seen))
}
