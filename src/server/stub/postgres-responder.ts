import { Framer } from './framer.js'
import { type Answer, type Answers, PostgresReplyBook } from './postgres-replies.js'
import {
  cancelRequest,
  errorMessage,
  firstMessageSize,
  gssRequest,
  letter,
  message,
  messageSize,
  readyMessage,
  sslRequest,
  textEnd,
} from './postgres-wire.js'
import type { PostgresRecording } from './recording.js'
import type { Responder } from './responder.js'
import { type Piece, Sequences, type Step } from './sequence.js'

/** Makes a responder for each session; all sessions share the replies. */
export function postgresResponders(recording: PostgresRecording): (connection: number) => Responder {
  const book = new PostgresReplyBook(recording)
  const parameters = Buffer.from(recording.parameters)
  const sequences = new Sequences()
  return connection => new PostgresResponder(book, sequences, parameters, connection)
}

type Status = 'I' | 'T' | 'E'

const piece = (bytes: Buffer): Piece => ({ bytes })
const parseComplete = piece(message(letter.parseComplete))
const bindComplete = piece(message(letter.bindComplete))
const closeComplete = piece(message(letter.closeComplete))
const rolledBack = piece(message(letter.commandComplete, 'ROLLBACK'))
const ready: { readonly [status in Status]: Piece } = {
  I: piece(readyMessage('I')),
  T: piece(readyMessage('T')),
  E: piece(readyMessage('E')),
}
const statementKind = 'S'.charCodeAt(0)

class PostgresResponder implements Responder {
  left = false
  readonly #book: PostgresReplyBook
  readonly #sequences: Sequences
  readonly #parameters: Buffer
  readonly #connection: number
  readonly #framer = new Framer((buffer, start) => (this.#started ? messageSize : firstMessageSize)(buffer, start))
  readonly #statements = new Map<string, Answers>()
  readonly #portals = new Map<string, Answers>()
  #started = false
  #status: Status = 'I'
  /** After an error, until Sync. */
  #skipping = false
  #step: Step
  /** What was said already of a sequence that does not come again. */
  #said: Buffer[] = []
  #out: Buffer[] = []

  constructor(book: PostgresReplyBook, sequences: Sequences, parameters: Buffer, connection: number) {
    this.#book = book
    this.#sequences = sequences
    this.#step = this.#sequences.start
    this.#parameters = parameters
    this.#connection = connection
  }

  greet(): null {
    return null
  }

  receive(chunk: Buffer): readonly Buffer[] {
    this.#out = []
    this.#framer.feed(chunk, this.#take)
    return this.#out
  }

  readonly #take = (buffer: Buffer, start: number, end: number): void => {
    const type = buffer[start]
    if (!this.#started) this.#first(buffer.readUInt32BE(start + 4))
    else if (type === letter.sync) {
      this.#skipping = false
      this.#add(ready[this.#status])
      this.#send()
    } else if (type === letter.terminate) this.left = true
    else if (!this.#skipping) this.#request(type, buffer, start + 5, end)
  }

  #first(asked: number): void {
    if (asked === sslRequest || asked === gssRequest) this.#out.push(Buffer.from('N'))
    else if (asked === cancelRequest) this.left = true
    else {
      this.#started = true
      const key = Buffer.alloc(8)
      key.writeUInt32BE(this.#connection, 0)
      const loggedIn = message('R'.charCodeAt(0), Buffer.alloc(4))
      this.#out.push(Buffer.concat([loggedIn, this.#parameters, message('K'.charCodeAt(0), key), ready.I.bytes]))
    }
  }

  #request(type: number | undefined, buffer: Buffer, body: number, end: number): void {
    switch (type) {
      case letter.bind:
        this.#bind(buffer, body)
        break
      case letter.execute:
        this.#execute(buffer, body)
        break
      case letter.describe:
        this.#describe(buffer, body)
        break
      case letter.parse:
        this.#parse(buffer, body)
        break
      case letter.query:
        this.#query(buffer.toString('utf8', body, end - 1))
        break
      case letter.close:
        this.#named(buffer[body]).delete(textAt(buffer, body + 1))
        this.#add(closeComplete)
        break
      case letter.flush:
        this.#send()
        break
      default:
        this.#fail('0A000', `the stub does not know the message «${String.fromCharCode(type ?? 0)}»`)
    }
  }

