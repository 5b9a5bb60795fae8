import { displayWidth, fitTo, printable, truncate } from '../../format.js'
import { formatValue } from '../../scenario/format-value.js'
import type { Value } from '../../scenario/values.js'

const mostRows = 8

/** Rows as a small table, numbers at the right, at most `width` wide; of many rows the first. */
export function answerTable(columns: readonly string[], rows: readonly (readonly Value[])[], width: number): readonly string[] {
  const shown = rows.slice(0, mostRows).map(row => columns.map((_, at) => textOf(row[at] ?? null)))
  const widths = columns.map((title, at) => Math.max(displayWidth(printable(title)), ...shown.map(row => displayWidth(row[at] ?? ''))))
  const right = columns.map((_, at) => rows.every(row => !/[^-\d.]/.test(textOf(row[at] ?? null).replace('NULL', ''))))
  const line = (cells: readonly string[]) =>
    truncate(
      cells
        .map((cell, at) => fitTo(cell, widths[at] ?? 0, right[at] === true && rows.length > 0 ? 'right' : 'left'))
        .join('  ')
        .trimEnd(),
      width,
    )
  return [
    line(columns.map(printable)),
    truncate(widths.map(each => '─'.repeat(each)).join('  '), width),
    ...shown.map(line),
    ...(rows.length === 0 ? ['(no row)'] : rows.length > mostRows ? [`… ${rows.length} rows in all`] : []),
  ]
}

function textOf(value: Value): string {
  return value === null ? 'NULL' : printable(formatValue(value))
}
