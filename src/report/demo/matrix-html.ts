import type { MatrixChanges } from '../../demo/matrix-changes.js'
import type { Matrix, MatrixCell, MatrixDemo, MatrixFix, MatrixGap, MatrixServer } from '../../demo/matrix-model.js'
import type { Isolation } from '../../scenario/model.js'
import { escapeHtml } from './html.js'
import { changeLines } from './matrix-diff.js'
import { matrixStyle } from './matrix-style.js'
import {
  byTheme,
  cellText,
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
  verdictText,
} from './matrix-words.js'
import { transcriptHtml } from './transcript-html.js'

/**
 * The matrix as one page that needs nothing else: no network, no script. Every cell leads to what happened there.
 *
 * @param changes since an earlier matrix; null: there is none to compare with
 */
export function matrixHtml(matrix: Matrix, changes: MatrixChanges | null): string {
  const names = matrix.servers.map(({ server }) => server).join(', ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Anomalies by isolation level: ${escapeHtml(names)}</title>
<style>${matrixStyle}</style>
</head>
<body>
<main>
<h1>Which anomalies happen at which level</h1>
<p class="soft">${escapeHtml(names)}${matrix.complete ? '' : '. Stopped on the way: not everything was played'}</p>
${table(matrix)}
<ul class="soft">${legendOf(matrix)
    .map(text => `<li>${escapeHtml(text)}</li>`)
    .join('')}</ul>
${changes === null ? '' : list('What changed', changeLines(changes))}
${levels(matrix)}
${failures(matrix)}
<h2>What happened</h2>
${matrix.demos.map(demo => demoSection(matrix, demo)).join('\n')}
</main>
</body>
</html>
`
}

function table(matrix: Matrix): string {
  const { servers, isolation_levels: isolations } = matrix
  const slots = slotsOf(matrix)
  const span = slots.length + 1
  const heads = servers.map(({ server }) => `<th scope="colgroup" class="server" colspan="${isolations.length}">${escapeHtml(server)}</th>`)
  const levelHeads = slots.map(({ server, isolation, first }) => {
    return `<th scope="col"${first}>${isolation}${server.default_isolation === isolation ? '<br><span class="soft">default</span>' : ''}</th>`
  })
  const body = byTheme(matrix).map(({ theme, demos }) => {
    const rows = demos.flatMap(rowsOf).map(row => {
      const cells = slots.map(({ server, isolation, first }) => tableCell(matrix, server.server, row, isolation, first))
      const head = `<a href="#${headingOf(row)}">${escapeHtml(rowText(row))}</a>`
      return `<tr${row.fix === null ? '' : ' class="fix"'}><th scope="row">${head}</th>${cells.join('')}</tr>`
    })
    return `<tbody><tr class="theme"><th colspan="${span}" scope="rowgroup">${escapeHtml(theme)}</th></tr>\n${rows.join('\n')}</tbody>`
  })
  const actual = slots.map(({ server, isolation, first }) => {
    const level = matrix.levels.find(found => found.server === server.server && found.isolation === isolation)
    return `<td${first}>${level === undefined ? '' : levelName(level)}</td>`
  })
  return `<div class="scroll high"><table class="matrix">
<thead><tr><th rowspan="2" scope="col">demo</th>${heads.join('')}</tr><tr>${levelHeads.join('')}</tr></thead>
${body.join('\n')}
${tellsLevels(matrix) ? `<tfoot><tr><th scope="row">what it really is</th>${actual.join('')}</tr></tfoot>` : ''}
</table></div>`
}

/** `first` is the attribute of the first column of a server. */
function slotsOf({ servers, isolation_levels }: Matrix): readonly { server: MatrixServer; isolation: Isolation; first: string }[] {
  return servers.flatMap(server =>
    isolation_levels.map((isolation, at) => ({ server, isolation, first: at === 0 ? ' class="server"' : '' })),
  )
}

function tableCell(matrix: Matrix, server: string, row: MatrixRow, isolation: Isolation, first: string): string {
  const cell = findCell(matrix, server, row, isolation)
  if (cell === undefined) return `<td${first}></td>`
  const edge = first === '' ? '' : ' server'
  if (!('outcome' in cell)) return `<td class="gap${edge}" title="${escapeHtml(cell.reason)}">${markedText(cell, row)}</td>`
  const link = `<a href="#${anchorOf(matrix, cell)}">${escapeHtml(markedText(cell, row))}</a>`
  return `<td class="${cell.outcome}${edge}" title="${verdictText(cell)}">${link}</td>`
}

function demoSection(matrix: Matrix, demo: MatrixDemo): string {
  const { title, summary, kind, names, fixes } = demo
  const alias = [...names, ...(kind === 'locking' ? ['about locks'] : [])].join(', ')
  const story: MatrixRow = { demo: demo.name, fix: null }
  return `<section><h3 id="${headingOf(story)}">${escapeHtml(title)}</h3>
<p>${escapeHtml(summary)}${alias === '' ? '' : ` <span class="soft">(${escapeHtml(alias)})</span>`}</p>
${transcripts(matrix, story)}
${fixes.map(fix => fixSection(matrix, demo, fix)).join('\n')}</section>`
}

function fixSection(matrix: Matrix, { name }: MatrixDemo, fix: MatrixFix): string {
  const row = { demo: name, fix }
  const said = [...(fix.isolation === null ? [] : [`Meant for ${fix.isolation}.`]), ...(fix.cost ? [`The cost: ${fix.cost}.`] : [])]
  return `<h4 id="${headingOf(row)}">↳ ${escapeHtml(fix.title)}</h4>
<p class="soft">${escapeHtml(said.join(' '))}</p>
${transcripts(matrix, row)}`
}

function transcripts(matrix: Matrix, row: MatrixRow): string {
  const here = ({ demo, variant }: Pick<MatrixCell, 'demo' | 'variant'>) => demo === row.demo && variant === (row.fix?.name ?? null)
  const details = matrix.cells.filter(here).map(cell => {
    const words = `${escapeHtml(cell.server)}, ${cell.isolation}`
    const badge = `<span class="badge ${cell.outcome}">${escapeHtml(cellText(cell))}</span>`
    // A browser opens what is closed around the target of a link: the target is inside.
    return `<details><summary>${badge} ${words}</summary><div id="${anchorOf(matrix, cell)}">${transcriptHtml(cell)}</div></details>`
  })
  const missing = reasons(matrix.gaps.filter(here)).map(reason => `<p class="soft">${escapeHtml(reason)}</p>`)
  return [...details, ...missing].join('\n')
}

function headingOf({ demo, fix }: MatrixRow): string {
  return escapeHtml(fix === null ? `demo-${demo}` : `demo-${demo}-${fix.name}`)
}

/** One line per server and reason, not one per level. */
function reasons(gaps: readonly MatrixGap[]): readonly string[] {
  return [...new Set(gaps.map(({ server, reason }) => `${server}: ${reason}`))]
}

function anchorOf({ servers, demos, isolation_levels }: Matrix, cell: MatrixCell): string {
  const fix = demos.find(({ name }) => name === cell.demo)?.fixes.findIndex(({ name }) => name === cell.variant)
  const at = [
    demos.findIndex(({ name }) => name === cell.demo),
    servers.findIndex(({ server }) => server === cell.server),
    isolation_levels.indexOf(cell.isolation),
    ...(fix === undefined || fix === -1 ? [] : [fix]),
  ]
  return `cell-${at.join('-')}`
}

function levels(matrix: Matrix): string {
  if (!tellsLevels(matrix)) return ''
  return list(
    'What the levels really are',
    matrix.levels.map(level => `${level.server}, ${levelSentence(level)}`),
  )
}

function failures({ gaps }: Matrix): string {
  const failed = gaps.filter(gap => gap.failed).map(failureText)
  return failed.length === 0 ? '' : list('Could not be played', failed)
}

function list(title: string, lines: readonly string[]): string {
  return `<h2>${title}</h2>\n<ul>${lines.map(line => `<li>${escapeHtml(line)}</li>`).join('\n')}</ul>`
}
