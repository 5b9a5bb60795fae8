import { type ServerRow, serverColumns } from '../measure/server-rows.js'

export interface ServerSoFar {
  readonly last: ServerRow
  /** What counters have grown by in all rows. */
  readonly totals: ServerRow['values']
}

/** What the screen says of the server; null: it does not tell. */
export interface ServerFigures {
  /** Since the load began. */
  readonly checkpoints: number | null
  readonly deadlocks: number | null
  /** In the last second or so. */
  readonly walBytesPerSecond: number | null
  /** Of the pages that were looked up, 0 to 1. */
  readonly cacheMisses: number | null
  readonly rowLockWaitsPerSecond: number | null
  /** Now. */
  readonly lockWaiting: number | null
  readonly dirtyPages: number | null
}

export function addServerRow(known: ServerSoFar | null, row: ServerRow): ServerSoFar {
  const totals = Object.entries(row.values).map(([name, value]) => [name, sum(known?.totals[name] ?? null, value)])
  return { last: row, totals: Object.fromEntries(totals) }
}

export function serverFigures({ last, totals }: ServerSoFar): ServerFigures {
  const {
    checkpointsTimed,
    checkpointsRequested,
    deadlocks,
    walBytes,
    bufferReads,
    bufferRequests,
    rowLockWaits,
    lockWaiting,
    dirtyPages,
  } = serverColumns
  const now = ({ name }: { readonly name: string }) => last.values[name] ?? null
  const soFar = ({ name }: { readonly name: string }) => totals[name] ?? null
  const perSecond = (value: number | null) => (value === null || last.interval_s <= 0 ? null : value / last.interval_s)
  return {
    checkpoints: sum(soFar(checkpointsTimed), soFar(checkpointsRequested)),
    deadlocks: soFar(deadlocks),
    walBytesPerSecond: perSecond(now(walBytes)),
    cacheMisses: cacheMisses(now(bufferRequests), now(bufferReads)),
    rowLockWaitsPerSecond: perSecond(now(rowLockWaits)),
    lockWaiting: now(lockWaiting),
    dirtyPages: now(dirtyPages),
  }
}

function sum(a: number | null, b: number | null): number | null {
  return a === null ? b : a + (b ?? 0)
}

// Read-ahead counts as reading but not as asking.
function cacheMisses(requests: number | null, reads: number | null): number | null {
  return requests === null || reads === null || requests === 0 ? null : Math.min(1, reads / requests)
}
