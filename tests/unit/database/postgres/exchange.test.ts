import { Duplex } from 'node:stream'
import Big from 'big.js'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { DatabaseError } from '#oltp/database/contract.js'
import { CallDeadline } from '#oltp/database/deadline.js'
import { Exchange } from '#oltp/database/postgres/exchange.js'
import { SessionStatements } from '#oltp/database/postgres/statements.js'
import { Frames } from '#oltp/database/postgres/wire/frames.js'
import { noShape, type RowShape } from '#oltp/database/postgres/wire/rows.js'
import type { Value } from '#oltp/scenario/values.js'
import { recordedReplies } from '../../../support/recorded-replies.js'

interface Sent {
  readonly texts: readonly string[]
  readonly parameters?: readonly Value[]
  readonly extended?: boolean
  readonly unread?: boolean
  /** As it was described before this reply. */
  readonly shape?: RowShape
}

const text = (value: string): Value => value
const select: Sent = { texts: ['SELECT id, label FROM t ORDER BY id'], shape: { columns: ['id', 'label'], decode: [Number, text] } }
const one: Sent = { texts: ['SELECT something'], shape: { columns: ['one'], decode: [text] } }
const unnamed: Sent = { texts: ['SELECT $1::int AS n, $2::numeric'], parameters: [5, '1.50'], extended: true }
const insert: Sent = { texts: ['INSERT INTO t VALUES ($1, $2)'], parameters: [1, 'x'], unread: true }
const transaction: Sent = { ...insert, texts: ['BEGIN', ...insert.texts, 'COMMIT'] }

const twoRows = {
  affected: 2,
  columns: ['id', 'label'],
  rows: [
    [1, 'ünï ✓'],
    [2, null],
  ],
}
const oneRow = (value: Value) => ({ affected: 1, columns: ['one'], rows: [[value]] })
const noRows = (affected: number) => ({ affected, columns: [], rows: [] })
const violation = { definite: true, severity: 'ERROR', code: '23505', table: 't', constraint: 't_pkey', routine: '_bt_check_unique' }

const replies: readonly (readonly [what: string, name: keyof typeof recordedReplies, sent: Sent, expected: object])[] = [
  ['rows, described', 'first', { texts: select.texts }, { answer: twoRows, parsed: [true], toDriver: '' }],
  ['rows, described, that nobody reads', 'first', { texts: select.texts, unread: true }, { answer: noRows(2), parsed: [true] }],
  ['rows', 'again', select, { answer: twoRows, parsed: [false], failedAt: null, inTransaction: false }],
  ['rows that nobody reads', 'again', { ...select, unread: true }, { answer: noRows(2), toDriver: '' }],
  ['a row without a name', 'unnamed', unnamed, { answer: { columns: ['n', 'numeric'], rows: [[5, new Big('1.5')]] }, parsed: [false] }],
  ['an error', 'duplicate', insert, { answer: { ...violation, detail: 'Key (id)=(1) already exists.' }, parsed: [true], failedAt: 0 }],
  ['an error in parsing', 'syntax', { texts: ['SELEKT 1'] }, { answer: { definite: true, code: '42601' }, parsed: [false] }],
  ['a notice in between', 'notice', one, { answer: oneRow('7'), toDriver: expect.stringMatching(/^N.{4}SWARNING.*exec_stmt_raise\0\0$/s) }],
  ['a setting in between', 'setting', one, { answer: oneRow('b'), toDriver: 'S\0\0\0\x17application_name\0b\0' }],
  ['a notification in between', 'notification', { ...one, unread: true }, { toDriver: expect.stringMatching(/^A.{8}news.one.$/s) }],
  [
    'a transaction at once',
    'pipelined',
    transaction,
    { answer: noRows(1), tag: 'COMMIT', parsed: [true, true, true], inTransaction: false },
  ],
  ['a transaction at once, again', 'pipelinedAgain', transaction, { answer: noRows(1), tag: 'COMMIT', inTransaction: false }],
  ['a transaction that fails', 'pipelinedFailure', transaction, { answer: violation, failedAt: 1, tag: '', inTransaction: true }],
]

