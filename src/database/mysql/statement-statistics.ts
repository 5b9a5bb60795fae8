import { DatabaseError, type ServerInfo, type Session } from '../contract.js'
import { countsFor, type StatementStatistics, toNumber } from '../monitor.js'

/** A digest of an execution of a prepared statement begins with EXECUTE on newer servers; PREPARE counts the preparing. */
const executed = /^EXECUTE (?=\S+ )/

/** What the performance schema's digests have counted of these texts in this database, failed ones included. Where it is off: nothing. */
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
    return { counts: countsFor(texts, counted, 'mysql'), missing: null }
  } catch (error) {
    if (!(error instanceof DatabaseError) || !denied.has(error.code)) throw error
    return { counts: nothing, missing: 'server time by statement: GRANT SELECT ON performance_schema.* makes it visible' }
  }
}

/** ER_DBACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR */
const denied: ReadonlySet<string> = new Set(['1044', '1142', '1227'])
