import { type ServerColumn, serverColumns } from '../../measure/server-rows.js'
import type { ServerInfo } from '../contract.js'
import { type Monitor, toNumber } from '../monitor.js'
import { createEventTeller } from './monitor-events.js'
import { readStatements } from './statement-statistics.js'

const counter = (name: string): ServerColumn => ({ name, kind: 'counter' })

/** Each with the expression that reads it, over what `sampleQuery` joins. */
const sources: readonly (readonly [column: ServerColumn, expression: string])[] = [
  [counter('commits'), 'ours.xact_commit'],
  [counter('rollbacks'), 'ours.xact_rollback'],
  [serverColumns.deadlocks, 'ours.deadlocks'],
  [serverColumns.lockWaiting, 'activity.lock_waiting'],
  [serverColumns.bufferRequests, 'ours.blks_hit + ours.blks_read'],
  [serverColumns.bufferReads, 'ours.blks_read'],
  [counter('temp_bytes'), 'ours.temp_bytes'],
  [serverColumns.walBytes, 'wal.wal_bytes'],
  [counter('wal_full_page_images'), 'wal.wal_fpi'],
  [counter('wal_buffers_full'), 'wal.wal_buffers_full'],
  [serverColumns.checkpointsTimed, 'checkpoints.timed'],
  [serverColumns.checkpointsRequested, 'checkpoints.requested'],
  [counter('checkpoint_buffers'), 'checkpoints.written'],
  [counter('bgwriter_buffers'), 'bgwriter.buffers_clean'],
  [counter('autovacuums'), 'tables.vacuums'],
  [counter('autoanalyzes'), 'tables.analyzes'],
  [{ name: 'autovacuum_workers', kind: 'gauge' }, 'activity.autovacuum_workers'],
]
const columns = sources.map(([column]) => column)

const notSeen = 'autovacuum_workers: GRANT pg_read_all_stats makes them visible'

/**
 * From the statistics views. A session hands its own counts in when it ends, and about once a second while it is idle between transactions: rows
 * may be a second late, totals taken after the load's sessions have ended are exact.
 */
export function monitor(server: ServerInfo): Monitor {
  const query = sampleQuery(Number.parseInt(server.version, 10))
  const tellEvents = createEventTeller()
  return {
    columns,
    async sample(session) {
      const { rows } = await session.query(query)
      const row = rows[0] ?? []
      const values = columns.map((_, at) => toNumber(row[at]))
      const [checkpoint_ms, tables, seesAll] = row.slice(columns.length)
      const named = (wanted: ServerColumn) => values[columns.indexOf(wanted)] ?? 0
      const events = tellEvents({
        timed: named(serverColumns.checkpointsTimed),
        requested: named(serverColumns.checkpointsRequested),
        deadlocks: named(serverColumns.deadlocks),
        written: values[columns.findIndex(({ name }) => name === 'checkpoint_buffers')] ?? 0,
        checkpoint_ms: toNumber(checkpoint_ms) ?? 0,
        tables: tables === null || tables === undefined ? {} : JSON.parse(String(tables)),
      })
      return { values, events, missing: seesAll === true ? [] : [notSeen] }
    },
    statements: readStatements,
  }
}

/** One row, whatever the role may see. Version 17 gave the checkpointer a view of its own. */
function sampleQuery(major: number): string {
  const checkpoints =
    major >= 17
      ? `SELECT num_timed AS timed, num_requested AS requested, buffers_written AS written, write_time + sync_time AS ms
          FROM pg_stat_checkpointer`
      : `SELECT checkpoints_timed AS timed, checkpoints_req AS requested, buffers_checkpoint AS written,
          checkpoint_write_time + checkpoint_sync_time AS ms FROM pg_stat_bgwriter`
  return `
    SELECT ${sources.map(([, expression]) => expression).join(', ')}, checkpoints.ms, tables.counts, pg_has_role('pg_read_all_stats', 'USAGE')
    FROM pg_stat_wal wal CROSS JOIN pg_stat_bgwriter bgwriter CROSS JOIN (${checkpoints}) checkpoints
      LEFT JOIN pg_stat_database ours ON ours.datname = current_database() AND current_setting('track_counts')::bool
      CROSS JOIN (
        SELECT count(*) FILTER (WHERE wait_event_type = 'Lock') AS lock_waiting,
          CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE')
            THEN count(*) FILTER (WHERE backend_type = 'autovacuum worker') END AS autovacuum_workers
        FROM pg_stat_activity WHERE datname = current_database()) activity
      CROSS JOIN (
        SELECT coalesce(sum(vacuums), 0) AS vacuums, coalesce(sum(analyzes), 0) AS analyzes,
          json_object_agg(relname, json_build_array(vacuums, analyzes)) FILTER (WHERE vacuums + analyzes > 0) AS counts
        FROM pg_class CROSS JOIN LATERAL (
          SELECT pg_stat_get_autovacuum_count(oid) AS vacuums, pg_stat_get_autoanalyze_count(oid) AS analyzes) done
        WHERE relkind IN ('r', 'm') AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())) tables`
}
