import { isDeepStrictEqual } from 'node:util'
import type { Demo, DemoVariant } from '../scenario/demo/model.js'
import type { Isolation } from '../scenario/model.js'
import { runsOn } from '../scenario/runs-on.js'
import { inferLevel } from './levels.js'
import type { Matrix, MatrixCell, MatrixDemo, MatrixGap, MatrixLevel, MatrixServer } from './matrix-model.js'
import type { judge } from './oracle.js'
import { play, plotOf } from './play.js'
import type { Stage } from './stage.js'
import { whyUnplayable } from './unplayable.js'

export interface MatrixOptions {
  readonly isolations: readonly Isolation[]
  /** Plays the ways out as well, each after its story. */
  readonly fixes?: boolean
  /** Told of every combination, played or not. */
  readonly onProgress?: (progress: MatrixProgress) => void
  /** Stops; what was played by then is the matrix. */
  readonly signal?: AbortSignal
  /** Who judges whether a history is serializable; the serial oracle unless given. */
  readonly judge?: typeof judge
}

interface MatrixProgress {
  readonly done: number
  readonly total: number
  readonly latest: MatrixCell | MatrixGap
}

/**
 * Plays every demo at every level on every server, and with `fixes` every way out: at every level, too, since whether it holds there is what
 * one wants to know. Only a fix that is nothing but a level is played at that one alone: elsewhere it is the story. The servers work side by
 * side: they share nothing, and that a session waits is asked of its own server, however slowly that answers.
 *
 * @param stages one per server; two on one server would wait for each other's locks on the catalogue
 * @throws OltpError or DatabaseError when a server goes away. A demo that cannot be played is a gap, with its reason
 */
export async function playMatrix(stages: readonly Stage[], demos: readonly Demo[], options: MatrixOptions): Promise<Matrix> {
  const servers = describeServers(stages)
  const tellings = demos.flatMap(demo => [null, ...(options.fixes ? fixesOf(demo) : [])].map(fix => ({ demo, fix })))
  const total = stages.length * tellings.length * options.isolations.length
  const failed = new AbortController()
  const played: (MatrixCell | MatrixGap)[][] = stages.map(() => [])
  let done = 0
  const playOn = async (stage: Stage, at: number) => {
    for (const combination of combinations(tellings, options.isolations)) {
      if (options.signal?.aborted || failed.signal.aborted) return
      const latest = await playOne(stage, (servers[at] as MatrixServer).server, combination, options)
      if (latest === null) return
      played[at]?.push(latest)
      done++
      options.onProgress?.({ done, total, latest })
    }
  }
  const runs = await Promise.allSettled(
    stages.map((stage, at) =>
      playOn(stage, at).catch(error => {
        // The others need not go on: there will be no table.
        failed.abort()
        throw error
      }),
    ),
  )
  for (const run of runs) if (run.status === 'rejected') throw run.reason
  const everything = played.flat()
  const cells = everything.filter(isCell)
  return {
    format: 2,
    servers,
    isolation_levels: options.isolations,
    demos: demos.map(demo => describeDemo(demo, options.fixes ? fixesOf(demo) : [])),
    cells,
    gaps: everything.filter((one): one is MatrixGap => !isCell(one)),
    levels: servers.flatMap(server => levelsOf(server, cells, options.isolations)),
    complete: done === total,
  }
}

/** A demo, and which way out of it; null: the story. */
interface MatrixTelling {
  readonly demo: Demo
  readonly fix: DemoVariant | null
}

interface Combination extends MatrixTelling {
  readonly isolation: Isolation
}

/** Null: it was stopped. */
async function playOne(
  stage: Stage,
  server: string,
  { demo, fix, isolation }: Combination,
  { judge, signal }: MatrixOptions,
): Promise<MatrixCell | MatrixGap | null> {
  const variant = fix?.name ?? null
  const gap = (reason: string, failed: boolean) => ({ server, demo: demo.name, variant, isolation, reason, failed })
  const plot = plotOf({ demo, variant, isolation })
  if (!runsOn(plot, stage.dialect)) return gap(`it is told on ${(plot.engines ?? []).join(' and ')} only`, false)
  if (fix !== null && isNothingButALevel(fix, demo) && plot.isolation !== isolation)
    return gap(`it is the story at ${plot.isolation}: elsewhere it changes nothing`, false)
  try {
    return { server, ...(await play(stage, { demo, variant, isolation }, judge, signal)) }
  } catch (error) {
    if (signal?.aborted) return null
    const reason = whyUnplayable(error)
    if (reason === null) throw error
    return gap(reason, true)
  }
}

function isCell(one: MatrixCell | MatrixGap): one is MatrixCell {
  return 'outcome' in one
}

function* combinations(tellings: readonly MatrixTelling[], isolations: readonly Isolation[]): Generator<Combination> {
  for (const telling of tellings) for (const isolation of isolations) yield { ...telling, isolation }
}

function fixesOf({ variants }: Demo): readonly DemoVariant[] {
  return variants.filter(({ fix }) => fix)
}

function isNothingButALevel({ plot }: DemoVariant, { plot: story }: Demo): boolean {
  return isDeepStrictEqual({ ...plot, isolation: null }, { ...story, isolation: null })
}

function describeServers(stages: readonly Stage[]): readonly MatrixServer[] {
  const names = stages.map(({ server: { product, version } }) => `${product} ${version}`)
  return stages.map(({ server: { product, version, settings }, dialect, defaultIsolation }, at) => {
    const name = names[at] as string
    const alike = names.filter(other => other === name).length > 1
    const nth = names.slice(0, at + 1).filter(other => other === name).length
    return { server: alike ? `${name} #${nth}` : name, engine: dialect, product, version, default_isolation: defaultIsolation, settings }
  })
}

function describeDemo({ name, title, theme, summary, kind, names }: Demo, fixes: readonly DemoVariant[]): MatrixDemo {
  const described = fixes.map(fix => ({ name: fix.name, title: fix.title, cost: fix.cost, isolation: fix.plot.isolation }))
  return { name, title, theme, summary, kind, names, fixes: described }
}

/** By the stories alone: that nothing happens to who takes a way out says nothing of the level. */
function levelsOf({ server, engine }: MatrixServer, cells: readonly MatrixCell[], isolations: readonly Isolation[]): MatrixLevel[] {
  return isolations.map(isolation => ({
    server,
    engine,
    isolation,
    ...inferLevel(cells.filter(cell => cell.variant === null && cell.server === server && cell.isolation === isolation)),
  }))
}
