import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Interposition } from '#oltp/database/interpose.js'
import { Columns } from '#oltp/database/mysql/wire/columns.js'
import type { ReplyReader, ServerError } from '#oltp/database/mysql/wire/reply.js'
import { Wire } from '#oltp/database/mysql/wire/wire.js'
import { recordedMysqlReplies } from '../../../support/recorded-mysql-replies.js'

interface Asked {
  readonly prepare?: boolean
  readonly unread?: boolean
  readonly replies?: number
  readonly endsWithEof?: boolean
  readonly shape?: Columns
}

/** Hands over a reply in pieces, from one buffer that is overwritten each time, as the socket's is; and all that came of it. */
function replay(pieces: readonly Buffer[], { prepare, unread, replies = 1, endsWithEof = true, shape = new Columns() }: Asked = {}) {
  const toDriver: Buffer[] = []
  const interposition: Interposition = {
    reader: null,
    pass: (bytes, start, end) => void toDriver.push(Buffer.from(bytes.subarray(start, end))),
  }
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const answers: { error: ServerError | null; failed: number; reply: ReturnType<typeof summary> }[] = []
  let broken = ''
  const wire = new Wire(
    stream,
    interposition,
    { queryAttributes: false, endsWithEof },
    {
      answered: (error, failed) => answers.push({ error, failed, reply: summary(wire.reply) }),
      broken: error => {
        broken = error.message
      },
    },
  )
  if (prepare) wire.reply.expectPrepared()
  else wire.reply.expectResult(shape, unread !== true)
  wire.send(Buffer.from([1, 0, 0, 0, 3]), replies)
  const buffer = Buffer.alloc(Math.max(...pieces.map(piece => piece.length), 1))
  for (const piece of pieces) {
    buffer.fill(0xee)
    piece.copy(buffer)
    if (interposition.reader === null) toDriver.push(Buffer.from(piece))
    else interposition.reader(buffer, piece.length)
  }
  const [answer] = answers
  return {
    ...answer?.reply,
    ...(answer?.error
      ? { error: answer.error.message, errno: answer.error.errno, sqlState: answer.error.sqlState, failed: answer.failed }
      : {}),
    answers: answers.length,
    broken,
    toDriver: Buffer.concat(toDriver),
    waits: interposition.reader !== null,
  }
}

function summary({ affected, insertId, columns, rows, status, statement, parameterCount }: ReplyReader) {
  return { affected, insertId, columns, rows, status, statement, parameterCount }
}

const bytesOf = (base64: string) => Buffer.from(base64, 'base64')
const twoRows = {
  affected: 2,
  columns: ['id', 'label'],
  rows: [
    [1, 'für € 1'],
    [2, null],
  ],
  insertId: null,
} as const

for (const product of ['mysql', 'mariadb'] as const) {
  const recorded = recordedMysqlReplies[product]
  const cases: readonly (readonly [keyof typeof recorded, Asked, object])[] = [
    ['preparedSelect', { prepare: true }, { parameterCount: 2 }],
    ['preparedBare', { prepare: true }, { parameterCount: 0 }],
    ['rows', {}, { ...twoRows, status: null }],
    ['rows', { unread: true }, { ...twoRows, rows: [] }],
    ['noRows', {}, { ...twoRows, affected: 0, rows: [] }],
    ['inserted', {}, { affected: 1, insertId: 4, columns: [], rows: [], status: 2 }],
    ['tracked', {}, { affected: 0, insertId: null, rows: [] }],
    ['called', {}, { affected: 5, columns: ['id'], rows: [[1], [2], [3], [4], [5]], insertId: null }],
    ['duplicate', {}, { errno: 1062, sqlState: '23000', failed: 0 }],
    ['levelAndBegin', { replies: 2 }, { affected: 0 }],
    ['committed', {}, { affected: 0 }],
  ]
  describe(`replies of ${product}`, () => {
    it.each(cases)('%s, asked with %j, comes to the same however it is cut', (name, asked, expected) => {
      const whole = bytesOf(recorded[name])
      const result = replay([whole], asked)
      expect(result).toMatchObject({ ...expected, answers: 1, broken: '', waits: false, toDriver: Buffer.alloc(0) })
      for (let cut = 1; cut < whole.length; cut++) {
        expect(replay([whole.subarray(0, cut), whole.subarray(cut)], asked)).toEqual(result)
        const middle = Math.min(cut + 3, whole.length)
        expect(replay([whole.subarray(0, cut), whole.subarray(cut, middle), whole.subarray(middle)], asked)).toEqual(result)
      }
      expect(
        replay(
          Array.from(whole, byte => Buffer.from([byte])),
          asked,
        ),
      ).toEqual(result)
    })

    it('tells whether a transaction is open', () => {
      const flags = (name: 'levelAndBegin' | 'committed') =>
        replay([bytesOf(recorded[name])], { replies: name === 'committed' ? 1 : 2 }).status
      expect((flags('levelAndBegin') ?? 0) & 1).toBe(1)
      expect((flags('committed') ?? 1) & 1).toBe(0)
    })

    it('gives the driver what comes after the reply, in the same piece or the next', () => {
      const whole = bytesOf(recorded.rows)
      const more = Buffer.from([3, 0, 0, 0, 0xff, 1, 2])
      expect(replay([Buffer.concat([whole, more])])).toMatchObject({ ...twoRows, toDriver: more })
      expect(replay([whole, more])).toMatchObject({ ...twoRows, toDriver: more })
      for (const cut of [3, whole.length - 1]) {
        expect(replay([whole.subarray(0, cut), Buffer.concat([whole.subarray(cut), more])])).toMatchObject({ ...twoRows, toDriver: more })
      }
    })

    it('negative control: one byte less, and it waits; one changed, and the result is another', () => {
      const whole = bytesOf(recorded.rows)
      expect(replay([whole.subarray(0, -1)])).toMatchObject({ answers: 0, waits: true })
      const other = Buffer.from(whole)
      other[other.indexOf('für')] = 'F'.charCodeAt(0)
      expect(replay([other]).rows?.[0]).toEqual([1, 'Für € 1'])
    })

    it('reads the same from a server that ends neither definitions nor rows with EOF', () => {
      const packets = split(bytesOf(recorded.rows))
      const ends = packets.flatMap((packet, index) => (packet[0] === 0xfe ? [index] : []))
      expect(ends).toHaveLength(2)
      const ok = Buffer.from([0xfe, 0, 0, 2, 0, 0, 0])
      const modern = packets.flatMap((packet, index) => (index === ends[0] ? [] : index === ends[1] ? [ok] : [packet]))
      expect(replay([join(modern)], { endsWithEof: false })).toMatchObject({ ...twoRows, answers: 1 })
      const prepared = split(bytesOf(recorded.preparedSelect)).filter(packet => packet[0] !== 0xfe)
      expect(replay([join(prepared)], { endsWithEof: false, prepare: true })).toMatchObject({ answers: 1, parameterCount: 2 })
      // Negative control: taken for the older kind, it never ends.
      expect(replay([join(prepared)], { prepare: true })).toMatchObject({ answers: 0, waits: true })
    })
  })
}

