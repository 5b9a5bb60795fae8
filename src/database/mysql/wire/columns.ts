import { ByteReader } from './reader.js'

/** What decoding needs to know of a column. */
export interface Column {
  readonly name: string
  readonly type: number
  readonly unsigned: boolean
  /** Bytes rather than text. */
  readonly binary: boolean
  readonly decimals: number
}

/** The end of a definition, the same on both servers: one byte of length, character set, width, type, flags, decimals, two bytes of filler. */
const tailLength = 13
const unsignedFlag = 0x20
/** The character set of what is no text. */
const binaryCharset = 63

/**
 * The columns of one statement. The server describes them at every execution, in the same bytes as long as nobody changes the table: these
 * are compared, and decoded only when they are others.
 */
export class Columns {
  list: readonly Column[] = []
  names: readonly string[] = []
  #definitions: Buffer[] = []

  /** As many definitions follow. */
  expect(count: number): void {
    if (count === this.#definitions.length) return
    this.#definitions = []
    this.list = []
  }

  define(index: number, bytes: Buffer, start: number, end: number): void {
    const known = this.#definitions[index]
    if (known?.length === end - start && known.compare(bytes, start, end) === 0) return
    this.#definitions[index] = Buffer.from(bytes.subarray(start, end))
    // Not in place: results that were handed out keep the names that they have.
    this.list = this.list.toSpliced(index, 1, decode(bytes, start, end))
    this.names = this.list.map(column => column.name)
  }
}

const reader = new ByteReader()

function decode(bytes: Buffer, start: number, end: number): Column {
  reader.bytes = bytes
  reader.at = start
  // Catalogue, schema, table, the table's own name.
  for (let skipped = 0; skipped < 4; skipped++) reader.view()
  const name = reader.text()
  // Counted from the end: what MariaDB adds in the middle is not needed.
  const tail = end - tailLength + 1
  return {
    name,
    binary: bytes.readUInt16LE(tail) === binaryCharset,
    type: bytes.readUInt8(tail + 6),
    unsigned: (bytes.readUInt16LE(tail + 7) & unsignedFlag) !== 0,
    decimals: bytes.readUInt8(tail + 9),
  }
}
