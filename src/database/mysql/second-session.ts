import type { BulkTable, Session } from '../contract.js'
import { connect } from './connect.js'
import type { MysqlSession } from './session.js'

/** What of a session is not in the options that it was opened with. */
export interface Place {
  readonly namespace: string | null
  readonly lockWaitSeconds: string
}

export async function learnPlace(session: Session): Promise<Place> {
  const { rows } = await session.query('SELECT DATABASE(), @@SESSION.lock_wait_timeout')
  const [namespace, seconds] = rows[0] ?? []
  return { namespace: typeof namespace === 'string' ? namespace : null, lockWaitSeconds: String(seconds) }
}

/** Opens a session like another one, on the same server and in the same place. @throws DatabaseError */
export function openBeside(session: MysqlSession, { namespace, lockWaitSeconds }: Place): Promise<MysqlSession> {
  return session.another((target, options) => {
    const settings = { ...options.settings, lock_wait_timeout: lockWaitSeconds }
    return connect(target, { ...options, namespace, settings })
  })
}

/**
 * Whether rows make the same table whichever comes first: they bring their key themselves, no row points to another one of the same table,
 * no trigger looks on.
 */
export async function loadsInAnyOrder(session: Session, { table, columns }: BulkTable): Promise<boolean> {
  const keys = await session.query(
    `SELECT COLUMN_NAME FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND (COLUMN_KEY = 'PRI' OR EXTRA LIKE '%auto_increment%')`,
    [table],
  )
  const ownKeys = keys.rows.length > 0 && keys.rows.every(([name]) => columns.includes(String(name)))
  const others = await session.query(
    `SELECT 1 FROM information_schema.KEY_COLUMN_USAGE
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND REFERENCED_TABLE_SCHEMA = TABLE_SCHEMA AND REFERENCED_TABLE_NAME = TABLE_NAME
     UNION ALL
     SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = ?`,
    [table, table],
  )
  return ownKeys && others.rows.length === 0
}
