import { extname, resolve } from 'node:path'
import { playMatrix } from '../demo/matrix.js'
import { compareMatrices, type MatrixChanges } from '../demo/matrix-changes.js'
import { demosForMatrix } from '../demo/matrix-demos.js'
import type { Matrix, MatrixCell, MatrixGap } from '../demo/matrix-model.js'
import { type ExitCode, exitCodes } from '../errors.js'
import { wantsColour } from '../format.js'
import { demoJson } from '../report/demo/json.js'
import { changeLines } from '../report/demo/matrix-diff.js'
import { readMatrix } from '../report/demo/matrix-file.js'
import { matrixHtml } from '../report/demo/matrix-html.js'
import { matrixMarkdown } from '../report/demo/matrix-markdown.js'
import { matrixTable } from '../report/demo/matrix-table.js'
import { cellText, gapText, tellingText } from '../report/demo/matrix-words.js'
import { checkWritable, writeText } from '../report/json.js'
import { readIsolation } from '../scenario/isolation.js'
import { isolationLevels } from '../scenario/model.js'
import type { LocalEngine } from '../server/local.js'
import type { ManyDemosFlags, MatrixFormat } from './commands/demo-matrix-options.js'
import type { CliContext } from './context.js'
import { type Places, withStages } from './demo-stages.js'
import { progressLine } from './progress-line.js'
import { Stop } from './stop.js'

/** What of the command's flags a matrix is about. */
export interface MatrixFlags extends Pick<ManyDemosFlags, 'all' | 'engines' | 'levels' | 'format' | 'diff'> {
  readonly url?: readonly string[]
  readonly engine?: LocalEngine
  readonly isolation?: string
  readonly fixes?: boolean
  readonly namespace: string
  readonly confirm?: readonly string[]
  readonly json?: boolean
  readonly output?: string
}

/** `oltp demo --matrix`: every demo at every level on every server; the core ones, or those that are named. */
export async function demoMatrix(names: readonly string[], flags: MatrixFlags, context: CliContext): Promise<ExitCode> {
  const output = flags.output === undefined ? null : resolve(context.cwd, flags.output)
  if (output !== null) checkWritable(output)
  const earlier = flags.diff === undefined ? null : readMatrix(resolve(context.cwd, flags.diff))
  const demos = await demosForMatrix(names, flags.all === true, context.cwd)
  const wanted = flags.levels ?? (flags.isolation === undefined ? isolationLevels : [readIsolation(flags.isolation)])
  const progress = progressLine(context.stderr)
  const stop = new Stop(context)
  try {
    const matrix = await withStages(placesOf(flags), context, stop, stages =>
      playMatrix(stages, demos, {
        isolations: isolationLevels.filter(level => wanted.includes(level)),
        fixes: flags.fixes === true,
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

/** Where to play: as the flags say, else as `withStages` does. */
export function placesOf({ url = [], engine, engines, namespace, confirm = [] }: MatrixFlags): Places {
  return { urls: url, engines: engines ?? (engine === undefined || url.length > 0 ? [] : [engine]), namespace, confirm }
}

function latestText(latest: MatrixCell | MatrixGap): string {
  return `${tellingText(latest)} at ${latest.isolation} on ${latest.server} ${'outcome' in latest ? cellText(latest) : gapText(latest)}`
}

/** The document into the file, or on stdout where there is none; as text for whoever looks on, wherever stdout is not taken. */
function tell(matrix: Matrix, changes: MatrixChanges | null, output: string | null, flags: MatrixFlags, context: CliContext): void {
  const format = flags.json ? 'json' : (flags.format ?? formats[extname(output ?? '')] ?? 'text')
  const { stdout, stderr, env } = context
  if (output !== null) writeText(written(matrix, changes, format, { colour: false, columns: 100 }), output)
  const taken = output === null && format !== 'text'
  const stream = taken ? stderr : stdout
  stream.write(written(matrix, changes, 'text', { colour: wantsColour(env, stream.isTTY === true), columns: stream.columns ?? 80 }))
  if (taken) stdout.write(written(matrix, changes, format, { colour: false, columns: 100 }))
}

const formats: { readonly [ending: string]: MatrixFormat } = {
  '.json': 'json',
  '.html': 'html',
  '.htm': 'html',
  '.md': 'markdown',
}

function written(
  matrix: Matrix,
  changes: MatrixChanges | null,
  format: MatrixFormat,
  style: { readonly colour: boolean; readonly columns: number },
): string {
  const lines = changes === null ? [] : changeLines(changes)
  switch (format) {
    case 'json':
      return `${demoJson(changes === null ? matrix : { ...matrix, changes })}\n`
    case 'html':
      return matrixHtml(matrix, changes)
    case 'markdown':
      return `${matrixMarkdown(matrix)}${changes === null ? '' : `\n## What changed\n\n${lines.map(line => `- ${line}\n`).join('')}`}`
    case 'text':
      return `${matrixTable(matrix, style)}${changes === null ? '' : `\nWhat changed\n${lines.map(line => `  ${line}\n`).join('')}`}`
  }
}
