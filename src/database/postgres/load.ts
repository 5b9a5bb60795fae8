import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Value } from '../../scenario/values.js'
import type { BulkTable, Session } from '../contract.js'
import { PostgresSession } from './session.js'
import { encodeValue } from './values.js'

const chunkCharacters = 64 * 1024

/**
 * COPY FROM STDIN in text format, all rows or none. Rows for an empty table are frozen as they are written, so that neither the first
 * readers nor VACUUM write them again; not inside a caller's transaction. What the rows themselves throw comes through.
 */
export async function load(session: Session, table: BulkTable, onRows: (loaded: number) => void): Promise<number> {
  if (!(session instanceof PostgresSession)) throw new TypeError('not a session of PostgreSQL')
  if (session.inTransaction || !(await mayFreeze(session, table.table))) return copy(session, table, false, onRows)
  await session.begin({ isolation: 'read committed', readOnly: false })
  try {
    const loaded = await copy(session, table, await renew(session, table.table), onRows)
    await session.commit()
    return loaded
  } catch (error) {
    if (session.alive) await session.rollback()
    throw error
  }
}

/** FREEZE is for a table whose storage is new: see `renew`. TRUNCATE needs its own right, and refuses where foreign keys point here. */
async function mayFreeze(session: Session, table: string): Promise<boolean> {
  const found = await session.query(
    `SELECT relkind = 'r' AND has_table_privilege(oid, 'TRUNCATE')
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE confrelid = c.oid AND contype = 'f' AND conrelid <> c.oid)
       AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
     FROM pg_class c WHERE oid = to_regclass($1)`,
    [pg.escapeIdentifier(table)],
  )
  return found.rows[0]?.[0] === true
}

/** Gives a table without a single page new storage, which nobody else sees before COMMIT. False, and nothing done, for any other table. */
async function renew(session: Session, table: string): Promise<boolean> {
  const name = pg.escapeIdentifier(table)
  // Nobody writes to it between the look and the TRUNCATE.
  await session.query(`LOCK TABLE ONLY ${name} IN ACCESS EXCLUSIVE MODE`)
  const found = await session.query('SELECT pg_relation_size(to_regclass($1)) = 0', [name])
  if (found.rows[0]?.[0] !== true) return false
  await session.query(`TRUNCATE ONLY ${name}`)
  return true
}

async function copy(session: PostgresSession, table: BulkTable, freeze: boolean, onRows: (loaded: number) => void): Promise<number> {
  const columns = table.columns.map(column => pg.escapeIdentifier(column)).join(', ')
  const text = `COPY ${pg.escapeIdentifier(table.table)} (${columns}) FROM STDIN${freeze ? ' WITH (FREEZE)' : ''}`
  const source = new Source(table, onRows)
  try {
    return await session.use(text, client => stream(client, text, source))
  } catch (error) {
    throw source.failure ?? error
  }
}

function stream(client: pg.Client, text: string, source: Source): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(text))
    stream.on('error', error => {
      // Otherwise it goes on writing to a connection that it no longer has.
      stream.destroy()
      reject(error)
    })
    stream.once('finish', () => resolve(stream.rowCount))
    const pump = () => {
      while (!stream.destroyed) {
        const chunk = source.next()
        // Destroying makes the server forget the rows that it was given.
        if (source.failure !== null) return void stream.destroy(new Error('the rows could not be made'))
        if (chunk === null) return void stream.end()
        if (!stream.write(chunk)) return void stream.once('drain', pump)
      }
    }
    pump()
  })
}

/** Rows as chunks of COPY's text. */
class Source {
  /** What making the rows threw. */
  failure: unknown = null
  readonly #rows: Iterator<readonly Value[]>
  readonly #onRows: (loaded: number) => void
  #loaded = 0

  constructor(table: BulkTable, onRows: (loaded: number) => void) {
    this.#rows = table.rows[Symbol.iterator]()
    this.#onRows = onRows
  }

  next(): string | null {
    let chunk = ''
    try {
      while (chunk.length < chunkCharacters) {
        const { done, value } = this.#rows.next()
        if (done) break
        chunk += copyLine(value)
        this.#loaded += 1
      }
      this.#onRows(this.#loaded)
    } catch (error) {
      this.failure = error
    }
    return chunk === '' ? null : chunk
  }
}

function copyLine(row: readonly Value[]): string {
  let line = ''
  for (let position = 0; position < row.length; position++) {
    const value = row[position] ?? null
    if (position > 0) line += '\t'
    // Most values are numbers, or text that has nothing to escape.
    line += typeof value === 'number' ? value : copyText(encodeValue(value))
  }
  return `${line}\n`
}

const escapes: { readonly [character: string]: string } = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function copyText(text: string | null): string {
  if (text === null) return '\\N'
  // Four searches are quicker than one regular expression.
  const special = text.includes('\\') || text.includes('\t') || text.includes('\n') || text.includes('\r')
  return special ? text.replace(/[\\\t\n\r]/g, character => escapes[character] ?? character) : text
}
