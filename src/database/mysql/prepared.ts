import type { Statement, StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import type { Stage } from '../contract.js'
import { badParameter, type Calls } from './calls.js'
import { Columns } from './wire/columns.js'
import { closeRequest, executeRequest, prepareRequest } from './wire/request.js'

/** A statement that the server has prepared for a session. */
interface Prepared {
  /** The server's number for it. */
  readonly id: number
  readonly parameterCount: number
  readonly columns: Columns
  /** The greater, the later it was used. */
  used: number
}

/** `max_prepared_stmt_count` is for the whole server, 16,382 by default. */
const mostPrepared = 256

/** The workload's statements on one session, each prepared when it is first seen and then executed by its number. */
export class PreparedStatements {
  readonly #calls: Calls
  readonly #queryAttributes: boolean
  readonly #byText = new Map<string, Prepared>()
  #uses = 0

  constructor(calls: Calls, queryAttributes: boolean) {
    this.#calls = calls
    this.#queryAttributes = queryAttributes
  }

  execute(stage: Stage, { text, name, readsRows }: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const refused = this.#calls.begin(stage, text, name)
    if (refused !== null) return Promise.reject(refused)
    const prepared = this.#byText.get(text)
    if (prepared === undefined) {
      this.#prepare(text, readsRows, [...parameters])
    } else {
      try {
        this.#send(prepared, readsRows, parameters)
      } catch (error) {
        this.#calls.cancel()
        return Promise.reject(badParameter(error, stage))
      }
    }
    return this.#calls.result(true)
  }

  #prepare(text: string, readsRows: boolean, parameters: readonly Value[]): void {
    const { reply } = this.#calls
    const close = this.#makeRoom()
    const prepare = prepareRequest(text)
    reply.expectPrepared()
    this.#calls.send(close === null ? prepare : Buffer.concat([close, prepare]), 1, () => {
      const prepared = { id: reply.statement, parameterCount: reply.parameterCount, columns: new Columns(), used: 0 }
      this.#byText.set(text, prepared)
      this.#send(prepared, readsRows, parameters)
    })
  }

  /** @throws TypeError for what cannot be a parameter; nothing is sent then */
  #send(prepared: Prepared, readsRows: boolean, parameters: readonly Value[]): void {
    const { id, parameterCount, columns } = prepared
    if (parameters.length !== parameterCount)
      throw new TypeError(`the statement has ${parameterCount} parameters, not ${parameters.length}`)
    prepared.used = ++this.#uses
    const request = executeRequest(id, parameters, this.#queryAttributes)
    this.#calls.reply.expectResult(columns, readsRows)
    this.#calls.send(request)
  }

  /** Forgets the statement that has not been used for longest, if there are too many for one more. Returns the request that closes it. */
  #makeRoom(): Buffer | null {
    if (this.#byText.size < mostPrepared) return null
    let oldest: [string, Prepared] | null = null
    for (const entry of this.#byText) if (oldest === null || entry[1].used < oldest[1].used) oldest = entry
    if (oldest === null) return null
    this.#byText.delete(oldest[0])
    return closeRequest(oldest[1].id)
  }
}
