import type { WaitEdge } from './facts.js'

/**
 * Sessions that wait for each other, each for the next and the last for the first, beginning with the first in the list; null: none do. Only
 * what the server has told makes a circle.
 */
export function findCycle(waits: readonly WaitEdge[]): readonly string[] | null {
  const blockers = new Map(waits.map(wait => [wait.session, wait.blockers]))
  for (const { session } of waits) {
    const way = wayBack(session, session, blockers, new Set())
    if (way !== null) return way
  }
  return null
}

/** Whether one may be in such a circle, if whoever may be in somebody's way is. */
export function mayWaitInCircle(waits: readonly WaitEdge[], session: string): boolean {
  const blockers = new Map(waits.map(wait => [wait.session, [...wait.blockers, ...wait.inferred]]))
  return wayBack(session, session, blockers, new Set()) !== null
}

/** Whether one is the other, or waits for it, be it behind others. */
export function isBehind(one: string, other: string, blockers: ReadonlyMap<string, readonly string[]>): boolean {
  return one === other || wayBack(one, other, blockers, new Set()) !== null
}

function wayBack(from: string, to: string, blockers: ReadonlyMap<string, readonly string[]>, seen: Set<string>): readonly string[] | null {
  if (seen.has(from)) return null
  seen.add(from)
  for (const blocker of blockers.get(from) ?? []) {
    if (blocker === to) return [from]
    const rest = wayBack(blocker, to, blockers, seen)
    if (rest !== null) return [from, ...rest]
  }
  return null
}
