import { shareOf } from './generator.js'
import { mergeSlices, sliceQuantile } from './histogram-slice.js'
import type { Tick } from './tick.js'

export const seriesColumns = [
  't_s',
  'interval_s',
  'phase',
  'clients',
  'offered',
  'committed',
  'rolled_back',
  'failed',
  'retries',
  'in_transaction',
  'backing_off',
  'backlog',
  'p50_us',
  'p95_us',
  'p99_us',
  'max_us',
  'utilisation',
  'lag_max_us',
  'gc_ms',
  'steal_share',
] as const

/** One second of a run as a row under `seriesColumns`; quantiles are null in a second without commits. */
export function seriesRow(tick: Tick): (number | null)[] {
  const total = (field: 'committed' | 'rolledBack' | 'failed' | 'retries') => tick.transactions.reduce((sum, one) => sum + one[field], 0)
  const latency = mergeSlices(tick.transactions.map(one => one.latency))
  return [
    tick.t_s,
    tick.interval_s,
    tick.phase,
    tick.clients,
    tick.offered,
    total('committed'),
    total('rolledBack'),
    total('failed'),
    total('retries'),
    tick.inTransaction,
    tick.backingOff,
    tick.backlog,
    sliceQuantile(latency, 0.5),
    sliceQuantile(latency, 0.95),
    sliceQuantile(latency, 0.99),
    latency.count === 0 ? null : latency.max_us,
    tick.generator.utilisation,
    tick.generator.lag_max_us,
    tick.generator.gc_ms,
    shareOf(tick.generator.host.steal),
  ]
}
