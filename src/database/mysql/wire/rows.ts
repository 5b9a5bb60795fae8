import Big from 'big.js'
import mysql from 'mysql2'
import type { Value } from '../../../scenario/values.js'
import type { Column } from './columns.js'
import { decodeGeometry } from './geometry.js'
import { ByteReader } from './reader.js'

const { Types } = mysql
const reader = new ByteReader()

/** Decodes a row of the binary protocol, as a prepared statement answers, to the values that values.ts makes of the driver's. */
export function decodeRow(bytes: Buffer, start: number, columns: readonly Column[]): readonly Value[] {
  const nulls = start + 1
  reader.bytes = bytes
  reader.at = nulls + ((columns.length + 9) >> 3)
  return columns.map((column, index) => {
    // The first two bits of the bitmap are reserved.
    const bit = index + 2
    return ((bytes[nulls + (bit >> 3)] ?? 0) >> (bit & 7)) & 1 ? null : decode(column)
  })
}

function decode({ type, unsigned, binary, decimals }: Column): Value {
  switch (type) {
    case Types.LONG:
    case Types.INT24:
      return unsigned ? reader.uint32() : reader.uint32() | 0
    case Types.LONGLONG:
      return reader.integer64(unsigned)
    case Types.TINY:
      return unsigned ? reader.uint8() : (reader.uint8() << 24) >> 24
    case Types.SHORT:
      return unsigned ? reader.uint16() : (reader.uint16() << 16) >> 16
    case Types.YEAR:
      return reader.uint16()
    case Types.FLOAT:
      return { float: reader.float() }
    case Types.DOUBLE:
      return { float: reader.double() }
    case Types.DECIMAL:
    case Types.NEWDECIMAL:
      return new Big(reader.text())
    case Types.DATE:
    case Types.NEWDATE:
      return decodeDate(decimals, false)
    case Types.DATETIME:
    case Types.TIMESTAMP:
      return decodeDate(decimals, true)
    case Types.TIME:
      return decodeTime()
    case Types.JSON:
      return reader.text()
    case Types.GEOMETRY:
      return decodeGeometry(reader)
    case Types.VECTOR:
      return Array.from({ length: reader.lengthEncoded() / 4 }, () => ({ float: reader.float() }))
    case Types.NULL:
      return null
    default:
      // As PostgreSQL writes bytes.
      return binary ? `\\x${reader.view().toString('hex')}` : reader.text()
  }
}

/** As `2026-11-22` or `2026-11-22 12:00:00.250`: trailing parts that are zero are not sent. */
function decodeDate(decimals: number, withTime: boolean): string {
  const length = reader.uint8()
  const date = length > 3 ? `${digits(reader.uint16(), 4)}-${digits(reader.uint8(), 2)}-${digits(reader.uint8(), 2)}` : '0000-00-00'
  if (length <= 6) return withTime ? `${date} 00:00:00` : date
  const time = decodeClock(reader.uint8())
  return length > 10 ? `${date} ${time}.${digits(reader.uint32(), 6).slice(0, decimals || 6)}` : `${date} ${time}`
}

/** As `-26:03:04.5`: hours go beyond a day. */
function decodeTime(): string {
  const length = reader.uint8()
  if (length === 0) return '00:00:00'
  const sign = reader.uint8() === 0 ? '' : '-'
  const days = reader.uint32()
  const time = `${sign}${decodeClock(days * 24 + reader.uint8())}`
  const micros = length > 10 ? reader.uint32() : 0
  return micros === 0 ? time : `${time}.${digits(micros, 6).replace(/0+$/, '')}`
}

function decodeClock(hours: number): string {
  return `${digits(hours, 2)}:${digits(reader.uint8(), 2)}:${digits(reader.uint8(), 2)}`
}

function digits(number: number, width: number): string {
  return String(number).padStart(width, '0')
}
