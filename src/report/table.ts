import Table from 'cli-table3'
import { displayWidth, truncate } from '../format.js'
import type { Paint } from './paint.js'

export interface Column<T> {
  readonly title: string
  readonly of: (row: T) => string
}

/** Aligned columns without borders, at most `width` wide: the first is text and gives way, the others are numbers at the right. */
export function drawTable<T>(rows: readonly T[], columns: readonly Column<T>[], width: number, paint: Paint): string[] {
  const cells = rows.map(row => columns.map(column => column.of(row)))
  const widths = columns.map(({ title }, at) => Math.max(displayWidth(title), ...cells.map(row => displayWidth(row[at] ?? ''))))
  const others = widths.slice(1).reduce((sum, each) => sum + each + gap, 0)
  const first = Math.max(8, Math.min(widths[0] ?? 0, width - others))
  const table = new Table({
    chars: borderless,
    // The library would colour heading and border, whether that is wanted or not.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map((_, at) => (at === 0 ? 'left' : 'right')),
    colWidths: widths.map((each, at) => (at === 0 ? first : each + gap)),
  })
  table.push(columns.map(({ title }) => paint.dim(title)))
  for (const [name = '', ...numbers] of cells) table.push([truncate(name, first), ...numbers])
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
}

const gap = 2

const borderless = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap(side => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('middle')
    .map(name => [name, '']),
)
