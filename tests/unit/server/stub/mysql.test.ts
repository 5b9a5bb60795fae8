import { describe, expect, test } from 'vitest'
import { MysqlBook } from '#oltp/server/stub/mysql-book.js'
import { mysqlResponders } from '#oltp/server/stub/mysql-responder.js'
import { MysqlTap } from '#oltp/server/stub/mysql-tap.js'
import { capability, command, errorPacket, okPacket, packet, packetSize, status } from '#oltp/server/stub/mysql-wire.js'
import type { MysqlRecording } from '#oltp/server/stub/recording.js'

const open = status.autocommit | status.inTransaction
const closed = status.autocommit
const offered = capability.ssl | capability.compress | capability.deprecateEof | capability.queryAttributes | capability.sessionTrack

const ask = (code: number, body: Buffer | string = '') => packet(0, Buffer.concat([Buffer.of(code), Buffer.from(body)]))
const number = (value: number) => Buffer.of(value & 0xff, value >> 8, 0, 0)
const execute = (statement: number) => ask(command.execute, Buffer.concat([number(statement), Buffer.alloc(5)]))
const eof = (sequence: number, flags: number) => packet(sequence, Buffer.of(0xfe, 0, 0, flags, 0))
const okEof = (sequence: number, flags: number) => packet(sequence, Buffer.of(0xfe, 0, 0, flags, 0, 0, 0))
const changed = (rows: number, flags: number) => packet(1, Buffer.of(0, rows, 0, flags, 0, 0, 0))
const definition = (sequence: number) => packet(sequence, Buffer.from('\x03defcolumn'))
const row = (sequence: number) => packet(sequence, Buffer.of(0, 0, 7))

const update = 'UPDATE t SET v = ? WHERE id = ?'
const select = 'SELECT v FROM t WHERE id IN (?, ?)'

/** A server's greeting; the number of the connection is 1. */
function greeting(): Buffer {
  const flags = Buffer.of(offered & 0xff, (offered >> 8) & 0xff, 45, 2, 0, (offered >> 16) & 0xff, (offered >>> 24) & 0xff)
  return packet(0, Buffer.concat([Buffer.from('\x0a9.7.4\0'), number(1), Buffer.alloc(9), flags, Buffer.alloc(24)]))
}

function logIn(capabilities: number): Buffer {
  const flags = Buffer.alloc(4)
  flags.writeInt32LE(capabilities)
  return packet(1, Buffer.concat([flags, Buffer.alloc(28), Buffer.from('me\0')]))
}

interface Dialogue {
  readonly capabilities: number
  readonly asked: (text: string) => Buffer
  /** Rows that follow a header and a definition, with what stands between and behind them. */
  readonly rows: (flags: number) => Buffer
  readonly prepared: Buffer
}

const older: Dialogue = {
  capabilities: 0,
  asked: text => ask(command.query, text),
  rows: flags => Buffer.concat([packet(1, Buffer.of(1)), definition(2), eof(3, flags), row(4), row(5), eof(6, flags)]),
  prepared: Buffer.concat([
    packet(1, Buffer.concat([Buffer.of(0), number(9), Buffer.of(1, 0, 2, 0, 0, 0, 0)])),
    ...[definition(2), definition(3), eof(4, open), definition(5), eof(6, open)],
  ]),
}

const newer: Dialogue = {
  capabilities: capability.deprecateEof | capability.queryAttributes,
  asked: text => ask(command.query, `\x00\x01${text}`),
  rows: flags => Buffer.concat([packet(1, Buffer.of(1)), definition(2), row(3), row(4), okEof(5, flags)]),
  prepared: Buffer.concat([
    packet(1, Buffer.concat([Buffer.of(0), number(9), Buffer.of(1, 0, 2, 0, 0, 0, 0)])),
    ...[definition(2), definition(3), definition(4)],
  ]),
}

const updatePrepared = Buffer.concat([packet(1, Buffer.concat([Buffer.of(0), number(4), Buffer.of(0, 0, 0, 0, 0, 0, 0)]))])

function sessionOf({ asked, rows, prepared }: Dialogue): readonly (readonly [said: Buffer, heard: Buffer])[] {
  return [
    // Two commands in one write, and both answers.
    [Buffer.concat([asked('SET x = 1'), asked('START TRANSACTION')]), Buffer.concat([okPacket(1, closed), okPacket(1, open)])],
    [ask(command.prepare, update), updatePrepared],
    [execute(4), changed(1, open)],
    [ask(command.prepare, select), prepared],
    [execute(9), rows(open)],
    [execute(4), errorPacket(1, 1213, '40001', 'deadlock')],
    [asked('COMMIT'), okPacket(1, closed)],
    [ask(command.ping), okPacket(1, closed)],
    [asked('SELECT 1'), rows(closed)],
  ]
}

function recorded(dialogue: Dialogue, cut: (stream: Buffer) => Buffer[] = stream => [stream]): MysqlRecording {
  const book = new MysqlBook()
  const tap = new MysqlTap(book)
  const ignore = () => {}
  for (const chunk of cut(greeting())) tap.server(chunk, ignore)
  for (const [said, heard] of [[logIn(dialogue.capabilities), okPacket(2, closed)] as const, ...sessionOf(dialogue)]) {
    for (const chunk of cut(said)) tap.client(chunk, ignore)
    for (const chunk of cut(heard)) tap.server(chunk, ignore)
  }
  return book.recording
}

const bytewise = (stream: Buffer) => [...stream].map(byte => Buffer.of(byte))

