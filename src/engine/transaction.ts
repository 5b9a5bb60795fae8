import { type Outcome, retryableOutcomes } from '../measure/outcome.js'
import type { CompiledTransaction } from '../scenario/program.js'
import { Account, type Start, type TransactionEnd } from './account.js'
import { backoffMs } from './backoff.js'
import type { Client } from './client.js'
import type { WorkerContext } from './context.js'
import { judgeFailure } from './failure.js'
import type { TallyEntry } from './tally-book.js'

/** Runs one transaction to its end, all retries included, and counts everything about it. Throws only for a bug of ours. */
export async function runTransaction(
  context: WorkerContext,
  client: Client,
  transaction: CompiledTransaction,
  start: Start,
): Promise<TransactionEnd> {
  const account = new Account(context, client, transaction, start)
  const mostAttempts = transaction.retry.maxAttempts ?? Number.POSITIVE_INFINITY
  client.attempt.startTransaction(start.phase)
  for (let attempts = 1; ; attempts++) {
    const hindrance = await makeReady(context, client, transaction, account)
    if (hindrance !== null) return account.ended(hindrance)
    const outcome = await runAttempt(context, client, transaction, account)
    if (outcome === 'committed' || outcome === 'rolled_back' || outcome === 'cancelled') return account.ended(outcome)
    if (!retryableOutcomes.has(outcome) || attempts >= mostAttempts) return account.ended('failed')
    if (!(await backOff(context, client, transaction, account, attempts))) return account.ended('cancelled')
    account.retryBegins()
  }
}

/** Draws the values and sees to a session; null when the attempt can begin. */
async function makeReady(
  context: WorkerContext,
  client: Client,
  transaction: CompiledTransaction,
  account: Account,
): Promise<'failed' | 'cancelled' | null> {
  const { attempt } = client
  try {
    attempt.startAttempt(transaction)
    if (attempt.session?.alive !== true) {
      context.report.notice('warning', `client ${client.index + 1} lost its connection and gets another one`)
      attempt.session?.destroy()
      attempt.session = null
      attempt.session = await context.connector.again(() => client.patience.next())
    }
    return null
  } catch (error) {
    return judgeFailure(context, client, transaction, account, error) === 'cancelled' ? 'cancelled' : 'failed'
  }
}

async function runAttempt(
  context: WorkerContext,
  client: Client,
  transaction: CompiledTransaction,
  account: Account,
): Promise<Outcome | 'cancelled'> {
  const { attempt, running } = client
  const { autocommit } = transaction
  const session = attempt.session
  if (session === null || running === null) throw new TypeError('an attempt was begun without a session')
  const began = account.attemptBegins()
  let promised: readonly TallyEntry[] | null = null
  let outcome: Outcome | 'cancelled'
  try {
    if (autocommit) {
      // In doubt from its first byte; what the statement itself answers is known only afterwards.
      promised = promiseBlindly(context, client, transaction)
      await transaction.run(attempt)
      if (promised !== null) context.tallies.answered(promised, 'not committed')
      promised = promise(context, client, transaction)
    } else {
      await session.begin(transaction)
      await transaction.run(attempt)
      promised = promise(context, client, transaction)
      running.committing = true
      await session.commit()
    }
    outcome = 'committed'
  } catch (error) {
    outcome = judgeFailure(context, client, transaction, account, error)
    await rollBack(context, client)
  }
  running.committing = false
  if (promised !== null && !client.abandoned) {
    context.tallies.answered(promised, outcome === 'committed' || outcome === 'ambiguous' ? outcome : 'not committed')
  }
  if (outcome !== 'cancelled') account.attemptEnded(outcome, began)
  return outcome
}

function promise(context: WorkerContext, client: Client, transaction: CompiledTransaction): readonly TallyEntry[] | null {
  if (transaction.tallies.length === 0) return null
  const entries = transaction.tallies.map(({ tally, amount }) => ({ tally, amount: amount(client.attempt) }))
  context.tallies.sent(entries)
  return entries
}

/** Null where the amount hangs on what the statement has not answered yet. */
function promiseBlindly(context: WorkerContext, client: Client, transaction: CompiledTransaction): readonly TallyEntry[] | null {
  try {
    return promise(context, client, transaction)
  } catch {
    return null
  }
}

/** After every failed attempt, whatever the server did by itself: on MySQL the next statement may autocommit otherwise. */
async function rollBack(context: WorkerContext, client: Client): Promise<void> {
  const { session } = client.attempt
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
  client.attempt.session = null
}

/** False when an abrupt stop cut it short. */
async function backOff(
  context: WorkerContext,
  client: Client,
  transaction: CompiledTransaction,
  account: Account,
  retry: number,
): Promise<boolean> {
  const began = context.clock()
  account.backingOff()
  try {
    await context.control.sleep(backoffMs(transaction.retry.backoff, retry, client.patience.next()))
    return true
  } catch {
    return false
  } finally {
    account.backedOff(began)
  }
}
