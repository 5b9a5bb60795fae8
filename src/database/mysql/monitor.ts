import { type ServerColumn, serverColumns } from '../../measure/server-rows.js'
import { DatabaseError, type ServerInfo, type Session } from '../contract.js'
import { type Monitor, toNumber } from '../monitor.js'
import { readStatements } from './statement-statistics.js'

const counter = (name: string): ServerColumn => ({ name, kind: 'counter' })
const gauge = (name: string): ServerColumn => ({ name, kind: 'gauge' })

/** Each with the variables that tell it, the first that there is: MySQL and MariaDB, and their versions, have different ones. */
const sources: readonly (readonly [column: ServerColumn, ...variables: string[]])[] = [
  [counter('com_commit'), 'Com_commit'],
  [counter('com_rollback'), 'Com_rollback'],
  [serverColumns.deadlocks, 'Innodb_deadlocks', 'lock_deadlocks'],
  [serverColumns.lockWaiting, 'Innodb_row_lock_current_waits'],
  [serverColumns.rowLockWaits, 'Innodb_row_lock_waits'],
  [counter('row_lock_time_ms'), 'Innodb_row_lock_time'],
  [serverColumns.bufferRequests, 'Innodb_buffer_pool_read_requests'],
  [serverColumns.bufferReads, 'Innodb_buffer_pool_reads'],
  [serverColumns.dirtyPages, 'Innodb_buffer_pool_pages_dirty'],
  [counter('pages_flushed'), 'Innodb_buffer_pool_pages_flushed'],
  [serverColumns.walBytes, 'Innodb_lsn_current', 'Innodb_redo_log_current_lsn', 'Innodb_os_log_written'],
  [counter('log_waits'), 'Innodb_log_waits'],
  [gauge('checkpoint_age_bytes'), 'Innodb_checkpoint_age'],
  [gauge('history_list_length'), 'Innodb_history_list_length', 'trx_rseg_history_len'],
]
const columns = sources.map(([column]) => column)

/** In the status of MariaDB, among InnoDB's metrics on MySQL, for which one needs PROCESS. */
const metrics = ['lock_deadlocks', 'trx_rseg_history_len']
const others = ['Innodb_redo_log_checkpoint_lsn', 'Innodb_redo_log_capacity_resized', 'Innodb_checkpoint_max_age']
const statusNames = [...sources.flatMap(([, ...variables]) => variables), ...others].filter(name => !metrics.includes(name))

const statusQuery = `SHOW GLOBAL STATUS WHERE Variable_name IN (${statusNames.map(name => `'${name}'`).join(', ')})`
const metricsQuery = `SELECT NAME, COUNT FROM information_schema.INNODB_METRICS WHERE NAME IN (${metrics.map(name => `'${name}'`).join(', ')})`
const notSeen = 'deadlocks, history_list_length: GRANT PROCESS makes them visible'

type Status = ReadonlyMap<string, number | null>

/** From the status variables, and on MySQL from InnoDB's metrics. */
export function monitor(server: ServerInfo): Monitor {
  let mayReadMetrics = server.product === 'MySQL'
  const tellEvents = createEventTeller()
  return {
    columns,
    async sample(session) {
      const status = new Map(await readPairs(session, statusQuery))
      if (mayReadMetrics) {
        const found = await readMetrics(session)
        if (found === null) mayReadMetrics = false
        for (const [name, value] of found ?? []) status.set(name, value)
      }
      status.set('Innodb_checkpoint_age', checkpointAge(status))
      const values = sources.map(([, ...variables]) => firstOf(status, variables))
      const missing = server.product === 'MySQL' && !mayReadMetrics ? [notSeen] : []
      return { values, events: tellEvents(status), missing }
    },
    statements: (session, texts) => readStatements(server, session, texts),
  }
}

/** null without the right to read them. */
async function readMetrics(session: Session): Promise<Status | null> {
  try {
    return new Map(await readPairs(session, metricsQuery))
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '1227') return null
    throw error
  }
}

async function readPairs(session: Session, query: string): Promise<[string, number | null][]> {
  const { rows } = await session.query(query)
  return rows.map(([name, value]) => [String(name), toNumber(value)])
}

/** How much redo a crash would have to replay now, and what InnoDB must not let grow to the size of its log. */
function checkpointAge(status: Status): number | null {
  const [now, checkpoint] = [status.get('Innodb_redo_log_current_lsn'), status.get('Innodb_redo_log_checkpoint_lsn')]
  return status.get('Innodb_checkpoint_age') ?? (now == null || checkpoint == null ? null : now - checkpoint)
}

function firstOf(status: Status, names: readonly string[]): number | null {
  for (const name of names) {
    const value = status.get(name)
    if (value != null) return value
  }
  return null
}

/** From here on InnoDB makes writers flush pages. */
const fullLog = 0.75

/** Tells each thing once, when it first happens. */
function createEventTeller(): (now: Status) => string[] {
  let first: Status | null = null
  const told = new Set<string>()
  return now => {
    const start = first ?? now
    first = start
    const grown = (...names: string[]) => (firstOf(now, names) ?? 0) > (firstOf(start, names) ?? 0)
    const capacity = firstOf(now, ['Innodb_checkpoint_max_age', 'Innodb_redo_log_capacity_resized'])
    const events = [
      grown('Innodb_deadlocks', 'lock_deadlocks') ? 'first deadlock on the server' : '',
      grown('Innodb_log_waits') ? 'the redo log buffer is full: sessions wait for it' : '',
      capacity !== null && (firstOf(now, ['Innodb_checkpoint_age']) ?? 0) > fullLog * capacity
        ? 'the redo log is 75 % full: writers have to flush pages'
        : '',
    ].filter(text => text !== '' && !told.has(text))
    for (const text of events) told.add(text)
    return events
  }
}