/** Feeds a reply in pieces, from one buffer that is overwritten each time, as the socket's is; and all that came of it. */
async function replay(sent: Sent, pieces: readonly Buffer[]) {
  const toDriver: Buffer[] = []
  const frames = new Frames()
  const interposition = {
    reader: null,
    pass: (bytes: Buffer, start: number, end: number) => void toDriver.push(Buffer.from(bytes.subarray(start, end))),
  }
  frames.attach(interposition, error => {
    throw error
  })
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  let failedAt: number | null = null
  let tag = ''
  const exchange = new Exchange(() => stream, frames, new CallDeadline(() => {}), {
    answered: last => {
      tag = last
      return null
    },
    failed: (error, definite, completed) => {
      failedAt = completed
      const { message } = error instanceof Error ? error : new Error('lost')
      return new DatabaseError(message, {
        outcome: 'other',
        code: definite ? 'definite' : 'lost',
        sqlstate: null,
        stage: 'body',
        sessionLost: !definite,
        fatal: false,
        cause: error,
      })
    },
  })
  const statements = new SessionStatements(sent.extended ? 'extended' : 'prepared')
  const begun = sent.texts.map(text => (/^(BEGIN|COMMIT)$/.test(text) ? statements.control(text) : statements.workload(text)))
  for (const statement of begun) statement.shape = sent.shape ?? noShape
  exchange.open()
  for (const statement of begun) exchange.add(statement, statement.isControl ? [] : (sent.parameters ?? []))
  const answer = exchange.send(sent.unread !== true, null).then(
    ({ affected, columns, rows }) => ({ affected, columns, rows }),
    (error: DatabaseError) => {
      if (!(error.cause instanceof pg.DatabaseError)) return { message: error.message, code: error.code }
      const { severity, code, detail, constraint, table, routine } = error.cause
      return { message: error.message, definite: error.code === 'definite', severity, code, detail, constraint, table, routine }
    },
  )
  const buffer = Buffer.alloc(4096)
  for (const piece of pieces) {
    piece.copy(buffer)
    frames.read(buffer, piece.length)
    buffer.fill(0xff)
  }
  if (exchange.underWay) exchange.abort()
  return {
    answer: await answer,
    failedAt,
    tag,
    inTransaction: exchange.inTransaction,
    parsed: begun.map(({ parsed }) => parsed),
    toDriver: Buffer.concat(toDriver).toString('latin1'),
  }
}

const bytesOf = (name: keyof typeof recordedReplies) => Buffer.from(recordedReplies[name], 'base64')

describe('a reply', () => {
  it.each(replies)('%s, comes to the same however it is cut', async (_, name, sent, expected) => {
    const bytes = bytesOf(name)
    const whole = await replay(sent, [bytes])
    expect(whole).toMatchObject(expected)
    for (let first = 1; first < bytes.length; first++) {
      expect(await replay(sent, [bytes.subarray(0, first), bytes.subarray(first)]), `cut at ${first}`).toEqual(whole)
      for (const length of [1, 3, 5]) {
        const second = Math.min(first + length, bytes.length)
        const three = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
        expect(await replay(sent, three), `cut at ${first} and ${second}`).toEqual(whole)
      }
    }
    const single = Array.from(bytes, byte => Buffer.of(byte))
    expect(await replay(sent, single), 'byte by byte').toEqual(whole)
  })

  it('negative control: what was cut off, doubled or changed does not come to the same', async () => {
    const bytes = bytesOf('again')
    const whole = await replay(select, [bytes])
    expect(await replay(select, [bytes.subarray(0, -1)])).not.toEqual(whole)
    const changed = Buffer.from(bytes)
    changed[bytes.indexOf('SELECT 2') + 7] = 0x33
    expect(await replay(select, [changed])).not.toEqual(whole)
    expect(await replay(select, [bytes.subarray(0, 20), bytes.subarray(21)])).not.toEqual(whole)
    expect(await replay(select, [bytes.subarray(0, 20), bytes.subarray(19)])).not.toEqual(whole)
  })

  it('with a value that cannot be read costs the session, but not before the server is ready', async () => {
    const unreadable = (): Value => {
      throw new Error('unreadable')
    }
    const { answer } = await replay({ ...select, shape: { columns: ['id', 'label'], decode: [Number, unreadable] } }, [bytesOf('again')])
    expect(answer).toEqual({ message: 'unreadable', code: 'lost' })
    const short = await replay({ ...select, shape: one.shape ?? noShape }, [bytesOf('again')])
    expect(short.answer).toMatchObject({ message: 'a row of 2 columns came where 1 were announced', code: 'lost' })
  })

  it('leaves to the driver what comes after it, and what came in part before it', async () => {
    const recorded = bytesOf('notice').subarray(5)
    const notice = recorded.subarray(0, 1 + recorded.readInt32BE(1))
    expect(notice.toString('latin1')).toMatch(/^N.{4}SWARNING/s)
    const bytes = Buffer.concat([bytesOf('again'), notice])
    for (let cut = 1; cut < bytes.length; cut++) {
      const { answer, toDriver } = await replay(select, [bytes.subarray(0, cut), bytes.subarray(cut)])
      expect(answer).toMatchObject({ affected: 2 })
      expect(toDriver).toBe(notice.toString('latin1'))
    }
  })

  it('is nonsense where it is no message of the protocol', async () => {
    await expect(replay(select, [Buffer.from([0x2a, 0, 0, 0, 4])])).rejects.toThrow(/no place here: 0x2a/)
    await expect(replay(select, [Buffer.from([0x5a, 0, 0, 0, 3, 0x49])])).rejects.toThrow(/without a length/)
    await expect(replay(select, [Buffer.from([0x43, 0, 0, 0, 5, 0, 0x43, 0, 0, 0, 5, 0])])).rejects.toThrow(/more than it was asked/)
  })
})
