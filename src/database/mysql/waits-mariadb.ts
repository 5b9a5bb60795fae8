import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerInfo, Session } from '../contract.js'
import type { SessionLock, Wait, WaitWatch } from '../waits.js'
import { parseInnodbStatus, type StatusTransaction } from './innodb-status.js'
import { listOf, objectName } from './lock-names.js'
import { blockersOf, type RowWait } from './reader-blockers.js'
import { listsMetadataLocks, metadataWaits } from './waits-metadata.js'
import { withPrivilege } from './waits-privilege.js'
import { stateWaits } from './waits-state.js'

/**
 * MariaDB shows lock waits in `information_schema` from a copy that is renewed only when nobody has read it for 100 ms: it is asked for
 * names alone, after that rest. That somebody waits is told at once by the report of the engine.
 */
const restMs = 110

/**
 * Others who look keep the copy old, and two who rest equally long keep in step: who finds it old rests longer by chance. After so many
 * times it stays untold for whom a session waits.
 */
const mostReads = 10

const grant = 'PROCESS ON *.*'

/** A transaction that has only read is number 0, as others are: it is known by the lock that it waits for, and as one in the way not at all. */
const edgesQuery = `
  SELECT DISTINCT r.trx_mysql_thread_id, b.trx_mysql_thread_id, r.trx_requested_lock_id, w.blocking_lock_id,
         l.lock_mode, l.lock_table, l.lock_index, l.lock_data
  FROM information_schema.innodb_lock_waits w
  JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id AND r.trx_requested_lock_id = w.requested_lock_id
  LEFT JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id AND b.trx_id <> 0
  LEFT JOIN information_schema.innodb_locks l ON l.lock_id = w.requested_lock_id
  WHERE r.trx_mysql_thread_id IN (`

/** Only those are listed that somebody waits for. Which reader holds one is not told. */
const locksQuery = `
  SELECT DISTINCT t.trx_mysql_thread_id, l.lock_table, l.lock_index, l.lock_data, l.lock_mode, t.trx_requested_lock_id <=> l.lock_id
  FROM information_schema.innodb_locks l
  JOIN information_schema.innodb_trx t ON t.trx_id = l.lock_trx_id AND (t.trx_id <> 0 OR t.trx_requested_lock_id = l.lock_id)
  WHERE t.trx_mysql_thread_id IN (`

export function watchMariadbWaits(session: Session, server: ServerInfo): WaitWatch {
  const detects = server.settings.innodb_deadlock_detect !== 'OFF'
  let listed: Promise<boolean> | null = null
  let lastRead = Number.NEGATIVE_INFINITY
  const rested = async (query: string, longer = 0) => {
    await sleep(Math.max(0, lastRead + restMs + longer - performance.now()))
    const { rows } = await withPrivilege(grant, session.query(query))
    lastRead = performance.now()
    return rows
  }

  /** The row locks that these wait for, as far as they still do. */
  const rowWaits = async (waiting: readonly number[]) => {
    for (let reads = 1; ; reads++) {
      const rows = await rested(`${edgesQuery}${listOf(waiting)})`, reads === 1 ? 0 : Math.random() * restMs)
      const report = await transactions(session)
      const still = report.filter(isWaiting).filter(({ session: id }) => waiting.includes(id))
      const untold = still.some(({ session: id }) => !rows.some(([waiter]) => waiter === id))
      if (untold && reads < mostReads) continue
      const found = rows.filter(([waiter]) => still.some(({ session: id }) => id === waiter))
      return {
        report,
        still,
        found: found.map(([waiter, blocker, wanted, held, ...lock]) => toRowWait(waiter, blocker, wanted, held, lock)),
      }
    }
  }

  return {
    async waits(sessions): Promise<readonly Wait[]> {
      listed ??= listsMetadataLocks(session)
      const others = await ((await listed) ? metadataWaits(session, sessions) : stateWaits(session, sessions))
      const waiting = (await transactions(session)).filter(isWaiting).flatMap(({ session: id }) => (sessions.includes(id) ? [id] : []))
      if (waiting.length === 0) return others
      const { report, still, found } = await rowWaits(waiting)
      const blockers = blockersOf(
        found,
        report.filter(({ session: id }) => sessions.includes(id)),
        detects,
      )
      const lockOf = (id: number) => found.find(({ waiter }) => waiter === id)?.lock ?? 'a row lock'
      return [...others, ...still.map(({ session: id }) => ({ ...nobody, waiting: id, ...blockers.get(id), lock: lockOf(id) }))]
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

function toRowWait(waiter: unknown, blocker: unknown, wanted: unknown, held: unknown, lock: readonly unknown[]): RowWait {
  const [mode, table, index, data] = lock
  return {
    waiter: Number(waiter),
    blocker: blocker === null ? null : Number(blocker),
    wanted: String(wanted),
    inTheWay: String(held),
    lock: `${mode} on ${objectName(bare(table), bareIndex(index), data ?? null)}`,
  }
}

const nobody = { blockers: [], inferred: [] }

function isWaiting({ waitedUs }: StatusTransaction): boolean {
  return waitedUs !== null
}

async function transactions(session: Session): Promise<readonly StatusTransaction[]> {
  const { rows } = await withPrivilege(grant, session.query('SHOW ENGINE INNODB STATUS'))
  return parseInnodbStatus(String(rows[0]?.[2] ?? ''))
}

/** "`oltp_demo`.`products`" as `products`. */
function bare(table: unknown): string {
  return /`([^`]+)`$/.exec(String(table))?.[1] ?? String(table)
}

function bareIndex(index: unknown): string | null {
  return index === null || index === undefined ? null : String(index).replaceAll('`', '')
}
