import type { Value } from '../../../scenario/values.js'
import { Columns } from './columns.js'
import { ProtocolError } from './packets.js'
import { ByteReader } from './reader.js'
import { decodeRow } from './rows.js'

const ok = 0x00
const localInfile = 0xfb
const eof = 0xfe
const err = 0xff
/** An EOF packet is this long; what else begins with its mark is longer. */
const eofLength = 5
const moreResultsExist = 0x0008
const noRows: readonly (readonly Value[])[] = []

/** What the server says of an error, in the names that mysql2 gives it. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly errno: number
  readonly sqlState: string
  readonly sqlMessage: string

  constructor(errno: number, sqlState: string, message: string) {
    super(message)
    this.errno = errno
    this.sqlState = sqlState
    this.sqlMessage = message
  }
}

type State = 'header' | 'columns' | 'columnsEnd' | 'rows' | 'prepared' | 'definitions'

/** Reads the reply to one request, packet by packet, and holds what it said until the next. */
export class ReplyReader {
  error: ServerError | null = null
  /** Rows changed or matched, or the number of rows that came. */
  affected = 0
  insertId: number | null = null
  columns: readonly string[] = []
  rows: readonly (readonly Value[])[] = noRows
  /** The server's status flags; null where rows were all that came. */
  status: number | null = null
  /** Of a statement that was prepared. */
  statement = 0
  parameterCount = 0

  readonly #endsWithEof: boolean
  readonly #reader = new ByteReader()
  #state: State = 'header'
  #shape = new Columns()
  #decodes = false
  #rows: (readonly Value[])[] = []
  #rowCount = 0
  /** A procedure answers with several results: only the first one's rows are told. */
  #results = 0
  #columnCount = 0
  /** Definitions that are still to come. */
  #left = 0
  /** EOF packets that are still to come. */
  #ends = 0

  /** @param endsWithEof false where it was negotiated that definitions have no EOF packet after them, and rows an OK packet */
  constructor(endsWithEof: boolean) {
    this.#endsWithEof = endsWithEof
  }

  /** The reply to a statement: `shape` are its columns as they were last time. Without `decodes` rows are only counted. */
  expectResult(shape: Columns, decodes: boolean): void {
    this.error = null
    this.affected = 0
    this.insertId = null
    this.columns = []
    this.rows = noRows
    this.status = null
    this.#state = 'header'
    this.#shape = shape
    this.#decodes = decodes
    this.#results = 0
  }

  /** The reply to a request to prepare. */
  expectPrepared(): void {
    this.error = null
    this.#state = 'prepared'
  }

  /**
   * @returns true with the last packet of the reply
   * @throws ProtocolError
   */
  packet(bytes: Buffer, start: number, end: number): boolean {
    const first = bytes[start]
    if (first === err) return this.#error(bytes, start, end)
    switch (this.#state) {
      case 'header':
        return first === ok ? this.#ok(bytes, start + 1) : this.#resultBegins(bytes, start)
      case 'columns':
        return this.#column(bytes, start, end)
      case 'columnsEnd':
        this.#state = 'rows'
        return false
      case 'rows':
        return first === eof ? this.#rowsEnd(bytes, start, end) : this.#row(bytes, start)
      case 'prepared':
        return this.#prepared(bytes, start)
      case 'definitions':
        return this.#definition(first === eof && end - start === eofLength)
    }
  }

  #error(bytes: Buffer, start: number, end: number): boolean {
    const marked = bytes[start + 3] === 0x23
    const state = marked ? bytes.toString('latin1', start + 4, start + 9) : ''
    this.error = new ServerError(bytes.readUInt16LE(start + 1), state, bytes.toString('utf8', start + (marked ? 9 : 3), end))
    return true
  }

  #ok(bytes: Buffer, start: number): boolean {
    const reader = this.#reader
    reader.bytes = bytes
    reader.at = start
    const affected = reader.lengthEncoded()
    const insertId = reader.signedLengthEncoded()
    this.status = reader.uint16()
    if (this.#results === 0) {
      this.affected = affected
      this.insertId = insertId === 0 ? null : insertId
    }
    return this.#resultEnds(this.status)
  }

  #resultBegins(bytes: Buffer, start: number): boolean {
    if (bytes[start] === localInfile) throw new ProtocolError('the server asks for a file')
    this.#reader.bytes = bytes
    this.#reader.at = start
    this.#columnCount = this.#reader.lengthEncoded()
    this.#left = this.#columnCount
    this.#rowCount = 0
    if (this.#results === 0) {
      this.#shape.expect(this.#columnCount)
      if (this.#decodes) this.#rows = []
    }
    this.#state = 'columns'
    return false
  }

  #column(bytes: Buffer, start: number, end: number): boolean {
    if (this.#results === 0) this.#shape.define(this.#columnCount - this.#left, bytes, start, end)
    this.#left -= 1
    if (this.#left === 0) this.#state = this.#endsWithEof ? 'columnsEnd' : 'rows'
    return false
  }

  #row(bytes: Buffer, start: number): boolean {
    this.#rowCount += 1
    if (this.#decodes && this.#results === 0) this.#rows.push(decodeRow(bytes, start, this.#shape.list))
    return false
  }

  #rowsEnd(bytes: Buffer, start: number, end: number): boolean {
    if (this.#results === 0) {
      this.affected = this.#rowCount
      this.columns = this.#shape.names
      if (this.#decodes) this.rows = this.#rows
    }
    if (end - start === eofLength) return this.#resultEnds(bytes.readUInt16LE(start + 3))
    this.#reader.bytes = bytes
    this.#reader.at = start + 1
    this.#reader.lengthEncoded()
    this.#reader.lengthEncoded()
    return this.#resultEnds(this.#reader.uint16())
  }

  #resultEnds(status: number): boolean {
    this.#results += 1
    this.#state = 'header'
    return (status & moreResultsExist) === 0
  }

  #prepared(bytes: Buffer, start: number): boolean {
    this.statement = bytes.readUInt32LE(start + 1)
    const columnCount = bytes.readUInt16LE(start + 5)
    this.parameterCount = bytes.readUInt16LE(start + 7)
    this.#left = columnCount + this.parameterCount
    this.#ends = this.#endsWithEof ? Math.sign(columnCount) + Math.sign(this.parameterCount) : 0
    this.#state = 'definitions'
    return this.#left + this.#ends === 0
  }

  #definition(isEnd: boolean): boolean {
    if (isEnd) this.#ends -= 1
    else this.#left -= 1
    return this.#endsWithEof ? this.#ends === 0 : this.#left === 0
  }
}
