import { Framer } from './framer.js'
import { AnswerReader } from './mysql-answer.js'
import type { MysqlBook } from './mysql-book.js'
import { capability, command, greetingPlaces, marker, offeredIn, packetSize, queryText, status } from './mysql-wire.js'
import type { Tap } from './relay.js'

interface Expected {
  readonly kind: 'prepare' | 'execute' | 'query' | 'other'
  /** Empty where it is not kept. */
  readonly text: string
  readonly reader: AnswerReader
}

const payload = 4

/** Listens to one session of MySQL or MariaDB and tells the book which answer belongs to which command. */
export class MysqlTap implements Tap {
  readonly #book: MysqlBook
  readonly #statements = new Map<number, string>()
  readonly #expected: Expected[] = []
  readonly #fromClient = new Framer(packetSize)
  readonly #fromServer = new Framer(packetSize)
  #phase: 'greeting' | 'login' | 'commands' | 'unknown' = 'greeting'
  #offered = 0
  #capabilities: number | null = null
  #inTransaction = false

  constructor(book: MysqlBook) {
    this.#book = book
  }

  client(chunk: Buffer, forward: (bytes: Buffer) => void): void {
    this.#fromClient.feed(chunk, (buffer, start, end) => {
      if (this.#phase === 'commands') this.#command(buffer, start, end)
      else if (this.#phase === 'login') this.#capabilities ??= buffer.readUInt32LE(start + payload) & this.#offered
      forward(buffer.subarray(start, end))
    })
  }

  server(chunk: Buffer, forward: (bytes: Buffer) => void): void {
    this.#fromServer.feed(chunk, (buffer, start, end) => {
      const bytes = buffer.subarray(start, end)
      if (this.#phase === 'greeting') return forward(this.#greet(bytes))
      if (this.#phase === 'commands') this.#answer(bytes)
      else if (this.#phase === 'login' && bytes[payload] === marker.ok) {
        this.#phase = 'commands'
        this.#book.agreed(this.#capabilities ?? 0)
      }
      forward(bytes)
    })
  }

  /** What would make the rest unreadable, or a conversation, is not offered to the client. */
  #greet(bytes: Buffer): Buffer {
    // A server that is full says so in place of a greeting.
    if (bytes[payload] === marker.error) return bytes
    const greeting = Buffer.from(bytes)
    const { lower, upper } = greetingPlaces(greeting)
    this.#offered = offeredIn(greeting) & ~withheld
    greeting.writeUInt16LE(this.#offered & 0xffff, lower)
    greeting.writeUInt16LE(this.#offered >>> 16, upper)
    this.#book.greeted(greeting)
    this.#phase = 'login'
    return greeting
  }

  #command(buffer: Buffer, start: number, end: number): void {
    const body = start + payload + 1
    switch (buffer[start + payload]) {
      case command.query:
        this.#expect('query', queryText(buffer, start, end, this.#capabilities ?? 0) ?? '')
        break
      case command.prepare:
        this.#expect('prepare', buffer.toString('utf8', body, end))
        break
      case command.execute:
        this.#expect('execute', this.#statements.get(buffer.readUInt32LE(body)) ?? '')
        break
      case command.closeStatement:
      case command.sendLongData:
      case command.quit:
        break
      case command.initDatabase:
      case command.ping:
      case command.resetStatement:
      case command.resetConnection:
        this.#expect('other', '')
        break
      default:
        // Its answer is laid out otherwise: from here on nobody listens.
        this.#phase = 'unknown'
    }
  }

  #expect(kind: Expected['kind'], text: string): void {
    const deprecateEof = ((this.#capabilities ?? 0) & capability.deprecateEof) !== 0
    this.#expected.push({ kind, text, reader: new AnswerReader(kind, deprecateEof) })
  }

  #answer(bytes: Buffer): void {
    const head = this.#expected[0]
    if (head === undefined) return
    const { kind, text, reader } = head
    if (!reader.read(Buffer.from(bytes))) return
    this.#expected.shift()
    const before = this.#inTransaction
    if (reader.status !== null) this.#inTransaction = (reader.status & status.inTransaction) !== 0
    if (kind === 'prepare' && !reader.failed) this.#statements.set(reader.bytes.readUInt32LE(payload + 1), text)
    if (text !== '' && kind !== 'other' && !reader.conversation) this.#book.answered(kind, text, before, reader)
  }
}

const withheld = capability.ssl | capability.compress | capability.zstd | capability.localFiles | capability.optionalMetadata
