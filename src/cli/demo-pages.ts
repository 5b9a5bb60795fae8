import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundledDemoNames, loadDemo } from '../demo/load-demo.js'
import { playMatrix } from '../demo/matrix.js'
import type { MatrixCell, MatrixGap } from '../demo/matrix-model.js'
import { play } from '../demo/play.js'
import type { DemoResult } from '../demo/result.js'
import type { Stage } from '../demo/stage.js'
import { outcomes } from '../demo/verdict.js'
import { type ExitCode, exitCodes, OltpError } from '../errors.js'
import { demoPage, type PlayedDemo } from '../report/demo/page.js'
import { writeText } from '../report/json.js'
import type { Demo } from '../scenario/demo/model.js'
import { isolationLevels } from '../scenario/model.js'
import { runsOn } from '../scenario/runs-on.js'
import type { CliContext } from './context.js'
import { type MatrixFlags, placesOf } from './demo-matrix.js'
import { withStages } from './demo-stages.js'
import { Stop } from './stop.js'

/** `oltp demo --pages FOLDER`: a Markdown page for each demo, from its file and real runs. */
export async function demoPages(folder: string, names: readonly string[], flags: MatrixFlags, context: CliContext): Promise<ExitCode> {
  const place = resolve(context.cwd, folder)
  mkdirSync(place, { recursive: true })
  const wanted = names.length === 0 ? await bundledDemoNames() : names
  const demos = await Promise.all(wanted.map(name => loadDemo(name, context.cwd)))
  const stop = new Stop(context)
  try {
    await withStages(placesOf(flags), context, stop, async stages => {
      for (const demo of demos) {
        stop.control.drain.throwIfAborted()
        const played = await playAll(demo, stages, stop.control.drain)
        if (played === null) context.stderr.write(`${demo.name}: not told on any of these servers\n`)
        else writeText(demoPage(played), join(place, `${demo.name}.md`))
      }
    })
    return exitCodes.ok
  } finally {
    stop.release()
  }
}

/** Null: it is told on none of the servers. @throws OltpError `DEMO_UNPLAYABLE` rather than that a page has gaps */
async function playAll(demo: Demo, stages: readonly Stage[], signal: AbortSignal): Promise<PlayedDemo | null> {
  const matrix = await playMatrix(stages, [demo], { isolations: isolationLevels, signal })
  signal.throwIfAborted()
  const gap = matrix.gaps.find(({ failed }) => failed)
  if (gap !== undefined) throw unplayable(gap)
  const told = mostTelling(demo, matrix.cells, stages)
  const stage = stages[matrix.servers.findIndex(({ server }) => server === told?.server)]
  if (told === null || stage === undefined) return null
  const variants: DemoResult[] = []
  for (const variant of demo.variants) {
    if (!runsOn(variant.plot, stage.dialect)) continue
    const isolation = variant.plot.isolation === null ? told.isolation : null
    variants.push(await play(stage, { demo, variant: variant.name, isolation }, undefined, signal))
  }
  return { demo, matrix, told, variants }
}

/**
 * Where it goes wrong most, the rule before serializability: at the level that it is played at unless another is asked for if it does there, else
 * at the strongest of the first server. What is about locks shows them rather at that level, by an error or a wait.
 */
function mostTelling({ kind, plot }: Demo, cells: readonly MatrixCell[], stages: readonly Stage[]): MatrixCell | null {
  const usual = new Map(stages.map(({ dialect, defaultIsolation }) => [dialect, plot.isolation ?? defaultIsolation]))
  const isUsual = ({ engine, isolation }: MatrixCell) => usual.get(engine) === isolation
  const broken = cells.filter(({ rule_held }) => rule_held === false)
  const bad = broken.length > 0 ? broken : cells.filter(({ outcome }) => outcome === 'happens')
  const strongest = bad.findLast(({ server }) => server === bad[0]?.server) ?? null
  const seen = gravest(cells.filter(isUsual))
  const elsewhere = kind === 'locking' && seen?.outcome !== 'prevented' ? null : strongest
  return bad.find(isUsual) ?? elsewhere ?? seen ?? gravest(cells)
}

function gravest(cells: readonly MatrixCell[]): MatrixCell | null {
  return outcomes.flatMap(outcome => cells.find(cell => cell.outcome === outcome) ?? [])[0] ?? null
}

function unplayable({ demo, isolation, server, reason }: MatrixGap): OltpError {
  return new OltpError('DEMO_UNPLAYABLE', exitCodes.broke, `${demo} could not be played at ${isolation} on ${server}`, {
    hint: `${reason}; the pages written before are whole`,
  })
}
