import Big from 'big.js'
import type { Value } from '../../scenario/values.js'

/** A value as PostgreSQL reads it in text format: exact, the server gives it the type that the statement asks for. */
export function encodeValue(value: Value): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Big) return value.toFixed()
  return 'float' in value ? String(value.float) : encodeList(value)
}

/** The parser of a column's text by the type's OID, in the form that node-postgres asks for. */
export const decoders = { getTypeParser: (oid: number): ((text: string) => Value) => byOid.get(oid) ?? asText }

const asText = (text: string): Value => text
const asBoolean = (text: string): Value => text === 't'
const asFloat = (text: string): Value => ({ float: Number(text) })
const asInteger = (text: string): Value => {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}
// NaN and the infinities are no decimals, though a numeric column can hold them.
const asDecimal = (text: string): Value => (/\d$/.test(text) ? new Big(text) : { float: Number(text) })

/** OID of a type, OID of the array of it, and how its text is read. */
const types: readonly (readonly [type: number, array: number, decode: (text: string) => Value])[] = [
  [16, 1000, asBoolean],
  [20, 1016, asInteger],
  [21, 1005, asInteger],
  [23, 1007, asInteger],
  [26, 1028, asInteger],
  [700, 1021, asFloat],
  [701, 1022, asFloat],
  [1700, 1231, asDecimal],
  [18, 1002, asText],
  [19, 1003, asText],
  [25, 1009, asText],
  [1042, 1014, asText],
  [1043, 1015, asText],
  [1082, 1182, asText],
  [1083, 1183, asText],
  [1114, 1115, asText],
  [1184, 1185, asText],
  [1186, 1187, asText],
  [2950, 2951, asText],
  [114, 199, asText],
  [3802, 3807, asText],
]

const byOid = new Map<number, (text: string) => Value>(
  types.flatMap(([type, array, decode]) => [
    [type, decode],
    [array, text => decodeList(text, decode)],
  ]),
)

function encodeList(list: readonly Value[]): string {
  const items = list.map(item => {
    const text = encodeValue(item)
    if (text === null) return 'NULL'
    return Array.isArray(item) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${items.join(',')}}`
}

/** Reads `{1,NULL,"a \"b\""}`; lists in lists too. A prefix with bounds, as in `[0:1]={…}`, is passed over. */
function decodeList(text: string, decode: (text: string) => Value): Value {
  const tokens = text.slice(text.indexOf('{')).matchAll(/[{},]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gs)
  const open: Value[][] = [[]]
  for (const [token, quoted] of tokens) {
    const list = open.at(-1) ?? []
    if (token === '{') open.push([])
    else if (token === '}') {
      open.pop()
      open.at(-1)?.push(list)
    } else if (quoted !== undefined) list.push(decode(quoted.replace(/\\(.)/gs, '$1')))
    else if (token !== ',') list.push(token === 'NULL' ? null : decode(token))
  }
  return open[0]?.[0] ?? []
}
