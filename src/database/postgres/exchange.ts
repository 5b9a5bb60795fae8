import type { Duplex } from 'node:stream'
import pg from 'pg'
import type { StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import type { DatabaseError } from '../contract.js'
import type { CallDeadline } from '../deadline.js'
import type { SessionStatement } from './statements.js'
import { readAffected } from './wire/command-tag.js'
import type { FrameListener, Frames } from './wire/frames.js'
import { RequestWriter } from './wire/request.js'
import { readRow, readShape } from './wire/rows.js'
import { readServerError } from './wire/server-error.js'

/** What the session makes of the end of an exchange. */
export interface ExchangeOwner {
  /** Every statement was answered. What is returned is a failure all the same, as when COMMIT rolled back. */
  answered(tag: string): DatabaseError | null
  /**
   * @param error what the server said, or null where the connection was lost without a word
   * @param definite the server is ready for the next request
   * @param completed how many of the statements were done before
   */
  failed(error: unknown, definite: boolean, completed: number): DatabaseError
}

/** How long after an error the server may take to say that it is ready again. */
const recoveryMs = 1_000
/** What ReadyForQuery says of the transaction. */
const none = 0x49
const failed = 0x45

/**
 * Statements under one Sync, written at once, and their replies: of a statement that fails the server leaves out all that follow.
 * One object serves a session for all its requests, one at a time: `open`, `add` up to three statements, `send`.
 */
export class Exchange implements FrameListener {
  /** From `send` until the promise is settled. */
  underWay = false
  /** As the server said it with the last reply: a transaction is open, or has failed. */
  inTransaction = false
  /** The server refuses everything until ROLLBACK. */
  inFailedTransaction = false
  readonly #stream: () => Duplex
  readonly #frames: Frames
  readonly #owner: ExchangeOwner
  readonly #deadline: CallDeadline
  readonly #request = new RequestWriter()
  readonly #answer = new Answer()
  readonly #statements: SessionStatement[] = []
  #count = 0
  #completed = 0
  #readsRows = false
  /** Of the last BEGIN, COMMIT or their like. */
  #tag = ''
  #error: unknown = null
  #recovery: NodeJS.Timeout | undefined = undefined
  #fulfil: ((answer: StatementResult) => void) | null = null
  #finish: (() => void) | null = null
  #reject: (error: unknown) => void = () => {}

  constructor(stream: () => Duplex, frames: Frames, deadline: CallDeadline, owner: ExchangeOwner) {
    this.#stream = stream
    this.#frames = frames
    this.#deadline = deadline
    this.#owner = owner
    frames.listen(this)
  }

  open(): void {
    this.#count = 0
    this.#request.reset()
  }

  /** @throws TypeError for what is no value: nothing is sent then */
  add(statement: SessionStatement, parameters: readonly Value[]): void {
    statement.write(this.#request, parameters)
    this.#statements[this.#count++] = statement
  }

  /**
   * The answer of the statement that is no BEGIN or COMMIT. It is one object for all requests.
   *
   * @param limitMs null: no limit
   */
  send(readsRows: boolean, limitMs: number | null): Promise<StatementResult> {
    this.#start(readsRows, limitMs)
    return new Promise(this.#promisesAnswer)
  }

  /** Of BEGIN, COMMIT and their like alone. */
  sendControl(limitMs: number | null): Promise<void> {
    this.#start(false, limitMs)
    return new Promise(this.#promisesEnd)
  }

  /** The connection is lost: no answer will come. */
  abort(): void {
    if (this.underWay) this.#fail(false)
  }

  wants(type: number): boolean {
    return type === 0x44 ? this.#readsRows : type !== 0x64
  }

  message(type: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case 0x32: // BindComplete
        break
      case 0x44: // DataRow
        if (this.#readsRows) this.#row(bytes, start)
        break
      case 0x43: // CommandComplete
        this.#complete(bytes, start, end)
        break
      case 0x5a: // ReadyForQuery
        this.#ready(bytes[start] as number)
        break
      case 0x45: // ErrorResponse
        this.#refused(readServerError(bytes, start, end))
        break
      case 0x31: // ParseComplete
        this.#current().wasParsed()
        break
      case 0x54: // RowDescription
        this.#describe(bytes, start)
        break
      case 0x49: // EmptyQueryResponse
        this.#completed++
        break
      case 0x47: // CopyInResponse
        this.#refuseCopy()
        break
      case 0x4e: // NoticeResponse
      case 0x53: // ParameterStatus
      case 0x41: // NotificationResponse
        this.#frames.passToDriver(bytes, start, end)
        break
      case 0x74: // ParameterDescription
      case 0x6e: // NoData
      case 0x48: // CopyOutResponse
      case 0x64: // CopyData
      case 0x63: // CopyDone
        break
      default:
        throw new Error(`the server sent a message that has no place here: 0x${type.toString(16)}`)
    }
  }

  // Made once: a promise then costs no closures of ours.
  readonly #promisesAnswer = (fulfil: (answer: StatementResult) => void, reject: (error: unknown) => void): void => {
    this.#fulfil = fulfil
    this.#finish = null
    this.#reject = reject
  }
  readonly #promisesEnd = (finish: () => void, reject: (error: unknown) => void): void => {
    this.#fulfil = null
    this.#finish = finish
    this.#reject = reject
  }

  #start(readsRows: boolean, limitMs: number | null): void {
    this.#readsRows = readsRows
    this.#completed = 0
    this.#error = null
    this.#tag = ''
    this.#answer.reset(readsRows)
    this.underWay = true
    this.#frames.ours = true
    if (limitMs !== null) this.#deadline.begin(limitMs)
    this.#request.sync()
    this.#write()
  }

  #write(): void {
    const stream = this.#stream()
    // What cannot be written is lost; the stream will say so.
    if (!stream.writable) return
    stream.write(this.#request.take())
    if (stream.writableLength > 0) this.#request.abandon()
  }

  #current(): SessionStatement {
    const statement = this.#statements[this.#completed]
    if (statement === undefined || this.#completed >= this.#count) throw new Error('the server answers more than it was asked')
    return statement
  }

  #describe(bytes: Buffer, start: number): void {
    const statement = this.#current()
    if (this.#readsRows || statement.isNamed) statement.shape = readShape(bytes, start)
  }

  #row(bytes: Buffer, start: number): void {
    if (this.#error !== null) return
    try {
      this.#answer.rows.push(readRow(this.#current().shape, bytes, start))
    } catch (error) {
      this.#error = error
    }
  }

  #complete(bytes: Buffer, start: number, end: number): void {
    const { isControl, shape } = this.#current()
    this.#completed++
    if (isControl) {
      this.#tag = bytes.toString('latin1', start, end - 1)
    } else {
      this.#answer.affected = readAffected(bytes, end)
      if (this.#readsRows) this.#answer.columns = shape.columns
    }
  }

  #refused(error: Error): void {
    this.#error = error
    this.#recovery ??= setTimeout(() => this.#fail(false), recoveryMs)
  }

  #refuseCopy(): void {
    this.#request.reset()
    this.#request.copyFail('no rows are sent to a COPY in a scenario')
    this.#write()
  }

  #ready(status: number): void {
    this.inTransaction = status !== none
    this.inFailedTransaction = status === failed
    if (this.#error !== null) {
      this.#fail(this.#error instanceof pg.DatabaseError)
      return
    }
    const failure = this.#owner.answered(this.#tag)
    this.#end()
    if (failure !== null) this.#reject(failure)
    else if (this.#fulfil !== null) this.#fulfil(this.#answer)
    else this.#finish?.()
  }

  #fail(definite: boolean): void {
    this.#end()
    this.#reject(this.#owner.failed(this.#error, definite, this.#completed))
  }

  #end(): void {
    this.underWay = false
    this.#frames.ours = false
    this.#deadline.end()
    if (this.#recovery !== undefined) clearTimeout(this.#recovery)
    this.#recovery = undefined
  }
}

const noColumns: readonly string[] = []
const noRows: Value[][] = []

class Answer implements StatementResult {
  affected = 0
  columns = noColumns
  rows = noRows
  readonly insertId = null

  reset(readsRows: boolean): void {
    this.affected = 0
    this.columns = noColumns
    this.rows = readsRows ? [] : noRows
  }
}
