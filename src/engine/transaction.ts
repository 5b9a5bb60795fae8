import type { Session } from '../database/contract.js'
import { type Outcome, retryableOutcomes } from '../measure/outcome.js'
import type { CompiledTransaction } from '../scenario/program.js'
import type { Start, TransactionEnd } from './account.js'
import type { ClientAttempt } from './attempt.js'
import { backoffMs } from './backoff.js'
import type { Client } from './client.js'
import type { WorkerContext } from './context.js'
import { judgeFailure } from './failure.js'

/**
 * Runs one transaction to its end, all retries included, and counts everything about it. All that usually happens is awaited here:
 * a promise per layer would cost more than what the layers do. Throws only for a bug of ours.
 */
export async function runTransaction(
  context: WorkerContext,
  client: Client,
  transaction: CompiledTransaction,
  start: Start,
): Promise<TransactionEnd> {
  const { attempt, account } = client
  const mostAttempts = transaction.retry.maxAttempts ?? Number.POSITIVE_INFINITY
  account.begins(transaction, start)
  attempt.startTransaction(transaction, start.phase)
  for (let attempts = 1; ; attempts++) {
    let ready = false
    let outcome: Outcome | 'cancelled' = 'committed'
    try {
      attempt.startAttempt(transaction)
      if (attempt.session?.alive !== true) attempt.session = await reconnect(context, client)
      ready = true
      if (transaction.autocommit) {
        promiseBlindly(attempt)
        await transaction.run(attempt)
        attempt.pledge.make(attempt)
      } else {
        await attempt.begin(transaction)
        await transaction.run(attempt)
        // Unless COMMIT travelled with the last statement.
        if (!attempt.committing) await attempt.commit()
      }
    } catch (error) {
      outcome = judgeFailure(context, client, transaction, error)
      if (!ready) return account.ended(outcome === 'cancelled' ? 'cancelled' : 'failed')
      await rollBack(context, attempt)
    }
    if (!account.abandoned) attempt.observer?.ended(transaction, outcome, attempt.committing)
    attempt.committing = false
    if (!account.abandoned) attempt.pledge.answered(outcome === 'committed' || outcome === 'ambiguous' ? outcome : 'not committed')
    if (outcome === 'cancelled') return account.ended(outcome)
    account.attemptEnded(outcome)
    if (outcome === 'committed' || outcome === 'rolled_back') return account.ended(outcome)
    if (!retryableOutcomes.has(outcome) || attempts >= mostAttempts) return account.ended('failed')
    if (!(await backOff(context, client, transaction, attempts))) return account.ended('cancelled')
    account.retryBegins()
    attempt.startRetry()
  }
}

async function reconnect(context: WorkerContext, { index, attempt, patience }: Client): Promise<Session> {
  context.report.notice('warning', `client ${index + 1} lost its connection and gets another one`)
  attempt.session?.destroy()
  attempt.session = null
  return context.connector.again(() => patience.next())
}

/** An autocommitted statement is in doubt from its first byte. An amount that hangs on its answer is promised when that is there. */
function promiseBlindly(attempt: ClientAttempt): void {
  try {
    attempt.pledge.make(attempt)
  } catch {
    // What is wrong with the amount is said when it is computed again.
  }
}

/** After every failed attempt, whatever the server did by itself: on MySQL the next statement may autocommit otherwise. */
async function rollBack(context: WorkerContext, attempt: ClientAttempt): Promise<void> {
  const { session } = attempt
  if (session === null) return
  if (session.alive && !context.control.stopping) {
    try {
      await session.rollback()
      return
    } catch {
      // The session is of no use any more; the server rolls back what it leaves behind.
    }
  }
  session.destroy()
  attempt.session = null
}

/** False when an abrupt stop cut it short. */
async function backOff(context: WorkerContext, client: Client, { retry }: CompiledTransaction, retries: number): Promise<boolean> {
  const began = client.account.backingOff()
  try {
    await context.control.sleep(backoffMs(retry.backoff, retries, client.patience.next()))
    return true
  } catch {
    return false
  } finally {
    client.account.backedOff(began)
  }
}
