import pg from 'pg'
import { DatabaseError, type Session } from '../contract.js'

/** With VACUUM: the first run would pay for what the load left. */
export async function gatherStatistics(session: Session, tables: readonly string[]): Promise<void> {
  if (tables.length > 0) await session.query(`VACUUM (ANALYZE) ${tables.map(table => pg.escapeIdentifier(table)).join(', ')}`)
}

export async function checkpoint(session: Session): Promise<void> {
  try {
    await session.query('CHECKPOINT')
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') throw error
  }
}
