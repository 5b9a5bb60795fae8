import Big from 'big.js'
import type { Value } from '../../scenario/values.js'
import type { BulkTable, Session } from '../contract.js'
import { quoteName } from './session.js'

/** INSERTs of this many characters load fastest, as measured on MySQL 9 and MariaDB 11; far below any max_allowed_packet. */
const batchCharacters = 128 * 1024
/** Commit that often: neither a flush to disk per batch nor an undo log as long as the table. */
const batchesPerCommit = 32

/**
 * INSERTs of many rows, the next one made while the server works on the last. Without LOCAL INFILE, which would let a server
 * read our files. Inside a caller's transaction nothing is committed. What the rows themselves throw comes through.
 */
export async function load(session: Session, table: BulkTable, onRows: (loaded: number) => void): Promise<number> {
  const ours = !session.inTransaction
  const head = `INSERT INTO ${quoteName(table.table)} (${table.columns.map(quoteName).join(', ')}) VALUES `
  try {
    const loaded = await insertAll(session, head, table, onRows, ours)
    if (ours && session.inTransaction) await session.commit()
    return loaded
  } catch (error) {
    if (ours && session.alive) await session.rollback()
    throw error
  }
}

async function insertAll(
  session: Session,
  head: string,
  table: BulkTable,
  onRows: (loaded: number) => void,
  ours: boolean,
): Promise<number> {
  let loaded = 0
  let batches = 0
  let sent: Promise<number> = Promise.resolve(0)
  try {
    for (const { text, rows } of batchesOf(table.rows)) {
      loaded += await sent
      onRows(loaded)
      if (ours && batches > 0 && batches % batchesPerCommit === 0) await session.commit()
      if (ours && !session.inTransaction) await session.begin({ isolation: null, readOnly: false })
      sent = session.query(head + text).then(() => rows)
      // Awaited in the next round; until then nobody listens for its failure.
      sent.catch(() => {})
      batches += 1
    }
  } catch (error) {
    await sent.catch(() => {})
    throw error
  }
  loaded += await sent
  onRows(loaded)
  return loaded
}

function* batchesOf(rows: Iterable<readonly Value[]>): Generator<{ readonly text: string; readonly rows: number }> {
  let texts: string[] = []
  let length = 0
  for (const row of rows) {
    const text = `(${row.map(literal).join(',')})`
    texts.push(text)
    length += text.length + 1
    if (length < batchCharacters) continue
    yield { text: texts.join(','), rows: texts.length }
    texts = []
    length = 0
  }
  if (texts.length > 0) yield { text: texts.join(','), rows: texts.length }
}

/** A value as a literal that reads the same under every sql_mode: what needs a backslash goes as hexadecimal digits. */
export function literal(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'string') return quoteText(value)
  if (value instanceof Big) return value.toFixed()
  if ('float' in value && Number.isFinite(value.float)) return String(value.float)
  throw new TypeError('a list, or a float that is no number, cannot be loaded into MySQL')
}

function quoteText(text: string): string {
  if (text.includes('\\') || text.includes('\0')) return `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`
  return `'${text.replaceAll("'", "''")}'`
}
