import type { Isolation } from '../../scenario/model.js'
import type { Statement, StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import type { Session, SessionOptions, Stage, Target, TransactionOptions } from '../contract.js'
import { withDeadline } from '../deadline.js'
import { badParameter, Calls } from './calls.js'
import { ControlStatements } from './controls.js'
import type { LoggedIn, ServerFacts } from './link.js'
import { PreparedStatements } from './prepared.js'
import { sendParsed, sendText } from './statements.js'
import { refusal, TransactionState } from './transaction.js'
import { encodeValues, type WireValue } from './values.js'

const goodbyeMs = 1_000

/** A session on one connection. `connect` in connect.ts makes it. */
export class MysqlSession implements Session {
  readonly facts: ServerFacts
  readonly #target: Target
  readonly #options: SessionOptions
  readonly #link: LoggedIn
  readonly #transaction = new TransactionState()
  readonly #calls: Calls
  readonly #prepared: PreparedStatements
  readonly #controls: ControlStatements

  constructor(link: LoggedIn, target: Target, options: SessionOptions, facts: ServerFacts) {
    this.facts = facts
    this.#target = target
    this.#options = options
    this.#link = link
    this.#calls = new Calls(link, target, facts, options.statementTimeoutMs, this.#transaction)
    this.#prepared = new PreparedStatements(this.#calls, link.agreed.queryAttributes)
    this.#controls = new ControlStatements(this.#calls, link.agreed.queryAttributes)
  }

  /** For another session like this one. The target has the password in it, and is shown to nobody. */
  another<T>(open: (target: Target, options: SessionOptions) => T): T {
    return open(this.#target, this.#options)
  }

  get id(): number {
    return this.#link.connection.threadId
  }

  get alive(): boolean {
    return this.#calls.alive
  }

  get inTransaction(): boolean {
    return this.alive && this.#transaction.open
  }

  begin(options: TransactionOptions): Promise<void> {
    if (this.inTransaction) return refuse('TRANSACTION_OPEN', 'a transaction is open already: it would be committed', 'begin')
    const start = options.readOnly ? 'START TRANSACTION READ ONLY' : 'START TRANSACTION'
    if (!this.#transaction.asks(options)) return this.#controls.run('begin', start, false)
    return this.#controls.runWithLevel(setLevel(options.isolation ?? this.facts.defaultIsolation), start)
  }

  execute(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const refused = this.#transaction.refuses()
    if (refused !== null) return Promise.reject(refused)
    if (this.#options.protocol === 'prepared') return this.#prepared.execute(this.#stage(), statement, parameters)
    return this.#parsed(statement.text, statement.name, parameters, statement.readsRows)
  }

  async executeAndCommit(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const result = await this.execute(statement, parameters)
    await this.commit()
    return result
  }

  commit(): Promise<void> {
    const { ended, open } = this.#transaction
    if (ended !== null) {
      return Promise.reject(refusal('COMMIT_ROLLED_BACK', `nothing to commit: ${ended.message}`, ended.outcome, 'commit'))
    }
    if (this.alive && !open) return refuse('NO_TRANSACTION', 'there is no transaction to commit', 'commit')
    return this.#controls.run('commit', 'COMMIT', false)
  }

  async rollback(): Promise<void> {
    const { ended, open } = this.#transaction
    this.#transaction.ended = null
    if (this.alive && !open && ended === null) return
    await this.#controls.run('rollback', 'ROLLBACK', false)
  }

  savepoint(name: string): Promise<void> {
    return this.#mark(`SAVEPOINT ${quoteName(name)}`)
  }

  rollbackToSavepoint(name: string): Promise<void> {
    return this.#mark(`ROLLBACK TO SAVEPOINT ${quoteName(name)}`)
  }

  releaseSavepoint(name: string): Promise<void> {
    return this.#mark(`RELEASE SAVEPOINT ${quoteName(name)}`)
  }

  async query(text: string, parameters?: readonly Value[]): Promise<StatementResult> {
    const refused = this.#transaction.refuses()
    if (refused !== null) throw refused
    if (parameters !== undefined) return this.#parsed(text, null, parameters, true)
    return this.#calls.driver(this.#stage(), text, null, () => sendText(this.#link.connection, text))
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
    this.#calls.drop(new Error('Connection terminated by us'))
  }

  #stage(): Stage {
    return this.#transaction.open ? 'body' : 'autocommit'
  }

  #mark(text: string): Promise<void> {
    const refused = this.#transaction.refuses()
    return refused === null ? this.#controls.run(this.#stage(), text, true) : Promise.reject(refused)
  }

  async #parsed(text: string, workload: string | null, parameters: readonly Value[], readsRows: boolean): Promise<StatementResult> {
    const stage = this.#stage()
    const values = encode(parameters, stage)
    return this.#calls.driver(stage, text, workload, () => sendParsed(this.#link.connection, text, values, readsRows))
  }
}

function setLevel(level: Isolation): string {
  return `SET SESSION TRANSACTION ISOLATION LEVEL ${level.toUpperCase()}`
}

function encode(parameters: readonly Value[], stage: Stage): WireValue[] {
  try {
    return encodeValues(parameters)
  } catch (error) {
    throw badParameter(error, stage)
  }
}

function refuse(code: string, message: string, stage: Stage): Promise<never> {
  return Promise.reject(refusal(code, message, 'other', stage))
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
