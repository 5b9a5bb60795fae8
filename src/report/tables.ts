import { formatCount, formatMs, formatPercent, formatRate } from '../format.js'
import type { ResultLatency, ResultPhase, ResultStatement, ResultTotals, ResultTransaction } from '../measure/result.js'
import type { Page, Section } from './page.js'
import { type Column, drawTable } from './table.js'

/** Measured phases side by side, where there are several. */
export function phaseTable({ result, width, paint }: Page): Section {
  const measured = result.phases.filter(phase => phase.measured)
  if (measured.length < 2) return []
  const columns: Column<ResultPhase>[] = [
    { title: 'Phase', of: ({ name, complete }) => (complete ? name : `${name} (part)`) },
    { title: 'clients', of: ({ clients }) => (clients.from === clients.to ? `${clients.to}` : `${clients.from}-${clients.to}`) },
    ...some(measured, ({ rate_per_s }) => rate_per_s !== null, {
      title: 'rate/s',
      of: ({ rate_per_s: rate }) => (rate === null ? '' : rate.from === rate.to ? formatRate(rate.to) : `${rate.from}-${rate.to}`),
    }),
    { title: 'TPS', of: ({ tps }) => formatRate(tps) },
    ...latencyColumns<ResultPhase>(),
    ...countColumns(measured),
  ]
  return drawTable(measured, columns, width, paint)
}

/** One row per type of transaction. */
export function transactionTable({ result, width, paint }: Page): Section {
  const rows = result.transactions.filter(({ weight, totals }) => weight > 0 || totals.started > 0)
  const all = rows.reduce((sum, { totals }) => sum + ended(totals), 0)
  const columns: Column<ResultTransaction>[] = [
    { title: 'Transaction', of: ({ name }) => name },
    ...some(rows, () => rows.length > 1, { title: 'mix', of: ({ totals }) => formatPercent(all === 0 ? 0 : ended(totals) / all) }),
    { title: 'TPS', of: ({ tps }) => formatRate(tps) },
    ...latencyColumns<ResultTransaction>(),
    ...countColumns(rows),
  ]
  return rows.length === 0 ? [] : drawTable(rows, columns, width, paint)
}

const statementsShown = 8

/**
 * Where the time goes: the statements that took most of it. Left out where there is only one. The server's mean, where it keeps one, stands beside
 * ours: the rest is network, parsing and waiting for a processor.
 */
export function statementTable({ result, width, paint }: Page): Section {
  const time = ({ executions, latency }: ResultStatement) => executions * (latency.mean_us ?? 0)
  const rows = result.statements.filter(({ executions }) => executions > 0).sort((a, b) => time(b) - time(a))
  const whole = rows.reduce((sum, row) => sum + time(row), 0)
  const columns: Column<ResultStatement>[] = [
    { title: 'Statement', of: ({ name }) => name },
    { title: 'per s', of: ({ executions }) => formatRate(result.time.measured_s > 0 ? executions / result.time.measured_s : 0) },
    ...latencyColumns<ResultStatement>(),
    ...some(rows, ({ server }) => server !== null, { title: 'mean ms', of: ({ latency }) => formatMs(latency.mean_us) }),
    ...some(rows, ({ server }) => server !== null, { title: 'server ms', of: ({ server }) => formatMs(server?.mean_us ?? null) }),
    { title: 'time', of: row => formatPercent(whole === 0 ? 0 : time(row) / whole) },
  ]
  const hidden = rows.length - statementsShown
  const more = hidden > 0 ? [paint.dim(`and ${hidden} more, which took less`)] : []
  return rows.length < 2 ? [] : [...drawTable(rows.slice(0, statementsShown), columns, width, paint), ...more]
}

function latencyColumns<T extends { readonly latency: ResultLatency }>(): Column<T>[] {
  return [
    { title: 'p50 ms', of: ({ latency }) => formatMs(latency.p50_us) },
    { title: 'p95 ms', of: ({ latency }) => formatMs(latency.p95_us) },
    { title: 'p99 ms', of: ({ latency }) => formatMs(latency.p99_us) },
  ]
}

/** Columns of zeros would only be noise. */
function countColumns<T extends { readonly totals: ResultTotals }>(rows: readonly T[]): Column<T>[] {
  return [
    ...some(rows, ({ totals }) => totals.retries > 0, { title: 'retries', of: ({ totals }) => formatCount(totals.retries) }),
    ...some(rows, ({ totals }) => totals.rolled_back > 0, { title: 'rollbacks', of: ({ totals }) => formatCount(totals.rolled_back) }),
    ...some(rows, ({ totals }) => totals.failed > 0, { title: 'failed', of: ({ totals }) => formatCount(totals.failed) }),
  ]
}

function some<T>(rows: readonly T[], holds: (row: T) => boolean, column: Column<T>): Column<T>[] {
  return rows.some(holds) ? [column] : []
}

function ended({ committed, rolled_back, failed }: ResultTotals): number {
  return committed + rolled_back + failed
}