describe('of replies to two requests', () => {
  const begun = bytesOf(recordedMysqlReplies.mysql.committed)
  const refused = bytesOf(recordedMysqlReplies.mysql.duplicate)

  it.each([
    ['the first', [refused, begun], 0],
    ['the second', [begun, refused], 1],
    ['both', [refused, refused], 0],
  ] as const)('%s failed: all are waited for, and the first failure is told', (_, replies, failed) => {
    const whole = Buffer.concat([...replies])
    for (let cut = 1; cut < whole.length; cut++) {
      const result = replay([whole.subarray(0, cut), whole.subarray(cut)], { replies: 2 })
      expect(result).toMatchObject({ errno: 1062, failed, answers: 1, waits: false, toDriver: Buffer.alloc(0) })
    }
    expect(replay([whole.subarray(0, -1)], { replies: 2 })).toMatchObject({ answers: 0, waits: true })
  })
})

describe('packets', () => {
  const rows = split(bytesOf(recordedMysqlReplies.mysql.rows))

  it('out of order are not understood, but for an error that nobody asked for', () => {
    const whole = join(rows)
    whole[3] = 2
    expect(replay([whole]).broken).toContain('number 2 came in the place of number 1')
    const error = Buffer.concat([Buffer.from([13, 0, 0, 0]), Buffer.from('\xff\xbf\x0f#08S01bye!', 'latin1')])
    expect(replay([error])).toMatchObject({ errno: 4031, sqlState: '08S01', error: 'bye!' })
  })

  it('that ask for a file are refused', () => {
    expect(replay([join([Buffer.from('\xfb/etc/passwd', 'latin1')])]).broken).toContain('asks for a file')
  })

  it('of 16 MB and more go on in the next one, however they are cut', () => {
    for (const length of [0xffffff - 6, 0xffffff, 0x1fffffe]) {
      const label = Buffer.alloc(length, 'x')
      const header = Buffer.alloc(9)
      header[0] = 0xfe
      header.writeUIntLE(length, 1, 6)
      const row = Buffer.concat([Buffer.from([0, 0, 7, 0, 0, 0]), header, label])
      const whole = join([...rows.slice(0, 4), row, ...rows.slice(-1)])
      const edge = whole.indexOf(Buffer.from([0, 0, 7, 0, 0, 0, 0xfe]))
      for (const cut of [edge - 2, edge + 10, edge + 0xffffff, edge + 0xffffff + 3, whole.length - 5]) {
        const result = replay([whole.subarray(0, cut), whole.subarray(cut)])
        expect([result.affected, result.rows?.[0]?.[0], String(result.rows?.[0]?.[1]).length]).toEqual([1, 7, length])
      }
    }
  })

  it('describe columns that are decoded once and again when they change', () => {
    const shape = new Columns()
    const whole = join(rows)
    replay([whole], { shape })
    const { list } = shape
    replay([whole], { shape })
    expect(shape.list).toBe(list)
    const renamed = Buffer.from(whole)
    renamed.write('lapel', renamed.lastIndexOf('label'))
    renamed.write('lapel', renamed.indexOf('label'))
    expect(replay([renamed], { shape }).columns).toEqual(['id', 'lapel'])
    expect(list[1]?.name).toBe('label')
  })
})

function split(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUIntLE(at, 3)
    packets.push(bytes.subarray(at + 4, end))
    at = end
  }
  return packets
}

/** Payloads as packets, numbered from 1; a long one in several. */
function join(payloads: readonly Buffer[]): Buffer {
  const parts: Buffer[] = []
  let sequence = 1
  for (const payload of payloads) {
    for (let start = 0; start <= payload.length; start += 0xffffff) {
      const part = payload.subarray(start, start + 0xffffff)
      const header = Buffer.alloc(4)
      header.writeUIntLE(part.length, 0, 3)
      header[3] = sequence++
      parts.push(header, part)
    }
  }
  return Buffer.concat(parts)
}
