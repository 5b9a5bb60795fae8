import { describe, expect, test } from 'vitest'
import { PostgresBook } from '#oltp/server/stub/postgres-book.js'
import { postgresResponders } from '#oltp/server/stub/postgres-responder.js'
import { PostgresTap } from '#oltp/server/stub/postgres-tap.js'
import { errorMessage, message, messagesIn, readyMessage } from '#oltp/server/stub/postgres-wire.js'
import type { PostgresRecording } from '#oltp/server/stub/recording.js'

const send = (letter: string, ...parts: (Buffer | string)[]) => message(letter.charCodeAt(0), ...parts)
const startup = Buffer.concat([Buffer.of(0, 0, 0, 9, 0, 3, 0, 0), Buffer.of(0)])
const sslRequest = Buffer.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f)
const sync = send('S')
const none = Buffer.alloc(2)
const parse = (text: string, name = '') => send('P', name, text, none)
const bind = (name = '') => send('B', '', name, none, none, none)
const describeStatement = (name = '') => send('D', Buffer.from('S'), name)
const execute = send('E', '', Buffer.alloc(4))
const query = (text: string) => send('Q', text)

const update = 'UPDATE t SET v = v + $1 WHERE id = $2'
const select = 'SELECT v FROM t WHERE id IN ($1, $2) AND kind = $3'
const row = send('D', Buffer.of(0, 1, 0, 0, 0, 1, 0x37))
const rowDescription = send('T', Buffer.of(0, 1), 'v', Buffer.alloc(18))
const types = send('t', Buffer.of(0, 3, 0, 0, 0, 23, 0, 0, 0, 23, 0, 0, 0, 25))

/** What a session says and hears, as a server would have it. */
const session: readonly (readonly [said: Buffer, heard: Buffer])[] = [
  [query('BEGIN'), Buffer.concat([send('C', 'BEGIN'), readyMessage('T')])],
  [
    Buffer.concat([parse(update, 'a'), describeStatement('a'), bind('a'), execute, sync]),
    Buffer.concat([send('1'), send('t', Buffer.of(0, 0)), send('n'), send('2'), send('C', 'UPDATE 1'), readyMessage('T')]),
  ],
  [
    Buffer.concat([parse(select, 'b'), describeStatement('b'), bind('b'), execute, sync]),
    Buffer.concat([send('1'), types, rowDescription, send('2'), row, send('C', 'SELECT 1'), readyMessage('T')]),
  ],
  [Buffer.concat([bind('a'), execute, sync]), Buffer.concat([send('2'), errorMessage('40P01', 'deadlock detected'), readyMessage('E')])],
  [query('ROLLBACK'), Buffer.concat([send('C', 'ROLLBACK'), readyMessage('I')])],
]

function recorded(cut: (stream: Buffer) => Buffer[] = stream => [stream]): PostgresRecording {
  const book = new PostgresBook()
  const tap = new PostgresTap(book)
  const passed = { client: [] as Buffer[], server: [] as Buffer[] }
  const welcome = Buffer.concat([send('R', Buffer.alloc(4)), send('S', 'server_version', '18'), readyMessage('I')])
  const both = [[startup, welcome] as const, ...session]
  const toServer = (bytes: Buffer) => passed.client.push(Buffer.from(bytes))
  const toClient = (bytes: Buffer) => passed.server.push(Buffer.from(bytes))
  for (const [said, heard] of both) {
    for (const chunk of cut(said)) tap.client(chunk, toServer, () => {})
    for (const chunk of cut(heard)) tap.server(chunk, toClient)
  }
  expect(Buffer.concat(passed.client)).toEqual(Buffer.concat(both.map(([said]) => said)))
  expect(Buffer.concat(passed.server)).toEqual(Buffer.concat(both.map(([, heard]) => heard)))
  return book.recording
}

const bytewise = (stream: Buffer) => [...stream].map(byte => Buffer.of(byte))

/** A session with the stub, past its log-in. */
function open(recording = recorded()) {
  const responder = postgresResponders(recording)(7)
  const ask = (...said: Buffer[]) => [...messagesIn(Buffer.concat(said.flatMap(chunk => responder.receive(chunk))))]
  const greeting = ask(startup)
  return { responder, greeting, ask, words: (...said: Buffer[]) => ask(...said).map(wordOf) }
}

/** `Z T`, `C UPDATE 1`: the letter of a message and the text in it. */
function wordOf(bytes: Buffer): string {
  const letter = String.fromCharCode(bytes[0] ?? 0)
  if (letter === 'Z') return `Z ${bytes.toString('latin1', 5)}`
  if (letter === 'C') return `C ${bytes.toString('latin1', 5, bytes.length - 1)}`
  if (letter !== 'E') return letter
  const fields = bytes.toString('utf8', 5).split('\0')
  return `E ${fields.find(field => field.startsWith('C'))?.slice(1)} ${fields.find(field => field.startsWith('M'))?.slice(1)}`
}