  #parse(buffer: Buffer, body: number): void {
    const nameEnd = textEnd(buffer, body)
    const text = textAt(buffer, nameEnd + 1)
    const answers = this.#book.find(text)
    if (answers === null) this.#neverSeen(text)
    else {
      this.#statements.set(nameBetween(buffer, body, nameEnd), answers)
      this.#add(parseComplete)
    }
  }

  #bind(buffer: Buffer, body: number): void {
    const portalEnd = textEnd(buffer, body)
    const name = nameBetween(buffer, portalEnd + 1, textEnd(buffer, portalEnd + 1))
    const answers = this.#statements.get(name)
    if (answers === undefined) this.#fail('26000', `prepared statement "${name}" does not exist`)
    else {
      this.#portals.set(nameBetween(buffer, body, portalEnd), answers)
      this.#add(bindComplete)
    }
  }

  #describe(buffer: Buffer, body: number): void {
    const kind = buffer[body]
    const answers = this.#named(kind).get(textAt(buffer, body + 1))
    this.#answer(answers, kind === statementKind ? answers?.description : answers?.portal)
  }

  #named(kind: number | undefined): Map<string, Answers> {
    return kind === statementKind ? this.#statements : this.#portals
  }

  #execute(buffer: Buffer, body: number): void {
    const answers = this.#portals.get(textAt(buffer, body))
    this.#run(answers, answers?.execute)
  }

  #query(text: string): void {
    const answers = this.#book.find(text)
    if (answers === null) this.#neverSeen(text)
    else this.#run(answers, answers.query)
    this.#skipping = false
    this.#add(ready[this.#status])
    this.#send()
  }

  #run(answers: Answers | undefined, answer: Answer | null | undefined): void {
    const effect = answers?.effect ?? 'none'
    if (this.#status === 'E') this.#recover(effect)
    else if (this.#answer(answers, answer)) {
      if (effect === 'begin') this.#status = 'T'
      else if (effect === 'end') this.#status = 'I'
    }
  }

  #recover(effect: Answers['effect']): void {
    if (effect === 'end' || effect === 'back to savepoint') {
      this.#status = effect === 'end' ? 'I' : 'T'
      this.#add(rolledBack)
    } else this.#fail('25P02', 'current transaction is aborted, commands ignored until end of transaction block')
  }

  /** @returns whether it was a reply that is not an error */
  #answer(answers: Answers | undefined, answer: Answer | null | undefined): boolean {
    if (answers === undefined) this.#fail('34000', 'there is no such portal or statement')
    else if (answer === null || answer === undefined) this.#neverSeen(answers.text)
    else {
      this.#add(answer)
      if (!answer.failed) return true
      this.#failed()
    }
    return false
  }

  #neverSeen(text: string): void {
    this.#fail('42000', `the stub has no reply to a statement that did not come, or not in this way, while it was recorded: ${text.trim()}`)
  }

  #fail(sqlstate: string, text: string): void {
    this.#said.push(this.#step.bytes, errorMessage(sqlstate, text))
    this.#step = this.#sequences.start
    this.#failed()
  }

  #failed(): void {
    this.#skipping = true
    if (this.#status === 'T') this.#status = 'E'
  }

  #add(piece: Piece): void {
    this.#step = this.#sequences.add(this.#step, piece)
  }

  #send(): void {
    const { bytes } = this.#step
    this.#out.push(this.#said.length === 0 ? bytes : Buffer.concat([...this.#said, bytes]))
    this.#said = []
    this.#step = this.#sequences.start
  }
}

function textAt(buffer: Buffer, start: number): string {
  return start < buffer.length && buffer[start] === 0 ? '' : buffer.toString('utf8', start, textEnd(buffer, start))
}

function nameBetween(buffer: Buffer, start: number, end: number): string {
  return start === end ? '' : buffer.toString('latin1', start, end)
}
