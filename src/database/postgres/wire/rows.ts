import type { Value } from '../../../scenario/values.js'
import { decoders } from '../values.js'

/** The columns of a statement's rows, and how the text of each is read. */
export interface RowShape {
  readonly columns: readonly string[]
  readonly decode: readonly ((text: string) => Value)[]
}

/** Of a statement that returns none. */
export const noShape: RowShape = { columns: [], decode: [] }

/** What follows the name in a RowDescription: table, column, type, size, modifier, format. */
const factsLength = 18
const typeOffset = 6

/** Reads a RowDescription. */
export function readShape(bytes: Buffer, start: number): RowShape {
  const count = bytes.readUInt16BE(start)
  const columns: string[] = []
  const decode: RowShape['decode'][number][] = []
  let at = start + 2
  for (let index = 0; index < count; index++) {
    const zero = bytes.indexOf(0, at)
    columns.push(bytes.toString('utf8', at, zero))
    decode.push(decoders.getTypeParser(bytes.readUInt32BE(zero + 1 + typeOffset)))
    at = zero + 1 + factsLength
  }
  return { columns, decode }
}

/**
 * Reads a DataRow.
 *
 * @throws Error where the row has other columns than were announced, or a value cannot be read
 */
export function readRow({ decode }: RowShape, bytes: Buffer, start: number): Value[] {
  const count = bytes.readUInt16BE(start)
  if (count !== decode.length) throw new Error(`a row of ${count} columns came where ${decode.length} were announced`)
  const row: Value[] = []
  let at = start + 2
  for (const read of decode) {
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < 0) row.push(null)
    else {
      row.push(read(bytes.toString('utf8', at, at + length)))
      at += length
    }
  }
  return row
}
