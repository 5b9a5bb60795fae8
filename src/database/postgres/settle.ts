import pg from 'pg'
import { DatabaseError, type Session } from '../contract.js'
import { connect } from './connect.js'
import { PostgresSession } from './session.js'

/**
 * VACUUM and ANALYZE, so that the first run does not pay for what the load left; a checkpoint where the role may ask for one, while the
 * statistics are gathered: that reads, and dirties nothing that VACUUM has seen.
 */
export async function settle(session: Session, tables: readonly string[]): Promise<void> {
  if (!(session instanceof PostgresSession)) throw new TypeError('not a session of PostgreSQL')
  const names = tables.map(table => pg.escapeIdentifier(table)).join(', ')
  const opening = session.another(connect).catch(() => null)
  try {
    if (names !== '') await session.query(`VACUUM ${names}`)
    await analyzeAndCheckpoint(session, names, await opening)
  } finally {
    await (await opening)?.end()
  }
}

async function analyzeAndCheckpoint(session: Session, names: string, second: Session | null): Promise<void> {
  const analyzed = names === '' ? Promise.resolve(null) : session.query(`ANALYZE ${names}`)
  // Without a second session one after the other.
  const written = second === null ? analyzed.then(() => checkpoint(session)) : checkpoint(second)
  // Both to their end, whatever becomes of the other.
  const ends = await Promise.allSettled([analyzed, written])
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

async function checkpoint(session: Session): Promise<void> {
  try {
    await session.query('CHECKPOINT')
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') throw error
  }
}
