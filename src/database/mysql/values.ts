import Big from 'big.js'
import mysql, { type FieldPacket, type TypedParameterValue } from 'mysql2'
import type { Value } from '../../scenario/values.js'

/** What a parameter can be on the wire. */
export type WireValue = TypedParameterValue | string | null

export function encodeValues(values: readonly Value[]): WireValue[] {
  return values.map(encodeValue)
}

/**
 * A value with its type on the wire, so that arithmetic on the server stays exact: left to itself the driver sends every
 * number as a DOUBLE. Lists have no counterpart.
 */
function encodeValue(value: Value): WireValue {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'number') return mysql.TypedParameter.LONGLONG(value)
  if (typeof value === 'boolean') return mysql.TypedParameter.TINY(value ? 1 : 0)
  if (value instanceof Big) return mysql.TypedParameter.NEWDECIMAL(value.toFixed())
  if ('float' in value) return mysql.TypedParameter.DOUBLE(value.float)
  throw new TypeError('a list cannot be a parameter on MySQL: bind its items with :name...')
}

/** One decoder per column, null where the driver's value is ours already. */
export function decodersOf(fields: readonly FieldPacket[]): readonly (((value: unknown) => Value) | null)[] {
  return fields.map(field => byType.get(field.columnType ?? -1) ?? null)
}

const asFloat = (value: unknown): Value => (value === null ? null : { float: Number(value) })
const asDecimal = (value: unknown): Value => (value === null ? null : new Big(String(value)))
// As PostgreSQL writes bytes. Text columns do not come here as buffers.
const asText = (value: unknown): Value => {
  if (value === null) return null
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const asFloats = (value: unknown): Value => (Array.isArray(value) ? value.map(asFloat) : null)

const byType = new Map<number, (value: unknown) => Value>([
  [mysql.Types.FLOAT, asFloat],
  [mysql.Types.DOUBLE, asFloat],
  [mysql.Types.VECTOR, asFloats],
  [mysql.Types.DECIMAL, asDecimal],
  [mysql.Types.NEWDECIMAL, asDecimal],
  ...[
    mysql.Types.BIT,
    mysql.Types.TINY_BLOB,
    mysql.Types.MEDIUM_BLOB,
    mysql.Types.LONG_BLOB,
    mysql.Types.BLOB,
    mysql.Types.VAR_STRING,
    mysql.Types.STRING,
    mysql.Types.VARCHAR,
    mysql.Types.GEOMETRY,
    mysql.Types.JSON,
  ].map((type): [number, (value: unknown) => Value] => [type, asText]),
])
