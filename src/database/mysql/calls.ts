import type { StatementResult } from '../../scenario/program.js'
import { DatabaseError, type Stage, type Target } from '../contract.js'
import { DeadlinePassed } from '../deadline.js'
import { isRead } from '../reads.js'
import { classify } from './errors.js'
import { StatementLimit } from './limit.js'
import { killQuery, type LoggedIn, type ServerFacts } from './link.js'
import { type Reply, sendText } from './statements.js'
import { refusal, type TransactionState } from './transaction.js'
import type { ReplyReader, ServerError } from './wire/reply.js'
import { Wire, type WireUser } from './wire/wire.js'

/** SERVER_STATUS_IN_TRANS */
const inTransactionFlag = 1

/**
 * The calls of one session, one at a time, over the wire or through the driver: their time limit, their failures, and what they mean for the
 * transaction; and how the connection ends. A call over the wire is `begin`, then `send`, then one of the promises `result` and `completion`.
 */
export class Calls implements WireUser {
  readonly #link: LoggedIn
  readonly #target: Target
  readonly #facts: ServerFacts
  readonly #transaction: TransactionState
  readonly #wire: Wire
  readonly #limit: StatementLimit | null
  /** Why the connection is gone, once it is. */
  #lost: unknown = null

  // The call under way.
  #busy = false
  #onWire = false
  #stage: Stage = 'autocommit'
  #text = ''
  #workload: string | null = null
  #replies = 1
  #next: (() => void) | null = null
  #resolve: ((result: StatementResult) => void) | null = null
  #complete: (() => void) | null = null
  #reject: (error: unknown) => void = () => {}

