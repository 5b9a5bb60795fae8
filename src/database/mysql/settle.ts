import type { Session } from '../contract.js'
import { quoteName } from './session.js'

/** ANALYZE TABLE, so that the first run has statistics to plan by. There is no checkpoint to ask for. */
export async function settle(session: Session, tables: readonly string[]): Promise<void> {
  if (tables.length > 0) await session.query(`ANALYZE TABLE ${tables.map(quoteName).join(', ')}`)
}
