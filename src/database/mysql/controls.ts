import type { Stage } from '../contract.js'
import type { Calls } from './calls.js'
import { Columns } from './wire/columns.js'
import { queryRequest } from './wire/request.js'

/** Savepoints can have any name: beyond this many texts none is kept. */
const mostKept = 256

/** The statements of our own that begin, mark and end transactions: neither parameters nor rows, and the same bytes each time. */
export class ControlStatements {
  readonly #calls: Calls
  readonly #queryAttributes: boolean
  readonly #requests = new Map<string, Buffer>()
  readonly #noColumns = new Columns()

  constructor(calls: Calls, queryAttributes: boolean) {
    this.#calls = calls
    this.#queryAttributes = queryAttributes
  }

  /** @param cancellable never a COMMIT: whether it was done would then be in doubt */
  run(stage: Stage, text: string, cancellable: boolean): Promise<void> {
    return this.#run(stage, text, this.#request(text), 1, cancellable)
  }

  /** Sets the level and begins, in one write: the server answers the one and the other. */
  runWithLevel(setLevel: string, begin: string): Promise<void> {
    const both = `${setLevel}; ${begin}`
    const request = this.#requests.get(both) ?? this.#keep(both, Buffer.concat([this.#request(setLevel), this.#request(begin)]))
    return this.#run('begin', begin, request, 2, false)
  }

  #run(stage: Stage, text: string, request: Buffer, replies: 1 | 2, cancellable: boolean): Promise<void> {
    const refused = this.#calls.begin(stage, text, null)
    if (refused !== null) return Promise.reject(refused)
    this.#calls.reply.expectResult(this.#noColumns, false)
    this.#calls.send(request, replies)
    return this.#calls.completion(cancellable)
  }

  #request(text: string): Buffer {
    return this.#requests.get(text) ?? this.#keep(text, queryRequest(text, this.#queryAttributes))
  }

  #keep(text: string, request: Buffer): Buffer {
    if (this.#requests.size < mostKept) this.#requests.set(text, request)
    return request
  }
}
