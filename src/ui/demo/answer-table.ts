import { displayWidth, printable } from '../../format.js'
import { formatValue } from '../../scenario/format-value.js'
import type { Value } from '../../scenario/values.js'
import { cell, type Line, line, type Span, span } from '../line.js'

export interface Rows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

const gap = 2
const leastColumn = 3

/** Rows as a small table with its heading, of at most `width` columns and `most` rows; says how many more there are. */
export function tableLines({ columns, rows }: Rows, width: number, most: number): Line[] {
  const shown = rows.slice(0, most)
  const texts = shown.map(row => row.map(value => printable(formatValue(value))))
  const widths = fitted(
    columns.map((name, at) => Math.max(displayWidth(name), ...texts.map(row => displayWidth(row[at] ?? '')))),
    width,
  )
  const aligned = columns.map((_, at) => (shown.length > 0 && shown.every(row => isNumeric(row[at] ?? null)) ? 'right' : 'left'))
  const tableRow = (cells: readonly Span[]) =>
    line(
      ...cells.flatMap((one, at) => [
        span(at === 0 ? '' : ' '.repeat(gap)),
        { ...one, ...cell(one.text, widths[at] ?? 0, one.style, aligned[at]) },
      ]),
    )
  const heading = tableRow(widths.map((_, at) => span(printable(columns[at] ?? ''), 'dim')))
  const body = texts.map((row, at) =>
    tableRow(widths.map((_, column) => span(row[column] ?? '', shown[at]?.[column] === null ? 'dim' : 'strong'))),
  )
  if (rows.length === 0) return [heading, line(span('no rows', 'dim'))]
  const left = rows.length - shown.length
  return [heading, ...body, ...(left === 0 ? [] : [line(span(`… ${left} more`, 'dim'))])]
}

/** The widest give way first; columns that have no room at all are left out. */
function fitted(wanted: readonly number[], width: number): number[] {
  const most = Math.max(1, Math.floor((width + gap) / (leastColumn + gap)))
  const widths = wanted.slice(0, most)
  const over = () => widths.reduce((sum, each) => sum + each, 0) + gap * (widths.length - 1) - width
  while (over() > 0 && Math.max(...widths) > leastColumn) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function isNumeric(value: Value): boolean {
  return value === null || typeof value === 'number' || (typeof value === 'object' && !Array.isArray(value))
}
