import type { Duplex } from 'node:stream'
import type { Interposition } from '../../interpose.js'
import { Columns } from './columns.js'
import { PacketSplitter } from './packets.js'
import { ReplyReader, type ServerError } from './reply.js'
import { answerSequence, scratch } from './request.js'

/** What client and server agreed on while logging in, as far as it changes the bytes of a statement. */
export interface Agreed {
  readonly queryAttributes: boolean
  /** False: there is no EOF packet after definitions, and an OK packet after rows. */
  readonly endsWithEof: boolean
}

/** Who sends, and is told when the answer is there. */
export interface WireUser {
  /** The answer is complete. `error` is the first one where several replies were asked for, `failed` the number of that reply, from 0. */
  answered(error: ServerError | null, failed: number): void
  /** Nothing can be understood any more. */
  broken(error: Error): void
}

/** Past the driver: one request at a time goes to the socket as it is, and the bytes of its answer do not reach the driver. */
export class Wire {
  readonly agreed: Agreed
  /** Is told what to expect before `send`, and tells what came afterwards. */
  readonly reply: ReplyReader
  readonly #stream: Duplex
  readonly #interposition: Interposition
  readonly #user: WireUser
  readonly #splitter = new PacketSplitter((bytes, start, end) => this.#packet(bytes, start, end))
  readonly #read = (bytes: Buffer, length: number) => this.#arrived(bytes, length)
  #left = 0
  #replies = 0
  #error: ServerError | null = null
  #failed = 0

  constructor(stream: Duplex, interposition: Interposition, agreed: Agreed, user: WireUser) {
    this.agreed = agreed
    this.reply = new ReplyReader(agreed.endsWithEof)
    this.#stream = stream
    this.#interposition = interposition
    this.#user = user
  }

  /** @param replies how many there will be: requests can travel together, and the server answers each, whatever became of the last */
  send(request: Buffer, replies = 1): void {
    this.#left = replies
    this.#replies = replies
    this.#error = null
    this.#splitter.expect(answerSequence(request))
    this.#interposition.reader = this.#read
    this.#stream.write(request)
    if (this.#stream.writableLength > 0) scratch.renew()
  }

  /** Forgets the request under way: its connection is gone. */
  drop(): void {
    this.#interposition.reader = null
  }

  #arrived(bytes: Buffer, length: number): void {
    let used: number
    try {
      used = this.#splitter.push(bytes, length)
    } catch (error) {
      this.drop()
      this.#user.broken(error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (this.#left > 0) return
    this.drop()
    this.#user.answered(this.#error, this.#failed)
    // Said without being asked, as when the server ends the session: the driver knows what that means.
    if (used < length) this.#interposition.pass(bytes, used, length)
  }

  #packet(bytes: Buffer, start: number, end: number): boolean {
    if (!this.reply.packet(bytes, start, end)) return false
    if (this.reply.error !== null && this.#error === null) {
      this.#error = this.reply.error
      this.#failed = this.#replies - this.#left
    }
    this.#left -= 1
    if (this.#left === 0) return true
    this.reply.expectResult(new Columns(), false)
    this.#splitter.expect(1)
    return false
  }
}
