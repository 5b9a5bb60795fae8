import pg from 'pg'
import { DatabaseError, type Session } from '../contract.js'
import { countsFor, type StatementStatistics, toNumber } from '../monitor.js'

/** What pg_stat_statements has counted of these texts for our role in our database. Statements that failed are not in it. */
export async function readStatements(session: Session, texts: readonly string[]): Promise<StatementStatistics> {
  const nothing = texts.map(() => null)
  const { rows } = await session.query(`
    SELECT (SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'pg_stat_statements'),
      current_setting('pg_stat_statements.max', true) IS NOT NULL, current_database(), current_user`)
  const [schema, loaded, database, role] = rows[0] ?? []
  if (loaded !== true) return { counts: nothing, missing: null }
  if (typeof schema !== 'string') {
    const missing = `server time by statement: CREATE EXTENSION pg_stat_statements in ${database}, as a superuser, makes it visible`
    return { counts: nothing, missing }
  }
  try {
    const entries = await session.query(`
      SELECT query, calls, total_exec_time * 1000 FROM ${pg.escapeIdentifier(schema)}.pg_stat_statements
      WHERE toplevel AND query IS NOT NULL AND userid = (SELECT oid FROM pg_roles WHERE rolname = current_user)
        AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`)
    const counted = entries.rows.map(([text, calls, time]) => ({
      text: String(text),
      calls: toNumber(calls) ?? 0,
      time_us: toNumber(time) ?? 0,
    }))
    return { counts: countsFor(texts, counted, 'postgres'), missing: null }
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') throw error
    return { counts: nothing, missing: `server time by statement: GRANT USAGE ON SCHEMA ${schema} TO ${role} makes it visible` }
  }
}
