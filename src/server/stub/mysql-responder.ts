import { Framer } from './framer.js'
import { type Answers, MysqlReplyBook } from './mysql-replies.js'
import {
  capability,
  command,
  errorPacket,
  greetingPlaces,
  marker,
  offeredIn,
  okPacket,
  packetSize,
  queryText,
  status,
} from './mysql-wire.js'
import type { MysqlRecording } from './recording.js'
import type { Responder } from './responder.js'

/** Makes a responder for each session; all sessions share the replies. */
export function mysqlResponders(recording: MysqlRecording): (connection: number) => Responder {
  const book = new MysqlReplyBook(recording)
  return connection => new MysqlResponder(book, recording, connection)
}

const payload = 4
/** What a client must speak just as the one did whose replies were recorded. */
const decisive = capability.deprecateEof | capability.sessionTrack
const fine = { open: okPacket(1, status.autocommit | status.inTransaction), none: okPacket(1, status.autocommit) }

class MysqlResponder implements Responder {
  left = false
  readonly #book: MysqlReplyBook
  readonly #recording: MysqlRecording
  readonly #connection: number
  readonly #framer = new Framer(packetSize)
  readonly #statements = new Map<number, Answers>()
  #lastStatement = 0
  #capabilities: number | null = null
  #inTransaction = false
  #out: Buffer[] = []

  constructor(book: MysqlReplyBook, recording: MysqlRecording, connection: number) {
    this.#book = book
    this.#recording = recording
    this.#connection = connection
  }

  greet(): Buffer {
    const greeting = Buffer.from(this.#recording.greeting)
    greeting.writeUInt32LE(this.#connection, greetingPlaces(greeting).connection)
    return greeting
  }

  receive(chunk: Buffer): readonly Buffer[] {
    this.#out = []
    this.#framer.feed(chunk, this.#take)
    return this.#out
  }

  readonly #take = (buffer: Buffer, start: number, end: number): void => {
    if (this.#capabilities === null) this.#logIn(buffer, start)
    else this.#command(buffer, start, end, this.#capabilities)
  }

  #command(buffer: Buffer, start: number, end: number, capabilities: number): void {
    const body = start + payload + 1
    switch (buffer[start + payload]) {
      case command.execute:
        this.#execute(buffer.readUInt32LE(body))
        break
      case command.query:
        this.#query(queryText(buffer, start, end, capabilities))
        break
      case command.prepare:
        this.#prepare(buffer.toString('utf8', body, end))
        break
      case command.closeStatement:
        this.#statements.delete(buffer.readUInt32LE(body))
        break
      case command.sendLongData:
        break
      case command.quit:
        this.left = true
        break
      case command.resetConnection:
        this.#statements.clear()
        this.#inTransaction = false
        this.#out.push(fine.none)
        break
      case command.ping:
      case command.initDatabase:
      case command.resetStatement:
        this.#out.push(this.#inTransaction ? fine.open : fine.none)
        break
      default:
        this.#fail(1047, '08S01', `the stub does not know command ${buffer[start + payload]}`)
    }
  }

  /** Whoever it is: there is nothing here to protect. */
  #logIn(buffer: Buffer, start: number): void {
    const { greeting, capabilities } = this.#recording
    const agreed = buffer.readUInt32LE(start + payload) & offeredIn(Buffer.from(greeting))
    const sequence = (buffer[start + 3] ?? 0) + 1
    if ((agreed & decisive) === (capabilities & decisive)) {
      this.#capabilities = agreed
      this.#out.push(okPacket(sequence, status.autocommit))
    } else {
      const text = 'the stub was recorded with a client of other capabilities: record it with the driver that is to use it'
      this.#out.push(errorPacket(sequence, 1043, '08S01', text))
      this.left = true
    }
  }

  #prepare(text: string): void {
    const answers = this.#book.find(text)
    if (answers === null || answers.prepare === null) this.#neverSeen(text)
    else if (answers.prepare[payload] === marker.error) this.#out.push(answers.prepare)
    else {
      const own = Buffer.from(answers.prepare)
      own.writeUInt32LE(++this.#lastStatement, payload + 1)
      this.#statements.set(this.#lastStatement, answers)
      this.#out.push(own)
    }
  }

  #execute(statement: number): void {
    const answers = this.#statements.get(statement)
    if (answers !== undefined) this.#answer(answers, answers.execute)
    else this.#fail(1243, 'HY000', `Unknown prepared statement handler (${statement}) given to the stub`)
  }

  #query(text: string | null): void {
    const answers = text === null ? null : this.#book.find(text)
    if (answers !== null) this.#answer(answers, answers.query)
    else if (text !== null) this.#neverSeen(text)
    else this.#fail(1235, '42000', 'the stub does not read query attributes')
  }

  #answer(answers: Answers, pair: Answers['query']): void {
    const answer = pair[this.#inTransaction ? 1 : 0]
    if (answer === null) this.#neverSeen(answers.text)
    else {
      this.#inTransaction = answer.inTransaction
      this.#out.push(answer.bytes)
    }
  }

  #neverSeen(text: string): void {
    this.#fail(
      1105,
      '42000',
      `the stub has no reply to a statement that did not come, or not in this way, while it was recorded: ${text.trim()}`,
    )
  }

  #fail(number: number, sqlstate: string, text: string): void {
    this.#out.push(errorPacket(1, number, sqlstate, text))
  }
}
