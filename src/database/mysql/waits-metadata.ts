import type { Session } from '../contract.js'
import type { Wait } from '../waits.js'
import { isRefusal } from './waits-privilege.js'

interface MetadataLock {
  readonly id: number
  readonly object: string
  readonly mode: string
  readonly granted: boolean
}

/** In place of a session's id: a thread of the server, as the one that purges old row versions, has none. */
const background = 0

/**
 * Of an object that somebody waits for, all locks. `sys.schema_table_lock_waits` reports too many of them as being in the way, so that who
 * is comes from what excludes what.
 */
const query = `
  SELECT t.PROCESSLIST_ID, m.OBJECT_TYPE, m.OBJECT_SCHEMA, m.OBJECT_NAME, m.LOCK_TYPE, m.LOCK_STATUS
  FROM performance_schema.metadata_locks m JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID
  JOIN performance_schema.metadata_locks wanted ON wanted.LOCK_STATUS = 'PENDING' AND wanted.OBJECT_TYPE = m.OBJECT_TYPE
   AND wanted.OBJECT_SCHEMA <=> m.OBJECT_SCHEMA AND wanted.OBJECT_NAME <=> m.OBJECT_NAME
  WHERE m.OBJECT_TYPE IN ('TABLE', 'USER LEVEL LOCK')
  GROUP BY 1, 2, 3, 4, 5, 6`

/** Whether they are listed, and this user may see it: MariaDB has the performance schema off, and this part of it, unless told otherwise. */
export async function listsMetadataLocks(session: Session): Promise<boolean> {
  try {
    const { rows } = await session.query(
      `SELECT 1 FROM performance_schema.setup_instruments i
       LEFT JOIN performance_schema.metadata_locks m ON FALSE LEFT JOIN performance_schema.threads t ON FALSE
       WHERE i.NAME = 'wait/lock/metadata/sql/mdl' AND i.ENABLED = 'YES'`,
    )
    return rows.length > 0
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}

/** Waits for tables that are altered, and for GET_LOCK. */
export async function metadataWaits(session: Session, sessions: readonly number[]): Promise<readonly Wait[]> {
  const { rows } = await session.query(query)
  const locks = rows.map(([id, type, schema, name, mode, status]): MetadataLock => {
    const object = type === 'TABLE' ? `table ${name}` : `user lock ${name}`
    return { id: Number(id), object: `${object}\n${schema}`, mode: String(mode).replace('_LOW_PRIO', ''), granted: status === 'GRANTED' }
  })
  return locks
    .filter(({ id, granted }) => !granted && sessions.includes(id))
    .flatMap(wanted => {
      const inTheWay = [...new Set(locks.filter(other => isInTheWay(other, wanted)).map(({ id }) => id))]
      const blockers = inTheWay.filter(id => id !== background)
      // The server's own work lets go of a table by itself, and soon: whoever is behind nothing else is only slow.
      if (inTheWay.length > 0 && blockers.length === 0) return []
      return [{ waiting: wanted.id, blockers, inferred: [], lock: `${wanted.mode} on ${wanted.object.split('\n')[0]}` }]
    })
}

/** Somebody who waits for the whole table is in the way of all who come after. */
function isInTheWay(other: MetadataLock, wanted: MetadataLock): boolean {
  if (other.id === wanted.id || other.object !== wanted.object) return false
  return other.granted ? excludes(other.mode, wanted.mode) : other.mode === 'EXCLUSIVE' && wanted.mode !== 'EXCLUSIVE'
}

/** By the manual of MySQL, «Metadata Locking», and the matrix in sql/mdl.h. */
function excludes(held: string, wanted: string): boolean {
  if (held === 'EXCLUSIVE' || wanted === 'EXCLUSIVE') return true
  const strongest = (mode: string) => ['SHARED_NO_READ_WRITE', 'SHARED_NO_WRITE', 'SHARED_READ_ONLY', 'SHARED_UPGRADABLE'].indexOf(mode)
  const [a, b] = [strongest(held), strongest(wanted)]
  if (a === 0 || b === 0) return held !== 'SHARED' && wanted !== 'SHARED' && held !== 'SHARED_HIGH_PRIO' && wanted !== 'SHARED_HIGH_PRIO'
  if (a === 1 || b === 1)
    return [held, wanted].includes('SHARED_WRITE') || (a !== -1 && b !== -1 && held !== 'SHARED_READ_ONLY' && wanted !== 'SHARED_READ_ONLY')
  if (a === 2 || b === 2) return [held, wanted].includes('SHARED_WRITE')
  return a === 3 && b === 3
}
