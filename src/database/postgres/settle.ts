import pg from 'pg'
import { DatabaseError, type Session } from '../contract.js'

/** VACUUM and ANALYZE, so that the first run does not pay for what the load left; a checkpoint where the role may ask for one. */
export async function settle(session: Session, tables: readonly string[]): Promise<void> {
  if (tables.length > 0) await session.query(`VACUUM (ANALYZE) ${tables.map(table => pg.escapeIdentifier(table)).join(', ')}`)
  try {
    await session.query('CHECKPOINT')
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') throw error
  }
}
