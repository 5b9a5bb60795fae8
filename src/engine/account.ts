import type { Outcome } from '../measure/outcome.js'
import type { CompiledTransaction } from '../scenario/program.js'
import type { ClientAttempt } from './attempt.js'
import type { WorkerContext } from './context.js'
import { counterIndex, type TransactionRecorder } from './transaction-recorder.js'

/** When a transaction was wanted, in microseconds since the load's zero; `intended` is null in a closed loop. */
export interface Start {
  readonly phase: number
  readonly intended: number | null
  /** When the generator let it go; in a closed loop, when the client was done with the one before. */
  readonly released: number
  /** How much earlier it could have been served at most, had the generator never been late. */
  readonly heldUp: number
}

/** How a transaction ended. `cancelled`: cut off by an abrupt stop. */
export type TransactionEnd = 'committed' | 'rolled_back' | 'failed' | 'cancelled'

/**
 * Counts a client's transactions, one after the other, each from its start to its end: the end is exactly one of four.
 *
 * The readings of the clock, for `response = lag + queue + service`: `intended` and `released` come with the start. `served` is
 * taken before the first byte is sent, of BEGIN or of the only statement. The end is the answer to COMMIT or to the only statement,
 * and with nothing to wait for in between it is `released` of the client's next one. So what the generator itself needs from one
 * transaction to the next is in `queue`, and what it needs between two statements in `service`.
 */
export class Account {
  /** Between `begins` and `ended`. */
  running = false
  /** When the last transaction ended. */
  endedAt = 0
  /** Cut off by force: whatever still comes of it is not counted. */
  abandoned = false
  private readonly context: WorkerContext
  private readonly attempt: ClientAttempt
  private transaction = 0
  private start: Start = { phase: 0, intended: null, released: 0, heldUp: 0 }
  private recorder: TransactionRecorder
  private attempts = 0
  private served: number | null = null

  constructor(context: WorkerContext, attempt: ClientAttempt) {
    this.context = context
    this.attempt = attempt
    this.recorder = context.memory.transaction(0, 0)
  }

  begins(transaction: CompiledTransaction, start: Start): void {
    this.running = true
    this.transaction = transaction.index
    this.start = start
    this.attempts = 0
    this.served = null
    this.recorder = this.context.memory.transaction(start.phase, transaction.index)
    this.recorder.count(counterIndex.started)
    this.context.memory.transactionRuns()
  }

  attemptEnded(outcome: Outcome): void {
    const { begunAt } = this.attempt
    this.served ??= begunAt
    this.attempts++
    if (this.abandoned) return
    this.recorder.count(counterIndex.attempts)
    this.recorder.count(counterIndex[outcome])
    if (outcome === 'committed' || outcome === 'rolled_back' || begunAt === null) return
    this.recorder.count(counterIndex.failed_attempts_us, this.context.clock() - begunAt)
  }

  failure(code: string, outcome: Outcome, message: string): void {
    if (!this.abandoned) this.context.errors.count(this.start.phase, this.transaction, code, outcome, message)
  }

  backingOff(): number {
    const { memory, clock } = this.context
    memory.transactionRests()
    memory.addToGauge('backingOff', 1)
    return clock()
  }

  /** @param began what `backingOff` returned */
  backedOff(began: number): void {
    const { memory, clock } = this.context
    memory.transactionRuns()
    memory.addToGauge('backingOff', -1)
    if (!this.abandoned) this.recorder.count(counterIndex.backoff_us, clock() - began)
  }

  retryBegins(): void {
    if (this.abandoned) return
    this.recorder.count(counterIndex.retries)
    if (this.attempts === 1) this.recorder.count(counterIndex.retried)
  }

  /** The last thing to be called. */
  ended(end: TransactionEnd): TransactionEnd {
    const { context, attempt, recorder, start } = this
    const now = (end === 'committed' ? attempt.answeredAt : null) ?? context.clock()
    const served = this.served ?? attempt.begunAt
    this.endedAt = now
    this.running = false
    context.memory.transactionRests()
    if (this.abandoned) return end
    recorder.count(counterIndex.busy_us, now - (served ?? start.released))
    if (end === 'committed') this.committed(now, served ?? now)
    else if (end !== 'rolled_back') recorder.count(counterIndex[end])
    if (end === 'failed') recorder.metrics.time_to_failure.record(now - (start.intended ?? served ?? start.released))
    return end
  }

  /** Counts what runs although nothing waits for it any more. */
  abandon(): void {
    this.abandoned = true
    if (!this.running) return
    const inDoubt = ['attempts', 'ambiguous', 'failed'] as const
    const transaction = this.context.program.transactions[this.transaction]
    if (transaction !== undefined) this.attempt.observer?.ended(transaction, 'cancelled', this.attempt.committing)
    for (const name of this.attempt.committing ? inDoubt : (['cancelled'] as const)) this.recorder.count(counterIndex[name])
  }

  private committed(now: number, served: number): void {
    const { context, recorder } = this
    const { metrics } = recorder
    const { phase, intended, released, heldUp } = this.start
    const service = now - served
    const latency = now - (intended ?? served)
    metrics.service.record(service)
    metrics.queue.record(served - released)
    if (intended !== null) {
      metrics.lag.record(released - intended)
      metrics.response.record(latency)
      metrics.punctual.record(Math.max(service, latency - heldUp))
    }
    if (this.attempts > 1) metrics.retried.record(latency)
    else metrics.first_try.record(latency)
    if (context.latencyLimitUs !== null && latency > context.latencyLimitUs) recorder.count(counterIndex.late)
    const window = context.timeline.at(now)
    if (window === phase) recorder.count(counterIndex.acknowledged)
    else if (window !== null) context.memory.transaction(window, this.transaction).count(counterIndex.acknowledged)
  }
}
