import { DatabaseError, type ServerInfo, type Session } from '../contract.js'
import { countsFor, type StatementStatistics, toNumber } from '../monitor.js'

/** On newer servers the digest of executing a prepared statement begins so; PREPARE counts the preparing. */
const executed = /^EXECUTE (?=\S+ )/

/**
 * What the performance schema's digests have counted of these texts in this database, failed ones included; nothing where it is off. The
 * server adds up without locking: under load a count may miss one in a thousand.
 */
export async function readStatements(server: ServerInfo, session: Session, texts: readonly string[]): Promise<StatementStatistics> {
  const nothing = texts.map(() => null)
  if (!/^(on|1)$/i.test(server.settings.performance_schema ?? '')) return { counts: nothing, missing: null }
  try {
    const { rows } = await session.query(`
      SELECT DIGEST_TEXT, COUNT_STAR, SUM_TIMER_WAIT / 1000000 FROM performance_schema.events_statements_summary_by_digest
      WHERE SCHEMA_NAME = DATABASE() AND DIGEST_TEXT IS NOT NULL`)
    const counted = rows.map(([text, calls, time]) => ({
      text: String(text).replace(executed, ''),
      calls: toNumber(calls) ?? 0,
      time_us: toNumber(time) ?? 0,
    }))
    const asCounted: string[] = []
    for (const text of texts) asCounted.push(server.product === 'MySQL' ? await digestText(session, text) : text)
    return { counts: countsFor(asCounted, counted, 'mysql'), missing: null }
  } catch (error) {
    if (!(error instanceof DatabaseError) || !denied.has(error.code)) throw error
    return { counts: nothing, missing: 'server time by statement: GRANT SELECT ON performance_schema.* makes it visible' }
  }
}

/** ER_DBACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR */
const denied: ReadonlySet<string> = new Set(['1044', '1142', '1227'])

/** In the server's own spelling, with CURRENT_TIMESTAMP as NOW; the text itself where the server cannot read it without its values. */
async function digestText(session: Session, text: string): Promise<string> {
  try {
    const { rows } = await session.query('SELECT STATEMENT_DIGEST_TEXT(?)', [text.replaceAll('?', '1')])
    return String(rows[0]?.[0] ?? text)
  } catch (error) {
    if (error instanceof DatabaseError && !error.sessionLost) return text
    throw error
  }
}
