import type { Connection, FieldPacket, PrepareStatementInfo, ResultSetHeader } from 'mysql2'
import type { StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import { decodersOf, type WireValue } from './values.js'

/** A result with what the server says of the transaction; null where it does not, after rows. */
export interface Reply extends StatementResult {
  readonly inTransaction: boolean | null
}

type Callback = (error: Error | null, answer: unknown, fields: FieldPacket[]) => void

/** Sends a text as it is. */
export function sendText(connection: Connection, text: string): Promise<Reply> {
  return collect(true, callback => connection.query({ sql: text }, callback))
}

/** Prepared for this call and then forgotten. */
export async function sendParsed(connection: Connection, text: string, values: WireValue[], readsRows: boolean): Promise<Reply> {
  const statement = await new Promise<PrepareStatementInfo>((resolve, reject) => {
    connection.prepare(text, (error, prepared) => (error ? reject(error) : resolve(prepared)))
  })
  try {
    return await collect(readsRows, callback => statement.execute(values, callback))
  } finally {
    connection.unprepare(text)
  }
}

function collect(readsRows: boolean, submit: (callback: Callback) => void): Promise<Reply> {
  return new Promise((resolve, reject) => {
    submit((error, answer, fields) => {
      if (error) reject(error)
      else resolve(toReply(answer, fields, readsRows))
    })
  })
}

// A procedure answers with several results, lists both of rows and of columns, and says last how it ended.
function toReply(answer: unknown, fields: FieldPacket[] | undefined, readsRows: boolean): Reply {
  if (!Array.isArray(answer)) return isHeader(answer) ? fromHeader(answer) : { ...nothing, inTransaction: null }
  const end: unknown = answer.at(-1)
  if (!isHeader(end)) return fromRows(answer, fields ?? [], readsRows)
  const columns: unknown = fields?.[0]
  return { ...fromRows(answer[0] ?? [], Array.isArray(columns) ? columns : [], readsRows), inTransaction: inTransaction(end) }
}

const nothing: StatementResult = { affected: 0, columns: [], rows: [], insertId: null }

function fromHeader(header: ResultSetHeader): Reply {
  const { affectedRows, insertId } = header
  return { ...nothing, affected: affectedRows, insertId: insertId === 0 ? null : Number(insertId), inTransaction: inTransaction(header) }
}

function fromRows(rows: readonly unknown[], fields: readonly FieldPacket[], readsRows: boolean): Reply {
  return {
    affected: rows.length,
    columns: fields.map(field => field.name),
    rows: readsRows ? decodeRows(rows, fields) : [],
    insertId: null,
    inTransaction: null,
  }
}

/** SERVER_STATUS_IN_TRANS */
function inTransaction({ serverStatus }: ResultSetHeader): boolean {
  return (serverStatus & 1) !== 0
}

function isHeader(answer: unknown): answer is ResultSetHeader {
  return typeof answer === 'object' && answer !== null && 'serverStatus' in answer
}

function decodeRows(rows: readonly unknown[], fields: readonly FieldPacket[]): readonly (readonly Value[])[] {
  const decoders = decodersOf(fields)
  return rows.map(row => (Array.isArray(row) ? row : []).map((value, column) => decoders[column]?.(value) ?? value))
}