describe('a recording', () => {
  test('keeps what was answered to each text, whatever was under way beside it', () => {
    const { statements } = recorded()
    const replies = Object.fromEntries(statements.map(one => [one.text, one]))
    expect(replies[update]?.execute).toEqual(send('C', 'UPDATE 1'))
    expect(replies[update]?.description).toEqual(Buffer.concat([send('t', Buffer.of(0, 0)), send('n')]))
    expect(replies[select]?.execute).toEqual(Buffer.concat([row, send('C', 'SELECT 1')]))
    expect(replies.BEGIN?.query).toEqual(send('C', 'BEGIN'))
    expect(statements).toHaveLength(4)
  })

  test('comes to the same when the bytes come one by one', () => {
    expect(recorded(bytewise)).toEqual(recorded())
  })

  test('passes over what the server passed over after an error', () => {
    const book = new PostgresBook()
    const tap = new PostgresTap(book)
    const ignore = () => {}
    tap.client(startup, ignore, ignore)
    tap.server(readyMessage('I'), ignore)
    tap.client(Buffer.concat([parse('SELECT oops'), bind(), execute, sync]), ignore, ignore)
    tap.server(Buffer.concat([errorMessage('42703', 'no such column'), readyMessage('I')]), ignore)
    tap.client(query('SELECT 1'), ignore, ignore)
    tap.server(Buffer.concat([row, send('C', 'SELECT 1'), readyMessage('I')]), ignore)
    expect(book.recording.statements.map(({ text }) => text)).toEqual(['SELECT 1'])
  })

  test('answers a wish for TLS itself: what follows must stay readable', () => {
    const tap = new PostgresTap(new PostgresBook())
    const answers: string[] = []
    const forwarded: Buffer[] = []
    tap.client(
      Buffer.concat([sslRequest, startup]),
      bytes => forwarded.push(bytes),
      bytes => answers.push(String(bytes)),
    )
    expect(answers).toEqual(['N'])
    expect(Buffer.concat(forwarded)).toEqual(startup)
  })
})

describe('the stub', () => {
  test('lets anybody in, with the parameters of the real server', () => {
    const { greeting } = open()
    expect(greeting.map(wordOf)).toEqual(['R', 'S', 'K', 'Z I'])
    expect(greeting[1]).toEqual(send('S', 'server_version', '18'))
  })

  test('answers as recorded, and says after each Sync whether a transaction is open', () => {
    const { words } = open()
    expect(words(query('BEGIN'))).toEqual(['C BEGIN', 'Z T'])
    expect(words(parse(update), bind(), execute, sync)).toEqual(['1', '2', 'C UPDATE 1', 'Z T'])
    expect(words(query('ROLLBACK'))).toEqual(['C ROLLBACK', 'Z I'])
    expect(words(query('START TRANSACTION READ ONLY'))).toEqual(['C START TRANSACTION', 'Z T'])
    expect(words(query('COMMIT'))).toEqual(['C COMMIT', 'Z I'])
  })

  test('answers BEGIN and statements under one Sync in one write', () => {
    const { responder } = open()
    const statements = [parse(update), bind(), execute, parse(select, 's'), describeStatement('s'), bind('s'), execute]
    const replies = responder.receive(Buffer.concat([parse('BEGIN'), bind(), execute, ...statements, sync]))
    expect(replies).toHaveLength(1)
    const words = [...messagesIn(replies[0] ?? Buffer.alloc(0))].map(wordOf)
    expect(words.join(' ')).toBe('1 2 C BEGIN 1 2 C UPDATE 1 1 t T 2 D C SELECT 1 Z T')
  })

  test('sends the very same buffer for the very same exchange, also when the bytes come one by one', () => {
    const { responder } = open()
    responder.receive(parse(update, 'a'))
    responder.receive(sync)
    const batch = Buffer.concat([bind('a'), execute, sync])
    const [first] = responder.receive(batch)
    expect(responder.receive(batch)[0]).toBe(first)
    expect(bytewise(batch).flatMap(chunk => [...responder.receive(chunk)])).toEqual([first])
  })

  test('answers for lists of another length, each new item with the type of its list', () => {
    const { ask } = open()
    const longer = 'SELECT v FROM t WHERE id IN ($1, $2, $3, $4) AND kind = $5'
    const [, description] = ask(parse(longer), describeStatement(), bind(), execute, sync)
    expect(description?.readUInt16BE(5)).toBe(5)
    expect(Array.from({ length: 5 }, (_, at) => description?.readUInt32BE(7 + 4 * at))).toEqual([23, 23, 23, 23, 25])
  })

  test('refuses a text that it never saw, by its name, and what follows until Sync', () => {
    const { words } = open()
    words(query('BEGIN'))
    const [first, ...rest] = words(parse('SELECT secret FROM elsewhere'), bind(), execute, sync)
    expect(first).toMatch(/^E 42000 the stub has no reply.*SELECT secret FROM elsewhere/)
    expect(rest).toEqual(['Z E'])
    expect(words(bind(), execute, sync)[0]).toMatch(/^E 26000/)
    expect(words(parse(update), bind(), execute, sync).slice(0, 3)).toEqual(['1', '2', expect.stringMatching(/^E 25P02/)])
    expect(words(query('COMMIT'))).toEqual(['C ROLLBACK', 'Z I'])
  })

  test('refuses to execute what was only ever described', () => {
    const { words } = open({ ...recorded(), statements: recorded().statements.map(one => ({ ...one, execute: null })) })
    expect(words(parse(update), bind(), execute, sync).join()).toMatch(/the stub has no reply.*UPDATE t/)
  })

  test('gives an error back where there was never anything else, and with it the transaction', () => {
    const only = recorded().statements.map(one => (one.text === update ? { ...one, execute: errorMessage('23505', 'twice') } : one))
    const { words } = open({ ...recorded(), statements: only })
    words(query('BEGIN'))
    expect(words(parse(update), bind(), execute, sync)).toEqual(['1', '2', 'E 23505 twice', 'Z E'])
    expect(words(query('ROLLBACK TO SAVEPOINT a'))).toEqual(['C ROLLBACK', 'Z T'])
  })

  test('takes any SET, a goodbye, and no TLS', () => {
    const { words, responder } = open()
    expect(words(query("SET application_name = 'x'"))).toEqual(['C SET', 'Z I'])
    responder.receive(send('X'))
    expect(responder.left).toBe(true)
    expect(postgresResponders(recorded())(1).receive(sslRequest).map(String)).toEqual(['N'])
  })
})
