import type { Session } from '../contract.js'
import { quoteName } from './session.js'

export async function gatherStatistics(session: Session, tables: readonly string[]): Promise<void> {
  if (tables.length > 0) await session.query(`ANALYZE TABLE ${tables.map(quoteName).join(', ')}`)
}

/** InnoDB writes what is dirty when it sees fit. */
export async function checkpoint(): Promise<void> {}
