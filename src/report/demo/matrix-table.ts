import type { Matrix, MatrixCell, MatrixGap, MatrixServer } from '../../demo/matrix-model.js'
import { displayWidth, fitTo, printable, wrapText } from '../../format.js'
import { createPaint, type Paint } from '../paint.js'
import { byTheme, cellText, findCell, gapText, legend, levelName, levelReason } from './matrix-words.js'

export interface TableStyle {
  readonly colour: boolean
  /** Columns of the terminal. */
  readonly columns: number
}

/** A cell with its gap: `✓ prevented`, and levels are broken into lines of that width. */
const cellWidth = 14

/** The matrix for a terminal: demos down, levels across, as many servers beside each other as there is room for; and what each level is. */
export function matrixTable(matrix: Matrix, { colour, columns }: TableStyle): string {
  const paint = createPaint(colour)
  const nameWidth = Math.max(18, ...matrix.demos.map(({ name }) => displayWidth(name) + 3))
  const perServer = matrix.isolation_levels.length * cellWidth
  const beside = Math.max(1, Math.floor((columns - nameWidth) / perServer))
  const blocks = Array.from({ length: Math.ceil(matrix.servers.length / beside) }, (_, at) =>
    matrix.servers.slice(at * beside, (at + 1) * beside),
  )
  const sections = [
    ...blocks.map(servers => block(matrix, servers, nameWidth, paint)),
    legendLines(matrix, columns, paint),
    ...matrix.servers.map(server => findings(matrix, server, columns, paint)),
    failures(matrix, columns, paint),
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.map(line => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`
}

function block(matrix: Matrix, servers: readonly MatrixServer[], nameWidth: number, paint: Paint): string[] {
  const slots = servers.flatMap(server => matrix.isolation_levels.map(isolation => ({ server, isolation })))
  const titles = servers.map(({ server }) => fitTo(printable(server), matrix.isolation_levels.length * cellWidth)).join('')
  const heads = slots.map(({ server, isolation }) => wrapText(server.default_isolation === isolation ? `${isolation} *` : isolation, 12))
  const row = (name: string, cells: readonly string[]) => name + cells.join('')
  const rows = byTheme(matrix).flatMap(({ theme, demos }) => [
    paint.dim(printable(theme)),
    ...demos.map(({ name }) =>
      row(
        `  ${fitTo(name, nameWidth - 2)}`,
        slots.map(({ server, isolation }) => painted(findCell(matrix, server.server, name, isolation), paint)),
      ),
    ),
  ])
  const levels = slots.map(({ server, isolation }) => {
    const level = matrix.levels.find(found => found.server === server.server && found.isolation === isolation)
    return wrapText(level === undefined ? '' : levelName(level), cellWidth - 2)
  })
  return [
    ' '.repeat(nameWidth) + paint.strong(titles),
    ...stacked(heads, 'bottom').map(cells => row(' '.repeat(nameWidth), cells)),
    ...rows,
    '',
    ...stacked(levels, 'top').map((cells, at) =>
      row(
        paint.strong(fitTo(at === 0 ? 'what it really is' : '', nameWidth)),
        cells.map(cell => paint.strong(cell)),
      ),
    ),
  ]
}

function painted(cell: MatrixCell | MatrixGap | undefined, paint: Paint): string {
  if (cell === undefined) return ' '.repeat(cellWidth)
  if (!('outcome' in cell)) return (cell.failed ? paint.warn : paint.dim)(fitTo(gapText(cell), cellWidth))
  const style = { happens: paint.bad, error: paint.warn, waits: (text: string) => text, prevented: paint.good }[cell.outcome]
  return style(fitTo(cellText(cell), cellWidth))
}

/** Columns of lines as lines of columns. */
function stacked(columns: readonly (readonly string[])[], to: 'top' | 'bottom'): string[][] {
  const height = Math.max(0, ...columns.map(lines => lines.length))
  return Array.from({ length: height }, (_, at) =>
    columns.map(lines => fitTo(lines[to === 'top' ? at : at - height + lines.length] ?? '', cellWidth)),
  )
}

function legendLines(matrix: Matrix, columns: number, paint: Paint): string[] {
  const marked = matrix.servers.some(({ default_isolation }) => matrix.isolation_levels.includes(default_isolation))
  const failed = matrix.gaps.some(gap => gap.failed)
  const words = [...legend, ...(failed ? ['? could not be played'] : []), ...(marked ? ["* the server's default"] : [])]
  return words.flatMap(text => wrapText(text, columns).map(line => paint.dim(line)))
}

function findings(matrix: Matrix, { server }: MatrixServer, columns: number, paint: Paint): string[] {
  const own = matrix.levels.filter(level => level.server === server)
  return [
    paint.strong(printable(server)),
    ...own.flatMap(level =>
      wrapText(`${level.isolation} is ${levelName(level)}: ${levelReason(level)}`, columns - 4).map(
        (line, at) => `${at === 0 ? '  ' : '    '}${line}`,
      ),
    ),
  ]
}

function failures({ gaps }: Matrix, columns: number, paint: Paint): string[] {
  const failed = gaps.filter(gap => gap.failed)
  if (failed.length === 0) return []
  return [
    paint.warn('could not be played'),
    ...failed.flatMap(({ server, demo, isolation, reason }) =>
      wrapText(printable(`${demo} at ${isolation} on ${server}: ${reason}`), columns - 4).map(
        (line, at) => `${at === 0 ? '  ' : '    '}${line}`,
      ),
    ),
  ]
}
