import type { Outcome } from '../measure/outcome.js'
import type { CompiledTransaction } from '../scenario/program.js'
import type { Client } from './client.js'
import type { WorkerContext } from './context.js'

/** When a transaction was wanted, in microseconds since the load's zero; `intended` is null in a closed loop. */
export interface Start {
  readonly phase: number
  readonly intended: number | null
  /** When the generator let it go; in a closed loop, when the client was done with the one before. */
  readonly released: number
}

/** How a transaction ended. `cancelled`: cut off by an abrupt stop. */
export type TransactionEnd = 'committed' | 'rolled_back' | 'failed' | 'cancelled'

/** Counts one transaction from its start to its end, whatever becomes of it: the end is exactly one of four. */
export class Account {
  private readonly context: WorkerContext
  private readonly client: Client
  private readonly index: number
  private readonly start: Start
  private attempts = 0
  /** When the first attempt had its session: `response = lag + queue + service` turns on it. */
  private served: number | null = null

  constructor(context: WorkerContext, client: Client, transaction: CompiledTransaction, start: Start) {
    this.context = context
    this.client = client
    this.index = transaction.index
    this.start = start
    client.running = { phase: start.phase, transaction: transaction.index, committing: false }
    context.memory.addToGauge('inTransaction', 1)
    this.count('started')
  }

  attemptBegins(): number {
    const now = this.context.clock()
    this.served ??= now
    return now
  }

  attemptEnded(outcome: Outcome, began: number): void {
    this.attempts++
    this.count('attempts')
    this.count(outcome)
    if (outcome !== 'committed' && outcome !== 'rolled_back') this.count('failed_attempts_us', this.context.clock() - began)
  }

  failure(code: string, outcome: Outcome, message: string): void {
    if (!this.client.abandoned) this.context.errors.count(this.start.phase, this.index, code, outcome, message)
  }

  backingOff(): void {
    const { memory } = this.context
    memory.addToGauge('inTransaction', -1)
    memory.addToGauge('backingOff', 1)
  }

  backedOff(began: number): void {
    const { memory, clock } = this.context
    memory.addToGauge('inTransaction', 1)
    memory.addToGauge('backingOff', -1)
    this.count('backoff_us', clock() - began)
  }

  retryBegins(): void {
    this.count('retries')
    if (this.attempts === 1) this.count('retried')
  }

  /** The last thing to be called. */
  ended(end: TransactionEnd): TransactionEnd {
    const { context, client, start } = this
    const now = context.clock()
    context.memory.addToGauge('inTransaction', -1)
    client.running = null
    if (client.abandoned) return end
    this.count('busy_us', now - (this.served ?? start.released))
    if (end === 'failed' || end === 'cancelled') this.count(end)
    if (end === 'failed') this.record('time_to_failure', now - (start.intended ?? this.served ?? start.released))
    if (end === 'committed') this.committed(now, this.served ?? now)
    return end
  }

  private committed(now: number, served: number): void {
    const { context, start } = this
    const service = now - served
    const latency = now - (start.intended ?? served)
    this.record('service', service)
    this.record('queue', served - start.released)
    if (start.intended !== null) {
      this.record('lag', start.released - start.intended)
      this.record('response', latency)
    }
    this.record(this.attempts > 1 ? 'retried' : 'first_try', latency)
    if (context.latencyLimitUs !== null && latency > context.latencyLimitUs) this.count('late')
    const window = context.timeline.at(now)
    if (window !== null) context.memory.count(window, this.index, 'acknowledged')
  }

  private count(name: Parameters<WorkerContext['memory']['count']>[2], by = 1): void {
    if (!this.client.abandoned) this.context.memory.count(this.start.phase, this.index, name, by)
  }

  private record(metric: Parameters<WorkerContext['memory']['metric']>[2], us: number): void {
    this.context.memory.metric(this.start.phase, this.index, metric).record(us)
  }
}
