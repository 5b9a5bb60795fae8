import type { Matrix, MatrixServer } from '../../demo/matrix-model.js'
import { displayWidth, fitTo, printable, wrapText } from '../../format.js'
import type { Isolation } from '../../scenario/model.js'
import { createPaint, type Paint } from '../paint.js'
import {
  byTheme,
  failureText,
  findCell,
  legendOf,
  levelName,
  levelSentence,
  type MatrixRow,
  markedText,
  rowsOf,
  rowText,
  tellsLevels,
} from './matrix-words.js'

export interface TableStyle {
  readonly colour: boolean
  /** Columns of the terminal. */
  readonly columns: number
}

/** A cell with its gap: `✓ prevented •`, and levels are broken into lines of that width. */
const cellWidth = 14

/** The matrix for a terminal: demos down, levels across, as many servers beside each other as there is room for; and what each level is. */
export function matrixTable(matrix: Matrix, { colour, columns }: TableStyle): string {
  const paint = createPaint(colour)
  const nameWidth = Math.max(18, ...matrix.demos.flatMap(rowsOf).map(row => displayWidth(indented(row)) + 1))
  const beside = Math.max(1, Math.floor((columns - nameWidth) / serverWidth(matrix)))
  const blocks = Array.from({ length: Math.ceil(matrix.servers.length / beside) }, (_, at) =>
    matrix.servers.slice(at * beside, (at + 1) * beside),
  )
  const sections = [
    ...blocks.map(servers => block(matrix, servers, nameWidth, paint)),
    legendLines(matrix, columns, paint),
    ...(tellsLevels(matrix) ? matrix.servers.map(server => findings(matrix, server, columns, paint)) : []),
    failures(matrix, columns, paint),
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.map(line => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`
}

/** Under its own name, however few levels there are. */
function serverWidth({ servers, isolation_levels }: Matrix): number {
  return Math.max(isolation_levels.length * cellWidth, ...servers.map(({ server }) => displayWidth(printable(server)) + 2))
}

/** A column of the table. */
interface Slot {
  readonly server: MatrixServer
  readonly isolation: Isolation
  readonly width: number
}

function slotsOf(matrix: Matrix, servers: readonly MatrixServer[]): readonly Slot[] {
  const isolations = matrix.isolation_levels
  const last = serverWidth(matrix) - (isolations.length - 1) * cellWidth
  return servers.flatMap(server =>
    isolations.map((isolation, at) => ({ server, isolation, width: at === isolations.length - 1 ? last : cellWidth })),
  )
}

function block(matrix: Matrix, servers: readonly MatrixServer[], nameWidth: number, paint: Paint): string[] {
  const slots = slotsOf(matrix, servers)
  const titles = servers.map(({ server }) => fitTo(printable(server), serverWidth(matrix))).join('')
  const heads = slots.map(({ server, isolation }) => wrapText(server.default_isolation === isolation ? `${isolation} *` : isolation, 12))
  const rows = byTheme(matrix).flatMap(({ theme, demos }) => [
    paint.dim(printable(theme)),
    ...demos.flatMap(rowsOf).map(row => {
      const cells = slots.map(slot => painted(matrix, row, slot, paint))
      return `${fitTo(indented(row), nameWidth)}${cells.join('')}`
    }),
  ])
  return [
    ' '.repeat(nameWidth) + paint.strong(titles),
    ...stacked(heads, slots, 'bottom').map(line => ' '.repeat(nameWidth) + line),
    ...rows,
    ...(tellsLevels(matrix) ? ['', ...levelLines(matrix, slots, nameWidth, paint)] : []),
  ]
}

function levelLines(matrix: Matrix, slots: readonly Slot[], nameWidth: number, paint: Paint): string[] {
  const names = slots.map(({ server, isolation }) => {
    const level = matrix.levels.find(found => found.server === server.server && found.isolation === isolation)
    return wrapText(level === undefined ? '' : levelName(level), cellWidth - 2)
  })
  return stacked(names, slots, 'top').map((line, at) => paint.strong(fitTo(at === 0 ? 'what it really is' : '', nameWidth) + line))
}

function indented(row: MatrixRow): string {
  return `${row.fix === null ? '  ' : '   '}${rowText(row)}`
}

function painted(matrix: Matrix, row: MatrixRow, { server, isolation, width }: Slot, paint: Paint): string {
  const cell = findCell(matrix, server.server, row, isolation)
  if (cell === undefined) return ' '.repeat(width)
  const text = fitTo(markedText(cell, row), width)
  if (!('outcome' in cell)) return (cell.failed ? paint.warn : paint.dim)(text)
  const style = { happens: paint.bad, error: paint.warn, waits: (text: string) => text, prevented: paint.good }[cell.outcome]
  return style(text)
}

/** Texts of several lines each, beside each other. */
function stacked(texts: readonly (readonly string[])[], slots: readonly Slot[], to: 'top' | 'bottom'): string[] {
  const height = Math.max(0, ...texts.map(lines => lines.length))
  return Array.from({ length: height }, (_, at) =>
    texts.map((lines, slot) => fitTo(lines[to === 'top' ? at : at - height + lines.length] ?? '', slots[slot]?.width ?? 0)).join(''),
  )
}

function legendLines(matrix: Matrix, columns: number, paint: Paint): string[] {
  const marked = matrix.servers.some(({ default_isolation }) => matrix.isolation_levels.includes(default_isolation))
  const failed = matrix.gaps.some(gap => gap.failed)
  const words = [...legendOf(matrix), ...(failed ? ['? could not be played'] : []), ...(marked ? ["* the server's default"] : [])]
  return words.flatMap(text => wrapText(text, columns).map(line => paint.dim(line)))
}

function findings(matrix: Matrix, { server }: MatrixServer, columns: number, paint: Paint): string[] {
  const own = matrix.levels.filter(level => level.server === server)
  return [
    paint.strong(printable(server)),
    ...own.flatMap(level => wrapText(levelSentence(level), columns - 4).map((line, at) => `${at === 0 ? '  ' : '    '}${line}`)),
  ]
}

function failures({ gaps }: Matrix, columns: number, paint: Paint): string[] {
  const failed = gaps.filter(gap => gap.failed)
  if (failed.length === 0) return []
  return [
    paint.warn('could not be played'),
    ...failed.flatMap(gap => wrapText(printable(failureText(gap)), columns - 4).map((line, at) => `${at === 0 ? '  ' : '    '}${line}`)),
  ]
}
