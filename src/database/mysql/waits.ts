import type { ServerInfo, Session } from '../contract.js'
import type { SessionLock, Wait, WaitWatch } from '../waits.js'
import { listOf, objectName } from './lock-names.js'
import { watchMariadbWaits } from './waits-mariadb.js'
import { metadataWaits } from './waits-metadata.js'
import { withPrivilege } from './waits-privilege.js'

/**
 * Row locks, from tables that are not cached. The lock in the way may be one that the waiter made on behalf of its owner, and then names the
 * waiter's thread: its transaction is asked for its owner instead, by the table lock that a transaction always takes by itself.
 */
const rowWaitsQuery = `
  SELECT waiter.PROCESSLIST_ID, own.PROCESSLIST_ID, wanted.LOCK_MODE, wanted.OBJECT_NAME, wanted.INDEX_NAME, wanted.LOCK_DATA
  FROM performance_schema.data_lock_waits w
  JOIN performance_schema.threads waiter ON waiter.THREAD_ID = w.REQUESTING_THREAD_ID
  JOIN performance_schema.data_locks wanted ON wanted.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID AND wanted.ENGINE = w.ENGINE
  LEFT JOIN (
    SELECT l.ENGINE_TRANSACTION_ID, MIN(t.PROCESSLIST_ID) AS PROCESSLIST_ID
    FROM performance_schema.data_locks l JOIN performance_schema.threads t ON t.THREAD_ID = l.THREAD_ID
    WHERE l.LOCK_TYPE = 'TABLE' GROUP BY l.ENGINE_TRANSACTION_ID
  ) own ON own.ENGINE_TRANSACTION_ID = w.BLOCKING_ENGINE_TRANSACTION_ID
  WHERE waiter.PROCESSLIST_ID IN (`

const grant = 'SELECT ON performance_schema.*'

const locksQuery = `
  SELECT t.PROCESSLIST_ID, l.OBJECT_NAME, l.INDEX_NAME, l.LOCK_DATA, l.LOCK_MODE, l.LOCK_STATUS
  FROM performance_schema.data_locks l JOIN performance_schema.threads t ON t.THREAD_ID = l.THREAD_ID
  WHERE t.PROCESSLIST_ID IN (`

export function watchWaits(session: Session, server: ServerInfo): WaitWatch {
  return server.product === 'MariaDB' ? watchMariadbWaits(session, server) : watchMysqlWaits(session)
}

function watchMysqlWaits(session: Session): WaitWatch {
  return {
    async waits(sessions): Promise<readonly Wait[]> {
      const { rows } = await withPrivilege(grant, session.query(`${rowWaitsQuery}${listOf(sessions)})`))
      const found = new Map<number, { blockers: Set<number>; lock: string }>()
      for (const [waiter, owner, mode, table, index, data] of rows) {
        const wait = found.get(Number(waiter)) ?? { blockers: new Set(), lock: `${mode} on ${objectName(table, index, data)}` }
        if (owner !== null) wait.blockers.add(Number(owner))
        found.set(Number(waiter), wait)
      }
      const rowWaits = [...found].map(([waiting, { blockers, lock }]) => ({ waiting, blockers: [...blockers], inferred: [], lock }))
      return [...rowWaits, ...(await withPrivilege(grant, metadataWaits(session, sessions)))]
    },
    async locks(sessions): Promise<readonly SessionLock[]> {
      const { rows } = await withPrivilege(grant, session.query(`${locksQuery}${listOf(sessions)}) ORDER BY 1, 2, 3, 4, 5`))
      return rows.map(([id, table, index, data, mode, status]) => ({
        session: Number(id),
        object: objectName(table, index, data),
        mode: String(mode),
        granted: status === 'GRANTED',
      }))
    },
  }
}
