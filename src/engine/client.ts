import type { Random } from '../scenario/random.js'
import { Account } from './account.js'
import { ClientAttempt } from './attempt.js'
import type { WorkerContext } from './context.js'

/** One client of the load: its hands, its account, its streams. */
export interface Client {
  /** 0-based, over all workers. */
  readonly index: number
  readonly attempt: ClientAttempt
  readonly account: Account
  /** For back-off and reconnecting: a stream of its own, so that retries do not shift the workload. */
  readonly patience: Random
  /** Since when it has had nothing to do, where that is known without another look at the clock. */
  freeSince: number | null
  /** Transactions ended in the phase that `endedPhase` is. */
  ended: number
  endedPhase: number
}

export function createClient(context: WorkerContext, index: number, random: Random, patience: Random): Client {
  const attempt = new ClientAttempt(context, index + 1, random)
  return { index, attempt, account: new Account(context, attempt), patience, freeSince: null, ended: 0, endedPhase: -1 }
}
