import type { CheckRecord } from '../measure/check-record.js'

/** A counter that is not what its commits make of it. */
interface WrongCounter {
  readonly key: string
  /** Before the load, and one more for every acknowledged commit. */
  readonly expected: number
  /** Commits that may have been applied without our knowing. */
  readonly inDoubt: number
  /** null: there is no such row. */
  readonly found: number | null
}

export interface CounterVerdict {
  readonly commits: number
  /** Updates that are gone; where commits are in doubt, at least so many. */
  readonly lost: number
  /** Updates that nobody committed. */
  readonly unexplained: number
  /** The farthest off first. */
  readonly wrong: readonly WrongCounter[]
}

/** Whether every counter has grown by its commits: those that were acknowledged, and perhaps those in doubt. */
export function judgeCounters(
  { keys }: Extract<CheckRecord, { kind: 'lost_updates' }>,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): CounterVerdict {
  const wrong: WrongCounter[] = []
  let [commits, lost, unexplained] = [0, 0, 0]
  for (const [key, { acknowledged, inDoubt }] of keys) {
    const expected = (before.get(key) ?? 0) + acknowledged
    const found = after.get(key) ?? null
    commits += acknowledged + inDoubt
    const missing = expected - (found ?? 0)
    if (missing > 0) lost += missing
    else if (-missing > inDoubt) unexplained += -missing - inDoubt
    else continue
    wrong.push({ key, expected, inDoubt, found })
  }
  const offBy = ({ expected, found }: WrongCounter) => Math.abs(expected - (found ?? 0))
  return { commits, lost, unexplained, wrong: wrong.sort((a, b) => offBy(b) - offBy(a)) }
}

/**
 * How many updates are lost by now, at least. The commits must have been counted before the counters were read: those that were
 * acknowledged since make it less, never more.
 */
export function lostSoFar(commits: number, before: number, now: number): number {
  return Math.max(0, commits - (now - before))
}