/** A session with the stub, past its log-in. */
function enter(dialogue: Dialogue, recording = recorded(dialogue)) {
  const responder = mysqlResponders(recording)(77)
  const welcome = responder.greet()
  const admitted = responder.receive(logIn(dialogue.capabilities))
  return { responder, welcome, admitted, say: (said: Buffer) => Buffer.concat([...responder.receive(said)]) }
}

describe.each([
  { name: 'with EOF packets', dialogue: older },
  { name: 'without EOF packets, with query attributes', dialogue: newer },
])('a session $name', ({ dialogue }) => {
  test('is recorded by text and by whether a transaction was open', () => {
    const { statements, capabilities } = recorded(dialogue)
    const replies = Object.fromEntries(statements.map(one => [one.text, one]))
    expect(capabilities).toBe(dialogue.capabilities)
    expect(Object.keys(replies)).toEqual(['SET x = 1', 'START TRANSACTION', update, select, 'COMMIT', 'SELECT 1'])
    expect(replies[update]?.execute).toEqual([null, { bytes: changed(1, open), statusAt: [7] }])
    expect(replies[select]?.execute[1]?.bytes).toEqual(dialogue.rows(open))
    expect(replies[select]?.prepare).toEqual(dialogue.prepared)
    expect(replies.COMMIT?.query).toEqual([null, { bytes: okPacket(1, closed), statusAt: [7] }])
    expect(replies['SELECT 1']?.query[0]?.bytes).toEqual(dialogue.rows(closed))
  })

  test('is recorded the same when the bytes come one by one', () => {
    expect(recorded(dialogue, bytewise)).toEqual(recorded(dialogue))
  })

  test('is answered as it was recorded, from the log-in on', () => {
    const { say, welcome, admitted } = enter(dialogue)
    expect(welcome?.readUInt32LE(welcome.indexOf(0, 5) + 1)).toBe(77)
    expect(admitted).toEqual([okPacket(2, closed)])
    expect(say(dialogue.asked('START TRANSACTION'))).toEqual(okPacket(1, open))
    expect(say(ask(command.prepare, select)).readUInt32LE(5)).toBe(1)
    expect(say(execute(1))).toEqual(dialogue.rows(open))
    expect(say(dialogue.asked('COMMIT'))).toEqual(okPacket(1, closed))
  })

  test('says of the transaction what is true, also where a statement was recorded in the other state', () => {
    const { say } = enter(dialogue)
    say(ask(command.prepare, select))
    expect(say(execute(1))).toEqual(dialogue.rows(closed))
    say(dialogue.asked('BEGIN'))
    expect(say(dialogue.asked('SELECT 1'))).toEqual(dialogue.rows(open))
    expect(say(ask(command.ping))).toEqual(okPacket(1, open))
    expect(say(dialogue.asked('ROLLBACK TO SAVEPOINT a'))).toEqual(okPacket(1, open))
    expect(say(dialogue.asked('ROLLBACK'))).toEqual(okPacket(1, closed))
    expect(say(ask(command.ping))).toEqual(okPacket(1, closed))
  })

  test('prepares a text with a longer or shorter list: the right number of parameters, numbered through', () => {
    for (const items of [1, 2, 5]) {
      const { say } = enter(dialogue)
      const reply = say(ask(command.prepare, `SELECT v FROM t WHERE id IN (${Array(items).fill('?').join(', ')})`))
      expect(reply.readUInt16LE(11)).toBe(items)
      const sequences: (number | undefined)[] = []
      for (let start = 0; start < reply.length; start += packetSize(reply, start)) sequences.push(reply[start + 3])
      const others = dialogue === older ? 4 : 2
      expect(sequences).toEqual(Array.from({ length: items + others }, (_, at) => at + 1))
      expect(say(execute(1))).toEqual(dialogue.rows(closed))
    }
  })
})

describe('the stub', () => {
  test('offers neither TLS nor compression', () => {
    const { welcome } = enter(older)
    const { say } = enter(older)
    const lower = (welcome?.indexOf(0, 5) ?? 0) + 1 + 4 + 8 + 1
    expect((welcome?.readUInt16LE(lower) ?? 0xffff) & (capability.ssl | capability.compress)).toBe(0)
    expect(say(ask(command.ping))).toEqual(okPacket(1, closed))
  })

  test('answers several commands of one write, one by one', () => {
    const { responder } = enter(older)
    const replies = responder.receive(Buffer.concat([older.asked('SET y = 2'), older.asked('START TRANSACTION'), ask(command.ping)]))
    expect(replies).toEqual([okPacket(1, closed), okPacket(1, open), okPacket(1, open)])
  })

  test('refuses a text that it never saw, by its name, and the number of a statement that is closed', () => {
    const { say } = enter(older)
    for (const code of [command.query, command.prepare]) {
      const refusal = say(ask(code, 'SELECT secret FROM elsewhere'))
      expect(refusal[4]).toBe(0xff)
      expect(refusal.toString()).toMatch(/#42000the stub has no reply.*SELECT secret FROM elsewhere/)
    }
    say(ask(command.prepare, update))
    expect(say(execute(1))).toEqual(changed(1, closed))
    expect(say(ask(command.closeStatement, number(1)))).toEqual(Buffer.alloc(0))
    expect(say(execute(1)).toString()).toMatch(/Unknown prepared statement handler/)
  })

  test('refuses a client of another kind than was recorded', () => {
    const responder = mysqlResponders(recorded(newer))(1)
    responder.greet()
    expect(String(responder.receive(logIn(0))[0])).toMatch(/record it with the driver that is to use it/)
    expect(responder.left).toBe(true)
  })
})
