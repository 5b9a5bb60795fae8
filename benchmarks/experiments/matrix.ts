import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Matrix } from '#oltp/demo/matrix-model.js'
import type { Context, Experiment } from '../context.js'
import { runOltp } from '../programs/oltp.js'
import { markdownTable } from '../table.js'

const atMost_s = 30
/** The worst of them counts. */
const runs = 3

/** The core demos at all four levels on one engine, verdicts included: the whole command. */
export const matrix: Experiment = {
  name: 'matrix',
  async run(context) {
    const folder = mkdtempSync(join(tmpdir(), 'oltp-matrix-'))
    try {
      const rows: string[][] = []
      let holds = true
      for (const engine of ['postgres', 'mysql'] as const) {
        const { cells, times } = await measure(context, engine, join(folder, `${engine}.json`))
        const worst = Math.max(...times)
        holds &&= worst <= atMost_s
        const { title } = await context.server(engine)
        rows.push([`\`oltp demo --matrix\`, ${title}`, String(cells), seconds(Math.min(...times)), seconds(worst), String(atMost_s)])
      }
      return { markdown: markdownTable(['work', 'cells', 'fastest of three', 'slowest', 'at most'], rows), holds }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function measure(context: Context, engine: 'postgres' | 'mysql', document: string): Promise<{ cells: number; times: number[] }> {
  const { env } = await context.server(engine)
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const { elapsed_s } = await runOltp(['demo', '--matrix', '-o', document], { env })
    context.log(`matrix on ${engine}: ${seconds(elapsed_s)}`)
    times.push(elapsed_s)
  }
  return { cells: (JSON.parse(readFileSync(document, 'utf8')) as Matrix).cells.length, times }
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`
}
