import { DatabaseError, type Session } from '../database/contract.js'
import type { HistogramRecorder } from '../measure/histogram.js'
import type { Attempt, CompiledTransaction, Statement, StatementResult } from '../scenario/program.js'
import type { Random, RandomState } from '../scenario/random.js'
import type { Value } from '../scenario/values.js'
import type { ClientObserver } from './check-book.js'
import type { WorkerContext } from './context.js'
import { Pledge } from './pledge.js'

/**
 * One client's hands: what its transactions, one after the other, use to reach its session. `startTransaction`, `startAttempt` and
 * `startRetry` put it back to where the transaction or its retry begins. It reads the clock before and after every statement and
 * leaves the readings that the transaction's own times begin and end with.
 */
export class ClientAttempt implements Attempt {
  readonly values: Value[]
  readonly random: Random
  readonly client: number
  /** The session that the attempt runs on; null before the first. */
  session: Session | null = null
  /** The statement that was sent last, for messages. */
  lastStatement: Statement | null = null
  /** When the attempt sent its first bytes, or went to sleep before that; null: not yet. */
  begunAt: number | null = null
  /** When the last statement was answered; null once something else is waited for. */
  answeredAt: number | null = null
  /** COMMIT is on its way or acknowledged: who is cut off now is in doubt. */
  committing = false
  /** What the commit will add to the tallies. */
  readonly pledge: Pledge
  /** Undefined where the scenario has no checks. */
  readonly observer: ClientObserver | undefined
  private readonly context: WorkerContext
  private readonly drawnFrom: RandomState = [0, 0, 0, 0]
  private readonly drawn: { readonly name: string; readonly value: number; used: boolean }[] = []
  private retrying = false
  private time: string | null = null
  private statements: readonly HistogramRecorder[] = []
  private sentAt = 0

  constructor(context: WorkerContext, client: number, random: Random) {
    this.context = context
    this.client = client
    this.random = random
    this.pledge = new Pledge(context.tallies)
    this.observer = context.checks?.observer(this, context.clock, now => {
      const phase = context.timeline.at(now)
      return phase !== null && context.phases[phase]?.measure === true
    })
    this.values = new Array<Value>(Math.max(0, ...context.program.transactions.map(({ slots }) => slots))).fill(null)
  }

  startTransaction(transaction: CompiledTransaction, phase: number): void {
    this.pledge.startTransaction(transaction)
    this.statements = this.context.memory.statementsOf(phase)
    this.random.save(this.drawnFrom)
    if (this.drawn.length > 0) this.drawn.length = 0
    this.retrying = false
    this.time = null
  }

  startAttempt(transaction: CompiledTransaction): void {
    this.lastStatement = null
    this.begunAt = null
    this.answeredAt = null
    transaction.draw(this)
  }

  /** The first try and every retry draw the same values: from the same state, the same sequence values, the same time. */
  startRetry(): void {
    this.random.restore(this.drawnFrom)
    for (const one of this.drawn) one.used = false
    this.retrying = true
  }

  sequence(name: string, start: number): number {
    const earlier = this.retrying ? this.drawn.find(one => !one.used && one.name === name) : undefined
    if (earlier !== undefined) {
      earlier.used = true
      return earlier.value
    }
    const value = this.context.sequences.next(name, start)
    this.drawn.push({ name, value, used: true })
    return value
  }

  now(): string {
    this.time ??= `${new Date().toISOString().slice(0, 23).replace('T', ' ')}000`
    return this.time
  }

  begin(transaction: CompiledTransaction): Promise<void> {
    this.waits()
    return this.open().begin(transaction)
  }

  execute(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const session = this.open()
    const commits = statement.last && this.context.pipeline
    if (commits) this.promiseCommit()
    this.lastStatement = statement
    this.answeredAt = null
    this.sentAt = this.context.clock()
    this.begunAt ??= this.sentAt
    return commits ? session.executeAndCommit(statement, parameters) : session.execute(statement, parameters)
  }

  answered(): void {
    const now = this.context.clock()
    this.answeredAt = now
    if (this.lastStatement !== null) this.statements[this.lastStatement.index]?.record(now - this.sentAt)
  }

  savepoint(name: string): Promise<void> {
    this.observer?.savepoint(name)
    return this.open().savepoint(name)
  }

  rollbackToSavepoint(name: string): Promise<void> {
    this.observer?.rolledBackTo(name)
    return this.open().rollbackToSavepoint(name)
  }

  releaseSavepoint(name: string): Promise<void> {
    this.observer?.released(name)
    return this.open().releaseSavepoint(name)
  }

  isConstraintViolation(error: unknown): boolean {
    return error instanceof DatabaseError && error.outcome === 'constraint' && !error.sessionLost && this.open().inTransaction
  }

  sleep(ms: number): Promise<void> {
    this.waits()
    return this.context.control.sleep(ms)
  }

  commit(): Promise<void> {
    this.promiseCommit()
    this.waits()
    return this.open().commit()
  }

  /** Before the bytes go: from then on it may be committed without our knowing. */
  private promiseCommit(): void {
    this.pledge.make(this)
    this.committing = true
  }

  /** For something that is no statement. */
  private waits(): void {
    this.answeredAt = null
    this.begunAt ??= this.context.clock()
  }

  private open(): Session {
    if (this.session === null) throw new TypeError('a statement was run before its client had a session')
    return this.session
  }
}
