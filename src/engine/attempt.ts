import { DatabaseError, type Session } from '../database/contract.js'
import type { Attempt, CompiledTransaction, Statement, StatementResult } from '../scenario/program.js'
import type { Random, RandomState } from '../scenario/random.js'
import type { Value } from '../scenario/values.js'
import type { WorkerContext } from './context.js'

/**
 * One client's hands: what steps use to reach its session. The same object serves all transactions of a client, one after the other;
 * `startTransaction` and `startAttempt` put it back to where the transaction or its retry begins.
 */
export class ClientAttempt implements Attempt {
  readonly values: Value[] = []
  readonly random: Random
  readonly client: number
  /** The session that the attempt runs on; null before the first. */
  session: Session | null = null
  /** The statement that was sent last, for messages. */
  lastStatement: Statement | null = null
  private readonly context: WorkerContext
  private readonly drawnFrom: RandomState = [0, 0, 0, 0]
  private readonly drawn: { readonly name: string; readonly value: number; used: boolean }[] = []
  private time: string | null = null
  private phase = 0

  constructor(context: WorkerContext, client: number, random: Random) {
    this.context = context
    this.client = client
    this.random = random
  }

  startTransaction(phase: number): void {
    this.phase = phase
    this.random.save(this.drawnFrom)
    this.drawn.length = 0
    this.time = null
  }

  /** The first try and every retry draw the same values: from the same state, the same sequence values, the same time. */
  startAttempt(transaction: CompiledTransaction): void {
    this.random.restore(this.drawnFrom)
    for (const one of this.drawn) one.used = false
    this.lastStatement = null
    this.values.length = transaction.slots
    this.values.fill(null)
    transaction.draw(this)
  }

  sequence(name: string, start: number): number {
    const earlier = this.drawn.find(one => !one.used && one.name === name)
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

  async execute(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const { clock, memory } = this.context
    this.lastStatement = statement
    const start = clock()
    const result = await this.open().execute(statement, parameters)
    memory.statement(this.phase, statement.index).record(clock() - start)
    return result
  }

  savepoint(name: string): Promise<void> {
    return this.open().savepoint(name)
  }

  rollbackToSavepoint(name: string): Promise<void> {
    return this.open().rollbackToSavepoint(name)
  }

  releaseSavepoint(name: string): Promise<void> {
    return this.open().releaseSavepoint(name)
  }

  isConstraintViolation(error: unknown): boolean {
    return error instanceof DatabaseError && error.outcome === 'constraint' && !error.sessionLost && this.open().inTransaction
  }

  sleep(ms: number): Promise<void> {
    return this.context.control.sleep(ms)
  }

  private open(): Session {
    if (this.session === null) throw new TypeError('a statement was run before its client had a session')
    return this.session
  }
}
