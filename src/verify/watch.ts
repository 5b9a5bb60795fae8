import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../database/contract.js'
import type { Invariant } from '../scenario/model.js'
import { checkInvariants, type InvariantCheck, type InvariantFacts } from './invariants.js'

export interface InvariantWatch {
  /** Ends the watch; resolves when the check at hand is over. */
  stop(): Promise<void>
}

/**
 * Checks the `during` invariants while a load runs, each at its own interval, one at a time on a session of its own.
 * A check that the server fails is reported and tried again at its next turn.
 */
export function watchInvariants(
  session: Session,
  invariants: readonly Invariant[],
  facts: InvariantFacts,
  listener: { onChecks(checks: readonly InvariantCheck[]): void; onError(error: unknown): void },
): InvariantWatch {
  const ended = new AbortController()
  const watched = invariants.filter(invariant => invariant.check.includes('during'))
  const loop = watch()
  return {
    async stop() {
      ended.abort()
      await loop
    },
  }

  async function watch(): Promise<void> {
    const dueAt = new Map(watched.map(invariant => [invariant, performance.now() + invariant.everyMs]))
    while (dueAt.size > 0 && !ended.signal.aborted) {
      const next = Math.min(...dueAt.values())
      const woken = await sleep(Math.max(0, next - performance.now()), true, { signal: ended.signal }).catch(() => false)
      if (!woken) return
      const due = watched.filter(invariant => (dueAt.get(invariant) ?? 0) <= performance.now())
      try {
        listener.onChecks(await checkInvariants(session, due, 'during', facts))
      } catch (error) {
        listener.onError(error)
        if (!session.alive) return
      }
      for (const invariant of due) dueAt.set(invariant, performance.now() + invariant.everyMs)
    }
  }
}
