import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../contract.js'
import type { SessionLock, Wait, WaitWatch } from '../waits.js'
import { listOf, objectName } from './waits.js'
import { withPrivilege } from './waits-privilege.js'

/**
 * MariaDB shows lock waits in `information_schema` from a copy that is renewed only when nobody has read it for 100 ms: it is asked for
 * names alone, after that rest. That somebody waits is told at once by the report of the engine.
 */
const restMs = 110

/** Somebody else who looks too often keeps the copy old: then it stays untold for whom a session waits. */
const mostReads = 3

const grant = 'PROCESS ON *.*'

const edgesQuery = `
  SELECT r.trx_mysql_thread_id, b.trx_mysql_thread_id, l.lock_mode, l.lock_table, l.lock_index, l.lock_data
  FROM information_schema.innodb_lock_waits w
  JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
  JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id
  LEFT JOIN information_schema.innodb_locks l ON l.lock_id = w.requested_lock_id
  WHERE r.trx_mysql_thread_id IN (`

const locksQuery = `
  SELECT t.trx_mysql_thread_id, l.lock_table, l.lock_index, l.lock_data, l.lock_mode, t.trx_requested_lock_id = l.lock_id
  FROM information_schema.innodb_locks l JOIN information_schema.innodb_trx t ON t.trx_id = l.lock_trx_id
  WHERE t.trx_mysql_thread_id IN (`

export function watchMariadbWaits(session: Session): WaitWatch {
  let lastRead = Number.NEGATIVE_INFINITY
  const rested = async (query: string) => {
    await sleep(Math.max(0, lastRead + restMs - performance.now()))
    const { rows } = await withPrivilege(grant, session.query(query))
    lastRead = performance.now()
    return rows
  }
  /** For whom they wait, and which of them still do: what has ended meanwhile is not waiting any more. */
  const edges = async (waiting: readonly number[]) => {
    for (let reads = 1; ; reads++) {
      const rows = await rested(`${edgesQuery}${listOf(waiting)})`)
      const still = await rowWaiters(session)
      const untold = waiting.some(id => still.includes(id) && !rows.some(([waiter]) => waiter === id))
      if (!untold || reads === mostReads) return { rows, still }
    }
  }
  return {
    async waits(sessions): Promise<readonly Wait[]> {
      const others = await stateWaits(session, sessions)
      const waiting = (await rowWaiters(session)).filter(id => sessions.includes(id))
      if (waiting.length === 0) return others
      const { rows, still } = await edges(waiting)
      return [
        ...others,
        ...waiting
          .filter(id => still.includes(id))
          .map(id => {
            const own = rows.filter(([waiter]) => waiter === id)
            const [, , mode, table, index, data] = own[0] ?? []
            return {
              waiting: id,
              blockers: [...new Set(own.map(([, blocker]) => Number(blocker)))],
              lock: own.length === 0 ? 'a row lock' : `${mode} on ${objectName(bare(table), bareIndex(index), data ?? null)}`,
            }
          }),
      ]
    },
    async locks(sessions): Promise<readonly SessionLock[]> {
      const rows = await rested(`${locksQuery}${listOf(sessions)}) ORDER BY 1, 2, 3, 4, 5`)
      return rows.map(([id, table, index, data, mode, requested]) => ({
        session: Number(id),
        object: objectName(bare(table), bareIndex(index), data ?? null),
        mode: String(mode),
        granted: requested !== 1,
      }))
    },
  }
}

/** Waits for tables that are altered, and for GET_LOCK: the server tells that, but not for whom. */
async function stateWaits(session: Session, sessions: readonly number[]): Promise<readonly Wait[]> {
  const { rows } = await session.query(`SELECT id, state FROM information_schema.processlist WHERE id IN (${listOf(sessions)})`)
  return rows.flatMap(([id, state]) => {
    const lock = states[String(state)]
    return lock === undefined ? [] : [{ waiting: Number(id), blockers: [], lock }]
  })
}

const states: { readonly [state: string]: string } = {
  'Waiting for table metadata lock': 'a metadata lock on the table',
  'User lock': 'a user lock',
}

/** From `SHOW ENGINE INNODB STATUS`: a transaction's part begins with three dashes, and says LOCK WAIT where it waits. */
async function rowWaiters(session: Session): Promise<readonly number[]> {
  const { rows } = await withPrivilege(grant, session.query('SHOW ENGINE INNODB STATUS'))
  const parts = String(rows[0]?.[2] ?? '')
    .split(/^---TRANSACTION /m)
    .slice(1)
  return parts.flatMap(part => {
    const id = /^LOCK WAIT[\s\S]*?^MariaDB thread id (\d+)/m.exec(part)?.[1]
    return id === undefined ? [] : [Number(id)]
  })
}

/** "`oltp_demo`.`products`" as `products`. */
function bare(table: unknown): string {
  return /`([^`]+)`$/.exec(String(table))?.[1] ?? String(table)
}

function bareIndex(index: unknown): string | null {
  return index === null || index === undefined ? null : String(index).replaceAll('`', '')
}
