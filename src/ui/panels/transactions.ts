import { displayWidth, fitTo, formatCount, formatMs, formatPercent, formatRate, formatRatio } from '../../format.js'
import { chartSeconds, resample, sparkline, type TimeScale, timeScale } from '../chart.js'
import { cell, fitRows, type Line, line, rule, type Span, span } from '../line.js'
import type { Quantiles, StatementRow, TransactionRow, ViewModel } from '../model.js'
import type { Style } from '../theme.js'

type Row = { readonly kind: 'transaction'; readonly row: TransactionRow } | { readonly kind: 'statement'; readonly row: StatementRow }

interface Column {
  readonly title: string
  readonly width: number
  /** The lower, the sooner it is kept where not all fit. */
  readonly rank: number
  readonly of: (row: Row) => readonly [text: string, style?: Style]
}

const columns: readonly Column[] = [
  { title: 'MIX', width: 6, rank: 9, of: ({ kind, row }) => [kind === 'transaction' ? formatPercent(row.share) : '', 'dim'] },
  {
    title: 'TPS',
    width: 9,
    rank: 1,
    of: each => [formatRate(each.kind === 'transaction' ? each.row.tps : each.row.perSecond), own(each, 'tps')],
  },
  { title: 'p50 ms', width: 8, rank: 5, of: each => [formatMs(each.row.p50_us), own(each, 'plain')] },
  { title: 'p95 ms', width: 8, rank: 2, of: each => [formatMs(each.row.p95_us), own(each, 'latency')] },
  { title: 'p99 ms', width: 8, rank: 6, of: each => [formatMs(each.row.p99_us), own(each, 'plain')] },
  { title: 'max ms', width: 8, rank: 7, of: each => [formatMs(each.row.max_us), own(each, 'plain')] },
  { title: 'RETRIES', width: 9, rank: 3, of: each => count(each, 'retries', 'retries') },
  { title: 'PER TXN', width: 8, rank: 8, of: each => [each.kind === 'transaction' ? formatRatio(each.row.retriesEach) : '', 'dim'] },
  { title: 'ROLLED BACK', width: 12, rank: 10, of: each => count(each, 'rolledBack', 'plain') },
  { title: 'FAILED', width: 8, rank: 4, of: each => count(each, 'failed', 'bad') },
]

const leastSpark = 10

/**
 * A heading, then one row per transaction, then as many statements as `statementRows` allows. Columns that do not fit are left out,
 * the least important first; a picture of the throughput takes what remains.
 */
export function transactionsPanel(model: ViewModel, width: number, transactionRows: number, statementRows: number): Line[] {
  const statements = statementRows > 0 ? model.statements.slice(0, statementRows) : []
  const names = [...model.transactions.map(({ name }) => name), ...statements.map(({ name }) => `└ ${name}`)]
  const nameWidth = Math.min(Math.max(12, ...names.map(displayWidth)), Math.floor(width * 0.26)) + 1
  const shown = choose(width - nameWidth - 1)
  const used = nameWidth + shown.reduce((sum, column) => sum + column.width, 0)
  const spark = width - used - 3 >= leastSpark ? Math.min(60, width - used - 3) : 0
  const rows: Row[] = [
    ...model.transactions.slice(0, Math.max(0, transactionRows - 2)).map(row => ({ kind: 'transaction' as const, row })),
    ...statements.map(row => ({ kind: 'statement' as const, row })),
  ]
  const heading = line(
    cell(' NAME', nameWidth, 'dim', 'left'),
    ...shown.map(({ title, width: each }) => cell(title, each, 'dim')),
    ...(spark > 0 ? [span('  '), span(fitTo(`TPS ${sparkScale(model, spark).seconds} s`, spark), 'dim')] : []),
  )
  const body = rows.map(row => drawRow(row, model, nameWidth, shown, spark))
  return [
    rule('Transactions', width, hidden(model, transactionRows)),
    heading,
    ...fitRows(body, Math.max(0, transactionRows - 2 + statementRows)),
  ]
}

function drawRow(each: Row, model: ViewModel, nameWidth: number, shown: readonly Column[], spark: number): Line {
  const name = each.kind === 'transaction' ? ` ${each.row.name}` : ` └ ${each.row.name}`
  const cells: Span[] = shown.map(column => {
    const [text, style] = column.of(each)
    return cell(text, column.width, style ?? 'plain')
  })
  return line(cell(name, nameWidth, own(each, 'plain'), 'left'), ...cells, ...(spark > 0 ? [span('  '), picture(each, model, spark)] : []))
}

function picture(each: Row, model: ViewModel, width: number): Span {
  if (each.kind === 'statement') return span(`${formatPercent(each.row.timeShare)} of time`, 'dim')
  const values = resample(each.row.tpsPerSecond, model.charts.end_s, width, sparkScale(model, width), 'mean')
  return span(sparkline(values, Math.max(0, ...values.map(value => value ?? 0))), 'tps')
}

function sparkScale(model: ViewModel, width: number): TimeScale {
  return timeScale(chartSeconds(60, model.charts.end_s), width)
}

function choose(room: number): Column[] {
  const kept = new Set<Column>()
  let left = room
  for (const column of [...columns].sort((a, b) => a.rank - b.rank)) {
    if (column.width > left) break
    kept.add(column)
    left -= column.width
  }
  return columns.filter(column => kept.has(column))
}

function hidden(model: ViewModel, rows: number): string {
  const more = model.transactions.length - Math.max(0, rows - 2)
  return more > 0 ? `${model.window.label}, ${more} more in view 2` : model.window.label
}

function own({ kind }: { readonly kind: Row['kind']; readonly row: Quantiles }, style: Style): Style {
  return kind === 'statement' ? 'dim' : style
}

function count(each: Row, field: 'retries' | 'rolledBack' | 'failed', style: Style): readonly [string, Style] {
  if (each.kind === 'statement') return ['', 'dim']
  return [formatCount(each.row[field]), each.row[field] > 0 ? style : 'plain']
}
