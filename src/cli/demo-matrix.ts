import { extname, resolve } from 'node:path'
import { playMatrix } from '../demo/matrix.js'
import { compareMatrices, type MatrixChanges } from '../demo/matrix-changes.js'
import { demosForMatrix } from '../demo/matrix-demos.js'
import type { Matrix, MatrixCell, MatrixGap } from '../demo/matrix-model.js'
import { type ExitCode, exitCodes } from '../errors.js'
import { wantsColour } from '../format.js'
import { changeLines } from '../report/demo/matrix-diff.js'
import { readMatrix } from '../report/demo/matrix-file.js'
import { matrixHtml } from '../report/demo/matrix-html.js'
import { matrixMarkdown } from '../report/demo/matrix-markdown.js'
import { matrixTable } from '../report/demo/matrix-table.js'
import { cellText, gapText } from '../report/demo/matrix-words.js'
import { checkWritable, writeText } from '../report/json.js'
import { type Isolation, isolationLevels } from '../scenario/model.js'
import type { CliContext } from './context.js'
import { type Places, withStages } from './demo-stages.js'
import { progressLine } from './progress-line.js'
import { Stop } from './stop.js'

export const matrixFormats = ['text', 'markdown', 'json', 'html'] as const

export interface MatrixFlags extends Places {
  /** Empty: all of them. */
  readonly levels: readonly Isolation[]
  /** Every demo that ships, not the core alone. */
  readonly all: boolean
  /** Null: as the name of the output file says, else text. */
  readonly format: (typeof matrixFormats)[number] | null
  readonly output: string | null
  /** An earlier matrix, in JSON. */
  readonly diff: string | null
}

/** `oltp demo --matrix`: every demo at every level on every server. Several names are those demos alone. */
export async function demoMatrix(names: readonly string[], flags: MatrixFlags, context: CliContext): Promise<ExitCode> {
  const output = flags.output === null ? null : resolve(context.cwd, flags.output)
  if (output !== null) checkWritable(output)
  const earlier = flags.diff === null ? null : readMatrix(resolve(context.cwd, flags.diff))
  const demos = await demosForMatrix(names, flags.all, context.cwd)
  const isolations = isolationLevels.filter(level => flags.levels.length === 0 || flags.levels.includes(level))
  const progress = progressLine(context.stderr)
  const stop = new Stop(context)
  try {
    const matrix = await withStages(flags, context, stop, stages =>
      playMatrix(stages, demos, {
        isolations,
        signal: stop.control.drain,
        onProgress: ({ done, total, latest }) => progress.show(`${done} of ${total}: ${latestText(latest)}`),
      }),
    )
    progress.clear()
    const changes = earlier === null ? null : compareMatrices(earlier, matrix)
    tell(matrix, changes, output, flags, context)
    if (!matrix.complete) return stop.exitCode
    return matrix.gaps.some(({ failed }) => failed) ? exitCodes.broke : exitCodes.ok
  } finally {
    progress.clear()
    stop.release()
  }
}

function latestText(latest: MatrixCell | MatrixGap): string {
  return `${latest.demo} at ${latest.isolation} on ${latest.server} ${'outcome' in latest ? cellText(latest) : gapText(latest)}`
}

/** Into the file in its format, and as text for whoever looks on; without a file, in its format. */
function tell(matrix: Matrix, changes: MatrixChanges | null, output: string | null, flags: MatrixFlags, context: CliContext): void {
  const format = flags.format ?? formats[extname(output ?? '')] ?? 'text'
  if (output !== null) writeText(written(matrix, changes, format, { colour: false, columns: 100 }), output)
  const { stdout, env } = context
  const style = { colour: wantsColour(env, stdout.isTTY === true), columns: stdout.columns ?? 80 }
  stdout.write(written(matrix, changes, output === null ? format : 'text', style))
}

const formats: { readonly [ending: string]: (typeof matrixFormats)[number] } = {
  '.json': 'json',
  '.html': 'html',
  '.htm': 'html',
  '.md': 'markdown',
}

function written(
  matrix: Matrix,
  changes: MatrixChanges | null,
  format: (typeof matrixFormats)[number],
  style: { readonly colour: boolean; readonly columns: number },
): string {
  const lines = changes === null ? [] : changeLines(changes)
  switch (format) {
    case 'json':
      return `${JSON.stringify(changes === null ? matrix : { ...matrix, changes }, null, 2)}\n`
    case 'html':
      return matrixHtml(matrix, changes)
    case 'markdown':
      return `${matrixMarkdown(matrix)}${changes === null ? '' : `\n## What changed\n\n${lines.map(line => `- ${line}\n`).join('')}`}`
    case 'text':
      return `${matrixTable(matrix, style)}${changes === null ? '' : `\nWhat changed\n${lines.map(line => `  ${line}\n`).join('')}`}`
  }
}
