import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import { decoders, encodeValue, noDecoders } from './values.js'

/** A result with the command tag that came with it: `COMMIT`, `SELECT`, … */
export interface Reply extends StatementResult {
  readonly tag: string
}

export interface Request {
  readonly text: string
  /** null: the simple protocol, which takes several statements in one text. */
  readonly parameters: readonly Value[] | null
  /** Parsed once per session under a name of its own, or at every call. */
  readonly named: boolean
  readonly readsRows: boolean
}

/** Sends one statement and collects its reply. The one place through which the workload's statements go. */
export function send(client: pg.Client, request: Request): Promise<Reply> {
  const config = {
    text: request.text,
    rowMode: 'array' as const,
    types: request.readsRows ? decoders : noDecoders,
    ...(request.parameters === null ? {} : { queryMode: 'extended', values: request.parameters.map(encodeValue) }),
    ...(request.named ? { name: nameOf(request.text) } : {}),
  }
  return new Promise((resolve, reject) => {
    client.query<Value[]>(config, (error, result) => {
      if (error) reject(error)
      else resolve(toReply(result, request.readsRows))
    })
  })
}

function toReply(answer: pg.QueryArrayResult<Value[]> | readonly pg.QueryArrayResult<Value[]>[], readsRows: boolean): Reply {
  const result = 'rows' in answer ? answer : answer.at(-1)
  return {
    affected: result?.rowCount ?? 0,
    columns: result?.fields.map(field => field.name) ?? [],
    rows: readsRows ? (result?.rows ?? []) : [],
    insertId: null,
    tag: result?.command ?? '',
  }
}

const names = new Map<string, string>()

// Longer names than 63 bytes would be cut by the server and then collide.
function nameOf(text: string): string {
  let name = names.get(text)
  if (name === undefined) {
    name = `o_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
    names.set(text, name)
  }
  return name
}
