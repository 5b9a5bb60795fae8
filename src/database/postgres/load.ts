import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Value } from '../../scenario/values.js'
import type { BulkTable, Session } from '../contract.js'
import { PostgresSession } from './session.js'
import { encodeValue } from './values.js'

const chunkCharacters = 64 * 1024

/** COPY FROM STDIN in text format. What the rows themselves throw comes through, and nothing is loaded then. */
export async function load(session: Session, table: BulkTable, onRows: (loaded: number) => void): Promise<number> {
  if (!(session instanceof PostgresSession)) throw new TypeError('not a session of PostgreSQL')
  const columns = table.columns.map(column => pg.escapeIdentifier(column)).join(', ')
  const text = `COPY ${pg.escapeIdentifier(table.table)} (${columns}) FROM STDIN`
  const source = new Source(table, onRows)
  try {
    return await session.use(text, client => copy(client, text, source))
  } catch (error) {
    throw source.failure ?? error
  }
}

function copy(client: pg.Client, text: string, source: Source): Promise<number> {
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
        chunk += `${value.map(copyText).join('\t')}\n`
        this.#loaded += 1
      }
      this.#onRows(this.#loaded)
    } catch (error) {
      this.failure = error
    }
    return chunk === '' ? null : chunk
  }
}

const escapes: { readonly [character: string]: string } = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function copyText(value: Value): string {
  const text = encodeValue(value)
  return text === null ? '\\N' : text.replace(/[\\\t\n\r]/g, character => escapes[character] ?? character)
}
