import type { ResultServer } from './result.js'

/** What a server tells of itself: a counter only grows while it runs, a gauge is what is now. */
export interface ServerColumn {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
}

/** Columns that mean the same on every engine that has them; all others are an engine's own. */
export const serverColumns = {
  deadlocks: { name: 'deadlocks', kind: 'counter' },
  /** Sessions that wait for a lock of another one. */
  lockWaiting: { name: 'lock_waiting', kind: 'gauge' },
  /** Pages looked up in the buffer cache, and those of them that had to be read. */
  bufferRequests: { name: 'buffer_requests', kind: 'counter' },
  bufferReads: { name: 'buffer_reads', kind: 'counter' },
  /** Written to the write-ahead log: WAL on PostgreSQL, redo on InnoDB. */
  walBytes: { name: 'wal_bytes', kind: 'counter' },
  /** Begun because it was time, and because the log had grown or somebody asked. */
  checkpointsTimed: { name: 'checkpoints_timed', kind: 'counter' },
  checkpointsRequested: { name: 'checkpoints_requested', kind: 'counter' },
  /** Of InnoDB's row locks, those that somebody had to wait for. */
  rowLockWaits: { name: 'row_lock_waits', kind: 'counter' },
  dirtyPages: { name: 'dirty_pages', kind: 'gauge' },
} as const satisfies { readonly [name: string]: ServerColumn }

/** One look at a server: values under its columns as it counts them; null: not to be had. */
export interface ServerSample {
  /** Seconds since the load began; before it: negative. */
  readonly t_s: number
  readonly values: readonly (number | null)[]
}

/** What counters have grown by since the look before, and gauges as they are. */
export interface ServerRow {
  readonly t_s: number
  readonly interval_s: number
  readonly values: { readonly [column: string]: number | null }
}

/** @throws TypeError when a sample is not of these columns: a bug of ours, not to be passed on as figures */
export function rowBetween(columns: readonly ServerColumn[], before: ServerSample, after: ServerSample): ServerRow {
  const values = columns.map(({ name, kind }, at): [string, number | null] => {
    const [earlier, now] = [numberAt(before, at, columns), numberAt(after, at, columns)]
    return [name, kind === 'gauge' ? now : grownBy(earlier, now)]
  })
  return { t_s: after.t_s, interval_s: after.t_s - before.t_s, values: Object.fromEntries(values) }
}

/** The part of the result document; `totals` has what counters have grown by over all rows. */
export function describeServer(columns: readonly ServerColumn[], rows: readonly ServerRow[], missing: string | null): ResultServer {
  const counters = columns.filter(({ kind }) => kind === 'counter')
  const totals = counters.flatMap(({ name }): [string, number][] => {
    const known = rows.flatMap(({ values }) => values[name] ?? [])
    return known.length === 0 ? [] : [[name, known.reduce((sum, value) => sum + value, 0)]]
  })
  return {
    missing,
    columns: rows.length === 0 ? [] : ['t_s', ...columns.map(({ name }) => name)],
    rows: rows.map(({ t_s, values }) => [round(t_s), ...columns.map(({ name }) => values[name] ?? null)]),
    totals: Object.fromEntries(totals),
  }
}

function numberAt({ values }: ServerSample, at: number, columns: readonly ServerColumn[]): number | null {
  const value = values[at]
  if (values.length !== columns.length || value === undefined || Number.isNaN(value))
    throw new TypeError(`a sample of ${values.length} values does not fit ${columns.length} columns: ${columns[at]?.name} is ${value}`)
  return value
}

// A counter that went back began anew, with the server or by somebody's reset: it has at least grown by what it shows.
function grownBy(before: number | null, after: number | null): number | null {
  if (before === null || after === null) return null
  return after >= before ? after - before : after
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
