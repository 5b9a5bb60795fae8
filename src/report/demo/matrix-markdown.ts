import type { Matrix, MatrixServer } from '../../demo/matrix-model.js'
import { printable } from '../../format.js'
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

/** The matrix as Markdown: a table per server, and what each level is. */
export function matrixMarkdown(matrix: Matrix): string {
  const failed = matrix.gaps.filter(gap => gap.failed)
  const sections = [
    '# Which anomalies happen at which level',
    ...matrix.servers.map(server => serverSection(matrix, server)),
    ...(failed.length === 0 ? [] : [['## Could not be played', '', ...failed.map(gap => `- ${plain(failureText(gap))}`)].join('\n')]),
    legendOf(matrix)
      .map(text => `- ${text}`)
      .join('\n'),
  ]
  return `${sections.join('\n\n')}\n`
}

function serverSection(matrix: Matrix, { server, default_isolation }: MatrixServer): string {
  const { isolation_levels: isolations } = matrix
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rows = byTheme(matrix).flatMap(({ theme, demos }) => [
    line([`**${plain(theme)}**`, ...isolations.map(() => '')]),
    ...demos
      .flatMap(rowsOf)
      .map(row => line([plain(rowText(row)), ...isolations.map(isolation => cellOf(matrix, server, row, isolation))])),
  ])
  const levels = matrix.levels.filter(level => level.server === server)
  return [
    `## ${plain(server)}`,
    '',
    line(['demo', ...isolations.map(isolation => (isolation === default_isolation ? `${isolation} (default)` : isolation))]),
    line(['---', ...isolations.map(() => '---')]),
    ...rows,
    ...(tellsLevels(matrix)
      ? [
          line(['**what it really is**', ...levels.map(level => `**${levelName(level)}**`)]),
          '',
          ...levels.map(level => `- ${levelSentence(level)}`),
        ]
      : []),
  ].join('\n')
}

function cellOf(matrix: Matrix, server: string, row: MatrixRow, isolation: Matrix['isolation_levels'][number]): string {
  const cell = findCell(matrix, server, row, isolation)
  return cell === undefined ? '' : markedText(cell, row)
}

/** Text of others, in which nothing is markup. */
function plain(text: string): string {
  return printable(text).replace(/[\\`*_|<>[\]]/g, '\\$&')
}
