import type { Isolation } from '../../scenario/model.js'
import type { Statement, StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import { DatabaseError, type Session, type SessionOptions, type Stage, type Target, type TransactionOptions } from '../contract.js'
import { DeadlinePassed, withDeadline } from '../deadline.js'
import { isRead } from '../reads.js'
import { type Classified, classify } from './errors.js'
import { graceMs, limitCancellable, limitTime, type TimeLimit } from './limit.js'
import { killQuery, type Link, type ServerFacts } from './link.js'
import { type Reply, sendParsed, sendPrepared, sendText } from './statements.js'
import { encodeValues, type WireValue } from './values.js'

const goodbyeMs = 1_000

/** A session on one connection. `connect` in connect.ts makes it. */
export class MysqlSession implements Session {
  readonly facts: ServerFacts
  readonly #link: Link
  readonly #target: Target
  readonly #options: SessionOptions
  /** Why the connection is gone, once it is. */
  #lost: unknown = null
  #open = false
  /** Why the transaction is over though nobody ended it here: until `rollback` every further statement would commit by itself. */
  #ended: DatabaseError | null = null
  /** The level that we asked for last; null: the server's default. */
  #level: Isolation | null = null
  #readOnly = false

  constructor(link: Link, target: Target, options: SessionOptions, facts: ServerFacts) {
    this.facts = facts
    this.#link = link
    this.#target = target
    this.#options = options
    link.connection.on('error', error => this.#lose(error))
    link.connection.on('end', () => this.#lose(new Error('Connection terminated')))
  }

  get id(): number {
    return this.#link.connection.threadId
  }

  get alive(): boolean {
    return this.#lost === null
  }

  get inTransaction(): boolean {
    return this.alive && this.#open
  }

  async begin({ isolation, readOnly }: TransactionOptions): Promise<void> {
    if (this.inTransaction) throw refusal('TRANSACTION_OPEN', 'a transaction is open already: it would be committed', 'other', 'begin')
    this.#ended = null
    this.#readOnly = readOnly
    if (isolation !== this.#level) await this.#setLevel(isolation)
    await this.#control('begin', readOnly ? 'START TRANSACTION READ ONLY' : 'START TRANSACTION')
    this.#open = true
  }

  async execute(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const { text, readsRows } = statement
    const values = this.#encode(parameters)
    const send = this.#options.protocol === 'prepared' ? sendPrepared : sendParsed
    const begun = this.#open
    const reply = await this.#statement(text, () => send(this.#link.connection, text, values, readsRows))
    // DDL, or a procedure that commits: the rest would no longer be in a transaction.
    if (begun && !this.#open) this.#ended = refusal('TRANSACTION_ENDED', `${statement.name} ended the transaction`, 'other', 'body')
    return reply
  }

  async executeAndCommit(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const result = await this.execute(statement, parameters)
    await this.commit()
    return result
  }

  async commit(): Promise<void> {
    const ended = this.#ended
    if (ended !== null) throw refusal('COMMIT_ROLLED_BACK', `nothing to commit: ${ended.message}`, ended.outcome, 'commit')
    if (this.alive && !this.#open) throw refusal('NO_TRANSACTION', 'there is no transaction to commit', 'other', 'commit')
    await this.#control('commit', 'COMMIT')
    this.#open = false
  }

  async rollback(): Promise<void> {
    const over = this.alive && !this.#open && this.#ended === null
    this.#ended = null
    if (over) return
    await this.#control('rollback', 'ROLLBACK')
    this.#open = false
  }

  async savepoint(name: string): Promise<void> {
    await this.#statement(`SAVEPOINT ${quoteName(name)}`)
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    await this.#statement(`ROLLBACK TO SAVEPOINT ${quoteName(name)}`)
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.#statement(`RELEASE SAVEPOINT ${quoteName(name)}`)
  }

  async query(text: string, parameters?: readonly Value[]): Promise<StatementResult> {
    if (parameters === undefined) return this.#statement(text)
    const values = this.#encode(parameters)
    return this.#statement(text, () => sendParsed(this.#link.connection, text, values, true))
  }

  async end(): Promise<void> {
    if (!this.alive) return this.destroy()
    const { connection, socket } = this.#link
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
    connection.end()
    await withDeadline(goodbyeMs, closed, () => {}).catch(() => {})
    this.destroy()
  }

  destroy(): void {
    this.#drop(new Error('Connection terminated by us'))
  }

  // Not the driver's own `destroy`: that leaves the socket half open, and a call under way without an answer for ever.
  #drop(error: Error): void {
    this.#lose(error)
    this.#link.socket.destroy(error)
  }

  async #setLevel(isolation: Isolation | null): Promise<void> {
    const level = isolation ?? this.facts.defaultIsolation
    await this.#control('begin', `SET SESSION TRANSACTION ISOLATION LEVEL ${level.toUpperCase()}`)
    this.#level = isolation
  }

  async #statement(text: string, send = () => sendText(this.#link.connection, text)): Promise<Reply> {
    const ended = this.#ended
    if (ended !== null) throw refusal('TRANSACTION_GONE', `the server has ended the transaction: ${ended.message}`, ended.outcome, 'body')
    const reply = await this.#call(this.#open ? 'body' : 'autocommit', text, true, send)
    if (reply.inTransaction !== null) this.#open = reply.inTransaction
    return reply
  }

  #encode(parameters: readonly Value[]): WireValue[] {
    try {
      return encodeValues(parameters)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw refusal('BAD_PARAMETER', message, 'other', this.#open ? 'body' : 'autocommit')
    }
  }

  #control(stage: Stage, text: string): Promise<Reply> {
    return this.#call(stage, text, false, () => sendText(this.#link.connection, text))
  }

  /** @param cancellable never a COMMIT: whether it was done would then be in doubt */
  async #call(stage: Stage, text: string, cancellable: boolean, send: () => Promise<Reply>): Promise<Reply> {
    // Nothing is sent then, so that nothing is in doubt, not even a COMMIT.
    if (this.#lost !== null) throw this.#classify(this.#lost, 'body', text, stage).error
    const limit = this.#limit(text, cancellable)
    try {
      return await send()
    } catch (error) {
      const { error: failure, transactionGone } = this.#classify(error, stage, text)
      if (transactionGone) {
        this.#ended = this.#open ? failure : null
        this.#open = false
      }
      if (failure.sessionLost) this.destroy()
      throw failure
    } finally {
      const cancelled = limit?.lift()
      if (cancelled) await cancelled.then(() => this.#absorbCancel())
    }
  }

  #limit(text: string, cancellable: boolean): TimeLimit | null {
    const { statementTimeoutMs } = this.#options
    if (statementTimeoutMs === null) return null
    const giveUp = () => this.#drop(new DeadlinePassed('no answer from the server'))
    if (!cancellable) return limitTime(statementTimeoutMs + graceMs, giveUp)
    return limitCancellable(statementTimeoutMs, {
      // MySQL itself limits SELECT alone.
      byServer: () => this.facts.product === 'MariaDB' || isRead(text),
      cancel: () => killQuery(this.#target, this.id),
      giveUp,
    })
  }

  // A cancel that came too late would hit the next statement: an empty one takes it instead.
  async #absorbCancel(): Promise<void> {
    if (this.alive) await sendText(this.#link.connection, 'DO 0').catch(() => {})
  }

  #classify(error: unknown, stage: Stage, text: string, shown = stage): Classified {
    const circumstances = {
      stage,
      read: isRead(text),
      readOnly: this.#readOnly,
      rollsBackOnTimeout: this.facts.rollsBackOnTimeout,
      secrets: [this.#target.password],
    }
    const classified = classify(error, circumstances)
    if (shown === stage) return classified
    const { message, outcome, code, sqlstate, fatal, cause } = classified.error
    return { ...classified, error: new DatabaseError(message, { outcome, code, sqlstate, stage: shown, sessionLost: true, fatal, cause }) }
  }

  #lose(error: unknown): void {
    this.#lost ??= error
  }
}

function refusal(code: string, message: string, outcome: DatabaseError['outcome'], stage: Stage): DatabaseError {
  return new DatabaseError(message, { outcome, code, sqlstate: null, stage, sessionLost: false, fatal: false })
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
