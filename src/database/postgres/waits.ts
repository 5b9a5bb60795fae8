import type { Session } from '../contract.js'
import type { SessionLock, Wait, WaitWatch } from '../waits.js'

/**
 * `pg_blocking_pids` names who is in the way, soft blockers in a queue too; a SERIALIZABLE READ ONLY DEFERRABLE transaction that waits for a safe
 * snapshot shows only in its own function. Neither asks for a privilege. Who was granted its lock between the two looks waits no more.
 */
const waitsQuery = `
  SELECT a.pid, array_to_string(b.locking || b.safe, ','),
         COALESCE(l.locktype || ' ' || l.mode || COALESCE(' on ' || l.relation::regclass::text, ''), 'a safe snapshot')
  FROM unnest($1::int[]) AS a(pid)
  CROSS JOIN LATERAL (SELECT pg_blocking_pids(a.pid) AS locking, pg_safe_snapshot_blocking_pids(a.pid) AS safe OFFSET 0) b
  LEFT JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted
  WHERE cardinality(b.safe) > 0 OR (cardinality(b.locking) > 0 AND l.pid IS NOT NULL)`

/** A session's lock on its own transaction says nothing, nor do those on the catalogue. */
const locksQuery = `
  SELECT l.pid,
         CASE l.locktype
           WHEN 'relation' THEN l.relation::regclass::text
           WHEN 'tuple' THEN l.relation::regclass::text || ' row (' || l.page || ',' || l.tuple || ')'
           WHEN 'page' THEN l.relation::regclass::text || ' page ' || l.page
           WHEN 'transactionid' THEN 'transaction ' || l.transactionid
           WHEN 'advisory' THEN 'advisory ' || l.objid
           ELSE l.locktype END,
         l.mode, l.granted
  FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
  WHERE l.pid = ANY($1::int[]) AND l.locktype <> 'virtualxid'
    AND (c.oid IS NULL OR c.relnamespace <> 'pg_catalog'::regnamespace)
  ORDER BY l.pid, l.granted DESC, 2, l.mode`

export function watchWaits(session: Session): WaitWatch {
  return {
    async waits(sessions): Promise<readonly Wait[]> {
      const { rows } = await session.query(waitsQuery, [arrayOf(sessions)])
      return rows.map(([pid, blockers, lock]) => ({
        waiting: Number(pid),
        blockers: [...new Set(String(blockers).split(',').map(Number))],
        inferred: [],
        lock: String(lock),
      }))
    },
    async locks(sessions): Promise<readonly SessionLock[]> {
      const { rows } = await session.query(locksQuery, [arrayOf(sessions)])
      return rows.map(([pid, object, mode, granted]) => ({
        session: Number(pid),
        object: String(object),
        mode: String(mode),
        granted: granted === true,
      }))
    },
  }
}

function arrayOf(ids: readonly number[]): string {
  return `{${ids.join(',')}}`
}