  // Made once: a call is to cost one promise and nothing more.
  readonly #keepResolve = (resolve: (result: StatementResult) => void, reject: (error: unknown) => void) => {
    this.#resolve = resolve
    this.#reject = reject
  }
  readonly #keepComplete = (resolve: () => void, reject: (error: unknown) => void) => {
    this.#complete = resolve
    this.#reject = reject
  }

  constructor(link: LoggedIn, target: Target, facts: ServerFacts, statementTimeoutMs: number | null, transaction: TransactionState) {
    this.#link = link
    this.#target = target
    this.#facts = facts
    this.#transaction = transaction
    this.#wire = new Wire(link.stream, link.interposition, link.agreed, this)
    this.#limit = statementTimeoutMs === null ? null : this.#makeLimit(statementTimeoutMs)
    link.connection.on('error', error => this.#lose(error))
    link.connection.on('end', () => this.#lose(new Error('Connection terminated')))
  }

  get alive(): boolean {
    return this.#lost === null
  }

  /** To be told what to expect before `send`. */
  get reply(): ReplyReader {
    return this.#wire.reply
  }

  /**
   * Notes what the call is. Returns the reason why it cannot be, if there is one; nothing is in doubt then, not even a COMMIT.
   *
   * @param workload the name of the statement, if it is one of the workload
   */
  begin(stage: Stage, text: string, workload: string | null): DatabaseError | null {
    if (this.#lost !== null) return this.#classify(this.#lost, 'body', text, stage).error
    if (this.#busy) return refusal('SESSION_BUSY', 'the session has not answered its last call yet', 'other', stage)
    this.#busy = true
    this.#stage = stage
    this.#text = text
    this.#workload = workload
    this.#next = null
    this.#resolve = null
    this.#complete = null
    return null
  }

  /** The call that was begun is not made. */
  cancel(): void {
    this.#busy = false
  }

  /**
   * @param replies two for a level and a BEGIN in one
   * @param next sends what follows upon the answer, as part of the same call
   */
  send(request: Buffer, replies: 1 | 2 = 1, next: (() => void) | null = null): void {
    this.#replies = replies
    this.#next = next
    this.#onWire = true
    this.#wire.send(request, replies)
  }

  /** @param cancellable never a COMMIT: whether it was done would then be in doubt */
  result(cancellable: boolean): Promise<StatementResult> {
    this.#limit?.begin(cancellable)
    return new Promise(this.#keepResolve)
  }

  /** As `result`, where there is none. */
  completion(cancellable: boolean): Promise<void> {
    this.#limit?.begin(cancellable)
    return new Promise(this.#keepComplete)
  }

  /** A call through the driver. */
  async driver(stage: Stage, text: string, workload: string | null, send: () => Promise<Reply>): Promise<StatementResult> {
    const refused = this.begin(stage, text, workload)
    if (refused !== null) throw refused
    this.#limit?.begin(true)
    try {
      const reply = await send()
      this.#transaction.succeeded(stage, reply.inTransaction, workload)
      return reply
    } catch (error) {
      throw this.#failure(error)
    } finally {
      await this.#endLimit()
      this.#busy = false
    }
  }

  answered(error: ServerError | null, failed: number): void {
    this.#onWire = false
    const levelFailed = this.#replies === 2 && error !== null && failed === 0
    if (this.#replies === 2 && !levelFailed) this.#transaction.levelTaken()
    if (error !== null) {
      this.#finish(this.#failure(error), levelFailed)
    } else if (this.#next !== null) {
      this.#goOn(this.#next)
    } else {
      const { status } = this.reply
      this.#transaction.succeeded(this.#stage, status === null ? null : (status & inTransactionFlag) !== 0, this.#workload)
      this.#finish(null, false)
    }
  }

  broken(error: Error): void {
    this.drop(error)
  }

  /** Ends the connection at once. Not with the driver's own `destroy`: that leaves the socket half open, and a call under way unanswered. */
  drop(error: Error): void {
    this.#lose(error)
    this.#link.socket.destroy(error)
  }

  #goOn(next: () => void): void {
    try {
      next()
    } catch (error) {
      this.#finish(badParameter(error, this.#stage), false)
    }
  }

  /** @param undo a transaction may have begun that nobody wanted like that */
  #finish(failure: DatabaseError | null, undo: boolean): void {
    if (undo || this.#limit?.cancelling === true) void this.#finishLater(failure, undo)
    else {
      this.#limit?.end()
      this.#settle(failure)
    }
  }

  async #finishLater(failure: DatabaseError | null, undo: boolean): Promise<void> {
    if (undo && this.alive) await sendText(this.#link.connection, 'ROLLBACK').catch(error => this.drop(error))
    await this.#endLimit()
    this.#settle(failure)
  }

  #settle(failure: DatabaseError | null): void {
    this.#busy = false
    if (failure !== null) {
      this.#reject(failure)
    } else if (this.#resolve === null) {
      this.#complete?.()
    } else {
      const { affected, columns, rows, insertId } = this.reply
      this.#resolve({ affected, columns, rows, insertId })
    }
  }

  // A cancel that came too late would hit the next statement: an empty one takes it instead.
  async #endLimit(): Promise<void> {
    const cancelled = this.#limit?.end() ?? null
    if (cancelled === null) return
    await cancelled
    if (this.alive) await sendText(this.#link.connection, 'DO 0').catch(() => {})
  }

  #makeLimit(ms: number): StatementLimit {
    return new StatementLimit(ms, {
      // MySQL itself limits SELECT alone.
      byServer: () => this.#facts.product === 'MariaDB' || isRead(this.#text),
      cancel: () => killQuery(this.#target, this.#link.connection.threadId),
      giveUp: () => this.drop(new DeadlinePassed('no answer from the server')),
    })
  }

  #lose(error: unknown): void {
    this.#lost ??= error
    if (!this.#onWire) return
    this.#onWire = false
    this.#wire.drop()
    this.#finish(this.#failure(error), false)
  }

  #failure(error: unknown): DatabaseError {
    const { error: failure, transactionGone } = this.#classify(error, this.#stage, this.#text, this.#stage)
    if (transactionGone) this.#transaction.gone(failure)
    if (failure.sessionLost) this.drop(new Error('Connection terminated by us'))
    return failure
  }

  /** @param shown the stage to tell, where it is not the one to judge by */
  #classify(error: unknown, stage: Stage, text: string, shown: Stage): ReturnType<typeof classify> {
    const circumstances = {
      stage,
      read: isRead(text),
      readOnly: this.#transaction.readOnly,
      rollsBackOnTimeout: this.#facts.rollsBackOnTimeout,
      secrets: [this.#target.password],
    }
    const classified = classify(error, circumstances)
    if (shown === stage) return classified
    const { message, outcome, code, sqlstate, fatal, cause } = classified.error
    return { ...classified, error: new DatabaseError(message, { outcome, code, sqlstate, stage: shown, sessionLost: true, fatal, cause }) }
  }
}

export function badParameter(error: unknown, stage: Stage): DatabaseError {
  return refusal('BAD_PARAMETER', error instanceof Error ? error.message : String(error), 'other', stage)
}
