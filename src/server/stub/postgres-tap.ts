import { Framer } from './framer.js'
import type { PostgresBook } from './postgres-book.js'
import { cancelRequest, firstMessageSize, gssRequest, letter, messageSize, sslRequest, textEnd } from './postgres-wire.js'
import type { Tap } from './relay.js'

/** A request that is under way, and what of the answer has come. */
interface Expected {
  readonly kind: 'parse' | 'bind' | 'describe statement' | 'describe portal' | 'execute' | 'close' | 'sync' | 'query'
  readonly text: string
  readonly answer: Buffer[]
}

/** Listens to one session of PostgreSQL and tells the book which answer belongs to which request. */
export class PostgresTap implements Tap {
  readonly #book: PostgresBook
  readonly #statements = new Map<string, string>()
  readonly #portals = new Map<string, string>()
  readonly #expected: Expected[] = []
  readonly #fromClient = new Framer((buffer, start) => (this.#started ? messageSize : firstMessageSize)(buffer, start))
  readonly #fromServer = new Framer(messageSize)
  #started = false
  #loggedIn = false
  /** An error: the server passes over everything until Sync. */
  #skipping = false

  constructor(book: PostgresBook) {
    this.#book = book
  }

  client(chunk: Buffer, forward: (bytes: Buffer) => void, answer: (bytes: Buffer) => void): void {
    this.#fromClient.feed(chunk, (buffer, start, end) => {
      if (!this.#started) {
        const asked = buffer.readUInt32BE(start + 4)
        // What follows must stay readable.
        if (asked === sslRequest || asked === gssRequest) return answer(Buffer.from('N'))
        this.#started = asked !== cancelRequest
      } else if (this.#loggedIn) this.#request(buffer, start)
      forward(buffer.subarray(start, end))
    })
  }

  server(chunk: Buffer, forward: (bytes: Buffer) => void): void {
    this.#fromServer.feed(chunk, (buffer, start, end) => {
      const bytes = buffer.subarray(start, end)
      const type = bytes[0]
      if (!this.#loggedIn) {
        if (type === letter.parameterStatus) this.#book.parameter(bytes)
        if (type === letter.ready) this.#loggedIn = true
      } else if (type !== letter.parameterStatus && type !== letter.notice && type !== letter.notification) this.#answer(bytes)
      forward(bytes)
    })
  }

  #request(buffer: Buffer, start: number): void {
    const body = start + 5
    switch (buffer[start]) {
      case letter.parse: {
        const [name, after] = readText(buffer, body)
        this.#statements.set(name, readText(buffer, after)[0])
        this.#expect('parse', '')
        break
      }
      case letter.bind: {
        const [portal, after] = readText(buffer, body)
        this.#portals.set(portal, this.#statements.get(readText(buffer, after)[0]) ?? '')
        this.#expect('bind', '')
        break
      }
      case letter.describe: {
        const [name] = readText(buffer, body + 1)
        if (buffer[body] === statementKind) this.#expect('describe statement', this.#statements.get(name) ?? '')
        else this.#expect('describe portal', this.#portals.get(name) ?? '')
        break
      }
      case letter.execute:
        this.#expect('execute', this.#portals.get(readText(buffer, body)[0]) ?? '')
        break
      case letter.close:
        this.#expect('close', '')
        break
      case letter.sync:
        this.#expect('sync', '')
        break
      case letter.query:
        this.#expect('query', readText(buffer, body)[0])
        break
    }
  }

  #expect(kind: Expected['kind'], text: string): void {
    this.#expected.push({ kind, text, answer: [] })
  }

  #answer(bytes: Buffer): void {
    const head = this.#expected[0]
    const type = bytes[0]
    if (head === undefined) return
    if (type !== letter.ready) head.answer.push(Buffer.from(bytes))
    if (type === letter.ready) this.#settle()
    else if (head.kind === 'query' || head.kind === 'sync') return
    else if (type === letter.error) {
      this.#skipping = true
      this.#finish()
    } else if (!this.#skipping && endings[head.kind].includes(type ?? 0)) this.#finish()
  }

  /** The server is ready again: a Query or a Sync is answered, and whatever it passed over before. */
  #settle(): void {
    if (this.#skipping) while (this.#expected[0] !== undefined && this.#expected[0].kind !== 'sync') this.#expected.shift()
    this.#skipping = false
    this.#finish()
  }

  #finish(): void {
    const done = this.#expected.shift()
    if (done === undefined || done.text === '') return
    const { kind, text, answer } = done
    if (kind === 'query') this.#book.answered('query', text, answer)
    else if (kind === 'execute') this.#book.answered('execute', text, answer)
    else if (kind === 'describe statement') this.#book.answered('description', text, answer)
    else if (kind === 'describe portal') this.#book.answered('portal', text, answer)
  }
}

const statementKind = 'S'.charCodeAt(0)

/** With what the answer to a request ends, unless with an error. */
const endings: { readonly [kind in Exclude<Expected['kind'], 'query' | 'sync'>]: readonly number[] } = {
  parse: [letter.parseComplete],
  bind: [letter.bindComplete],
  close: [letter.closeComplete],
  'describe statement': [letter.rowDescription, letter.noData],
  'describe portal': [letter.rowDescription, letter.noData],
  execute: [letter.commandComplete, letter.emptyQuery, letter.portalSuspended],
}

/** The text at an offset, and where the next one begins. */
function readText(buffer: Buffer, start: number): [text: string, after: number] {
  const end = textEnd(buffer, start)
  return [buffer.toString('utf8', start, end), end + 1]
}
