import type { Random } from '../scenario/random.js'
import type { ClientAttempt } from './attempt.js'

/** One client of the load: its hands, its streams, and what it is doing. */
export interface Client {
  /** 0-based, over all workers. */
  readonly index: number
  readonly attempt: ClientAttempt
  /** For back-off and reconnecting: a stream of its own, so that retries do not shift the workload. */
  readonly patience: Random
  /** What runs now, in case it has to be cut off. */
  running: { readonly phase: number; readonly transaction: number; committing: boolean } | null
  /** Cut off by force: whatever still comes of it is not counted. */
  abandoned: boolean
  /** Transactions ended in the phase that `endedPhase` is. */
  ended: number
  endedPhase: number
}

export function createClient(index: number, attempt: ClientAttempt, patience: Random): Client {
  return { index, attempt, patience, running: null, abandoned: false, ended: 0, endedPhase: -1 }
}
