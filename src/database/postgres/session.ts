import pg from 'pg'
import type { Isolation } from '../../scenario/model.js'
import type { Statement, StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import { DatabaseError, type Session, type SessionOptions, type Stage, type Target, type TransactionOptions } from '../contract.js'
import { CallDeadline, DeadlinePassed, withDeadline } from '../deadline.js'
import { isRead } from '../reads.js'
import { Driver } from './driver.js'
import { classify } from './errors.js'
import { Exchange } from './exchange.js'
import { type SessionStatement, SessionStatements } from './statements.js'
import type { Frames } from './wire/frames.js'

/** How much longer than the server's own time-out we wait before we take the connection for dead. */
const graceMs = 5_000
const goodbyeMs = 1_000
const done = Promise.resolve()
const noParameters: readonly Value[] = []

/** A session on one connection. `connect` in connect.ts makes it. */
export class PostgresSession implements Session {
  readonly #target: Target
  readonly #options: SessionOptions
  readonly #driver: Driver
  readonly #exchange: Exchange
  readonly #statements: SessionStatements
  readonly #deadline = new CallDeadline(() => this.#giveUp())
  /** Why the connection is gone, once it is. */
  #lost: unknown = null
  /** The failure that made the server refuse everything until ROLLBACK. */
  #poison: DatabaseError | null = null
  #readOnly = false
  /** A server that crashes, or is told to stop at once, says so in a notice and then just hangs up. */
  #farewell: Error | null = null
  /** A BEGIN that travels with the statement after it. */
  #deferred: SessionStatement | null = null
  /** The driver was the last to hear from the server whether a transaction is open. */
  #driverKnows = true
  /** The call under way, or the last one: where its statement stands, and what travels with it. */
  #stage: Stage = 'autocommit'
  #text = ''
  #begins = false
  #commits = false

  constructor(client: pg.Client, frames: Frames, target: Target, options: SessionOptions) {
    this.#target = target
    this.#options = options
    this.#driver = new Driver(client)
    this.#exchange = new Exchange(() => client.connection.stream, frames, this.#deadline, {
      answered: tag => this.#answered(tag),
      failed: (error, definite, completed) => this.#failed(error, definite, completed),
    })
    this.#statements = new SessionStatements(options.protocol)
    // Without a listener a dropped connection would end the process.
    client.on('error', error => this.#lose(error))
    client.on('end', () => this.#lose(new Error('Connection terminated')))
    client.on('notice', notice => {
      if (notice.code?.startsWith('57P'))
        this.#farewell = Object.assign(new pg.DatabaseError(notice.message ?? '', 0, 'error'), { code: notice.code })
    })
  }

  /** For another session like this one. The target has the password in it, and is shown to nobody. */
  another<T>(open: (target: Target, options: SessionOptions) => T): T {
    return open(this.#target, this.#options)
  }

  get id(): number {
    const { client } = this.#driver
    return 'processID' in client && typeof client.processID === 'number' ? client.processID : 0
  }

  get alive(): boolean {
    return this.#lost === null
  }

  get inTransaction(): boolean {
    if (!this.alive) return false
    return this.#deferred !== null || (this.#driverKnows ? this.#driver.inTransaction : this.#exchange.inTransaction)
  }

  begin({ isolation, readOnly }: TransactionOptions): Promise<void> {
    if (this.inTransaction) return Promise.reject(refusal('TRANSACTION_OPEN', 'a transaction is open already', 'other', 'begin'))
    this.#readOnly = readOnly
    this.#poison = null
    const begin = this.#statements.control(beginText(isolation, readOnly))
    if (!this.#options.pipeline || !this.alive) return this.#control('begin', begin)
    this.#deferred = begin
    return done
  }

  execute(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    return this.#run(this.inTransaction ? 'body' : 'autocommit', statement, parameters, false)
  }

  executeAndCommit(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    if (this.alive && !this.inTransaction) return Promise.reject(noTransaction())
    return this.#options.pipeline ? this.#run('body', statement, parameters, true) : this.#runThenCommit(statement, parameters)
  }

  commit(): Promise<void> {
    if (this.alive && this.#deferred !== null) {
      this.#deferred = null
      return done
    }
    if (this.alive && !this.inTransaction) return Promise.reject(noTransaction())
    return this.#control('commit', this.#statements.control('COMMIT'))
  }

  rollback(): Promise<void> {
    this.#poison = null
    this.#deferred = null
    if (this.alive && !this.inTransaction) return done
    return this.#control('rollback', this.#statements.control('ROLLBACK'))
  }

  savepoint(name: string): Promise<void> {
    return this.#control('body', this.#statements.control(`SAVEPOINT ${pg.escapeIdentifier(name)}`))
  }

  rollbackToSavepoint(name: string): Promise<void> {
    return this.#control('body', this.#statements.control(`ROLLBACK TO SAVEPOINT ${pg.escapeIdentifier(name)}`))
  }

  releaseSavepoint(name: string): Promise<void> {
    return this.#control('body', this.#statements.control(`RELEASE SAVEPOINT ${pg.escapeIdentifier(name)}`))
  }

  async query(text: string, parameters?: readonly Value[]): Promise<StatementResult> {
    const limitMs = this.#limitMs(1)
    return await this.#handOver(text, () => {
      if (limitMs !== null) this.#deadline.begin(limitMs)
      return this.#driver.query(text, parameters).finally(() => this.#deadline.end())
    })
  }

  async end(): Promise<void> {
    if (!this.alive || this.#exchange.underWay) return this.destroy()
    await withDeadline(goodbyeMs, this.#driver.client.end(), () => this.destroy()).catch(() => {})
  }

  destroy(): void {
    this.#lose(new Error('Connection terminated by us'))
    this.#driver.client.connection.stream.destroy()
  }

  /** For what the protocol does beside statements, as COPY: the failures are classified like those of a statement. */
  use<T>(text: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    return this.#handOver(text, () => this.#driver.use(work))
  }

  #run(stage: Stage, statement: Statement, parameters: readonly Value[], commits: boolean): Promise<StatementResult> {
    const hindrance = this.#open(stage, statement.text, commits)
    if (hindrance !== null) return Promise.reject(hindrance)
    try {
      this.#exchange.add(this.#statements.workload(statement.text), parameters)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return Promise.reject(refusal('BAD_PARAMETER', message, 'other', stage))
    }
    if (commits) this.#exchange.add(this.#statements.control('COMMIT'), noParameters)
    this.#sent()
    return this.#exchange.send(statement.readsRows, this.#limitMs(commits ? 2 : 1))
  }

  async #runThenCommit(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const result = await this.execute(statement, parameters)
    await this.commit()
    return result
  }

  #control(stage: Stage, statement: SessionStatement): Promise<void> {
    const hindrance = this.#open(stage, statement.text, stage === 'commit')
    if (hindrance !== null) return Promise.reject(hindrance)
    this.#exchange.add(statement, noParameters)
    this.#sent()
    return this.#exchange.sendControl(this.#limitMs(1))
  }

  #open(stage: Stage, text: string, commits: boolean): Error | null {
    if (this.#lost !== null) return this.#gone(stage)
    if (this.#exchange.underWay || this.#driver.busy) return new TypeError('a session was called while another call was under way')
    this.#stage = stage
    this.#text = text
    this.#commits = commits
    this.#begins = this.#deferred !== null
    this.#exchange.open()
    if (this.#deferred !== null) this.#exchange.add(this.#deferred, noParameters)
    return null
  }

  #sent(): void {
    this.#deferred = null
    this.#driverKnows = false
  }

  /** Lets the driver speak to the server. */
  async #handOver<T>(text: string, work: () => Promise<T>): Promise<T> {
    const deferred = this.#deferred
    if (deferred !== null && this.alive) {
      this.#deferred = null
      await this.#control('begin', deferred)
    }
    const stage = this.inTransaction ? 'body' : 'autocommit'
    if (this.#lost !== null) throw this.#gone(stage)
    if (this.#exchange.underWay) throw new TypeError('a session was called while another call was under way')
    this.#driverKnows = true
    try {
      return await work()
    } catch (error) {
      throw this.#failure(error, error instanceof pg.DatabaseError && this.alive && (await this.#driver.becomesReady()), stage, text)
    }
  }

  #limitMs(statements: number): number | null {
    const { statementTimeoutMs } = this.#options
    return statementTimeoutMs === null ? null : statementTimeoutMs * statements + graceMs
  }

  #answered(tag: string): DatabaseError | null {
    const poison = this.#poison
    if (poison !== null && !this.#exchange.inFailedTransaction) this.#poison = null
    if (!this.#commits || tag === 'COMMIT') return null
    const reason = poison?.message ?? 'an earlier statement had failed'
    return refusal('COMMIT_ROLLED_BACK', `COMMIT was answered with ${tag}: ${reason}`, poison?.outcome ?? 'other', 'commit')
  }

  #failed(error: unknown, definite: boolean, completed: number): DatabaseError {
    // The server says of which statement it speaks by its place. Without a word from it, a COMMIT that was sent may have been done.
    const place = completed - (this.#begins ? 1 : 0)
    const inCommit = this.#commits && (error === null || place > 0)
    const stage = inCommit ? 'commit' : place < 0 ? 'begin' : this.#stage
    return this.#failure(error, definite, stage, this.#text)
  }

  #failure(error: unknown, definite: boolean, stage: Stage, text: string): DatabaseError {
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

  #giveUp(): void {
    this.#lose(new DeadlinePassed('no answer from the server'))
    this.destroy()
  }

  #lose(error: unknown): void {
    this.#lost ??= error
    this.#deadline.close()
    this.#exchange.abort()
  }

  // Nothing was sent, so that nothing is in doubt, not even a COMMIT.
  #gone(stage: Stage): DatabaseError {
    const known = classify(this.#lost, { stage: 'body', definite: false, read: true, readOnly: false, secrets: [this.#target.password] })
    const { outcome, code, sqlstate, sessionLost, fatal, cause } = known
    return new DatabaseError(known.message, { outcome, code, sqlstate, stage, sessionLost, fatal, cause })
  }
}

const beginTexts = new Map<Isolation | null, { readonly [readOnly: string]: string }>()

function beginText(isolation: Isolation | null, readOnly: boolean): string {
  let texts = beginTexts.get(isolation)
  if (texts === undefined) {
    const text = isolation === null ? 'BEGIN' : `BEGIN ISOLATION LEVEL ${isolation.toUpperCase()}`
    texts = { true: `${text} READ ONLY`, false: text }
    beginTexts.set(isolation, texts)
  }
  return (readOnly ? texts.true : texts.false) ?? ''
}

function noTransaction(): DatabaseError {
  return refusal('NO_TRANSACTION', 'there is no transaction to commit', 'other', 'commit')
}

function refusal(code: string, message: string, outcome: DatabaseError['outcome'], stage: Stage): DatabaseError {
  return new DatabaseError(message, { outcome, code, sqlstate: null, stage, sessionLost: false, fatal: false })
}
