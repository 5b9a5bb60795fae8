import pg from 'pg'
import type { Statement, StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import { DatabaseError, type Session, type SessionOptions, type Stage, type Target, type TransactionOptions } from '../contract.js'
import { DeadlinePassed, withDeadline } from '../deadline.js'
import { isRead } from '../reads.js'
import { classify } from './errors.js'
import { type Reply, type Request, send } from './statements.js'

/** How much longer than the server's own time-out we wait before we take the connection for dead. */
const graceMs = 5_000
const goodbyeMs = 1_000

/** A session on one connection. `connect` in connect.ts makes it. */
export class PostgresSession implements Session {
  readonly #client: pg.Client
  readonly #target: Target
  readonly #options: SessionOptions
  /** The server has said that it is ready for the next call. */
  #ready = true
  /** Why the connection is gone, once it is. */
  #lost: unknown = null
  /** The failure that made the server refuse everything until ROLLBACK. */
  #poison: DatabaseError | null = null
  #readOnly = false
  /** A server that crashes, or is told to stop at once, says so in a notice and then just hangs up. */
  #farewell: Error | null = null

  constructor(client: pg.Client, target: Target, options: SessionOptions) {
    this.#client = client
    this.#target = target
    this.#options = options
    // Without a listener a dropped connection would end the process.
    client.on('error', error => this.#lose(error))
    client.on('end', () => this.#lose(new Error('Connection terminated')))
    client.on('drain', () => {
      this.#ready = true
    })
    client.on('notice', notice => {
      if (notice.code?.startsWith('57P'))
        this.#farewell = Object.assign(new pg.DatabaseError(notice.message ?? '', 0, 'error'), { code: notice.code })
    })
  }

  get id(): number {
    return 'processID' in this.#client && typeof this.#client.processID === 'number' ? this.#client.processID : 0
  }

  get alive(): boolean {
    return this.#lost === null
  }

  get inTransaction(): boolean {
    return this.alive && this.#client.getTransactionStatus() !== 'I'
  }

  async begin({ isolation, readOnly }: TransactionOptions): Promise<void> {
    const level = isolation === null ? '' : ` ISOLATION LEVEL ${isolation.toUpperCase()}`
    if (this.inTransaction) throw refusal('TRANSACTION_OPEN', 'a transaction is open already', 'other', 'begin')
    this.#readOnly = readOnly
    this.#poison = null
    await this.#control('begin', `BEGIN${level}${readOnly ? ' READ ONLY' : ''}`)
  }

  execute(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const { text, readsRows } = statement
    return this.#call(this.#stage(), { text, parameters, named: this.#options.protocol === 'prepared', readsRows })
  }

  async executeAndCommit(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const result = await this.execute(statement, parameters)
    await this.commit()
    return result
  }

  async commit(): Promise<void> {
    if (this.alive && !this.inTransaction) throw refusal('NO_TRANSACTION', 'there is no transaction to commit', 'other', 'commit')
    const poison = this.#poison
    this.#poison = null
    const { tag } = await this.#control('commit', 'COMMIT')
    if (tag === 'COMMIT') return
    const reason = poison?.message ?? 'an earlier statement had failed'
    throw refusal('COMMIT_ROLLED_BACK', `COMMIT was answered with ${tag}: ${reason}`, poison?.outcome ?? 'other', 'commit')
  }

  async rollback(): Promise<void> {
    this.#poison = null
    if (this.alive && !this.inTransaction) return
    await this.#control('rollback', 'ROLLBACK')
  }

  async savepoint(name: string): Promise<void> {
    await this.#control('body', `SAVEPOINT ${pg.escapeIdentifier(name)}`)
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    await this.#control('body', `ROLLBACK TO SAVEPOINT ${pg.escapeIdentifier(name)}`)
    this.#poison = null
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.#control('body', `RELEASE SAVEPOINT ${pg.escapeIdentifier(name)}`)
  }

  query(text: string, parameters?: readonly Value[]): Promise<StatementResult> {
    return this.#call(this.#stage(), { text, parameters: parameters ?? null, named: false, readsRows: true })
  }

  async end(): Promise<void> {
    if (!this.alive) return this.destroy()
    await withDeadline(goodbyeMs, this.#client.end(), () => this.destroy()).catch(() => {})
  }

  destroy(): void {
    this.#lose(new Error('Connection terminated by us'))
    this.#client.connection.stream.destroy()
  }

  /** For what the protocol does beside statements, as COPY: the failures are classified like those of a statement. */
  async use<T>(text: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const stage = this.#stage()
    if (this.#lost !== null) throw this.#gone(stage)
    this.#ready = false
    try {
      return await work(this.#client)
    } catch (error) {
      throw await this.#failure(error, stage, text)
    }
  }

  #stage(): Stage {
    return this.inTransaction ? 'body' : 'autocommit'
  }

  #control(stage: Stage, text: string): Promise<Reply> {
    return this.#call(stage, { text, parameters: null, named: false, readsRows: false })
  }

  async #call(stage: Stage, request: Request): Promise<Reply> {
    if (this.#lost !== null) throw this.#gone(stage)
    const { statementTimeoutMs } = this.#options
    const timer = statementTimeoutMs === null ? undefined : setTimeout(() => this.#giveUp(), statementTimeoutMs + graceMs)
    this.#ready = false
    try {
      return await send(this.#client, request)
    } catch (error) {
      throw await this.#failure(error, stage, request.text)
    } finally {
      clearTimeout(timer)
    }
  }

  async #failure(error: unknown, stage: Stage, text: string): Promise<DatabaseError> {
    const definite = error instanceof pg.DatabaseError && (await this.#becomesReady())
    if (!definite) this.#lose(error)
    const failure = classify(error instanceof pg.DatabaseError ? error : (this.#farewell ?? this.#lost ?? error), {
      stage,
      definite,
      read: isRead(text),
      readOnly: this.#readOnly,
      secrets: [this.#target.password],
    })
    if (definite && this.inTransaction) this.#poison ??= failure
    if (failure.sessionLost) this.destroy()
    return failure
  }

  // A failed statement is over when ReadyForQuery comes; after FATAL the connection closes instead. That holds in every language of the server.
  #becomesReady(): Promise<boolean> {
    if (this.#ready || !this.alive) return Promise.resolve(this.#ready)
    return new Promise(resolve => {
      const settle = (ready: boolean) => {
        clearTimeout(timer)
        this.#client.off('drain', onReady)
        this.#client.off('end', onEnd)
        resolve(ready)
      }
      const onReady = () => settle(true)
      const onEnd = () => settle(false)
      const timer = setTimeout(onEnd, goodbyeMs)
      this.#client.on('drain', onReady)
      this.#client.on('end', onEnd)
    })
  }

  #giveUp(): void {
    this.#lose(new DeadlinePassed('no answer from the server'))
    this.destroy()
  }

  #lose(error: unknown): void {
    this.#lost ??= error
  }

  // Nothing was sent, so that nothing is in doubt, not even a COMMIT.
  #gone(stage: Stage): DatabaseError {
    const known = classify(this.#lost, { stage: 'body', definite: false, read: true, readOnly: false, secrets: [this.#target.password] })
    const { outcome, code, sqlstate, sessionLost, fatal, cause } = known
    return new DatabaseError(known.message, { outcome, code, sqlstate, stage, sessionLost, fatal, cause })
  }
}

function refusal(code: string, message: string, outcome: DatabaseError['outcome'], stage: Stage): DatabaseError {
  return new DatabaseError(message, { outcome, code, sqlstate: null, stage, sessionLost: false, fatal: false })
}
