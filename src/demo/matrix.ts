import type { Demo } from '../scenario/demo/model.js'
import type { Isolation } from '../scenario/model.js'
import { runsOn } from '../scenario/runs-on.js'
import { inferLevel } from './levels.js'
import type { Matrix, MatrixCell, MatrixDemo, MatrixGap, MatrixLevel, MatrixServer } from './matrix-model.js'
import type { judge } from './oracle.js'
import { play } from './play.js'
import type { Stage } from './stage.js'
import { whyUnplayable } from './unplayable.js'

export interface MatrixOptions {
  readonly isolations: readonly Isolation[]
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
 * Plays every demo at every level on every server. The servers work side by side: they share nothing, and that a session waits is asked
 * of its own server, however slowly that answers.
 *
 * @param stages one per server; two on one server would wait for each other's locks on the catalogue
 * @throws OltpError or DatabaseError when a server goes away. A demo that cannot be played is a gap, with its reason
 */
export async function playMatrix(stages: readonly Stage[], demos: readonly Demo[], options: MatrixOptions): Promise<Matrix> {
  const servers = describeServers(stages)
  const total = stages.length * demos.length * options.isolations.length
  const failed = new AbortController()
  const played: (MatrixCell | MatrixGap)[][] = stages.map(() => [])
  let done = 0
  const playOn = async (stage: Stage, at: number) => {
    for (const { demo, isolation } of combinations(demos, options.isolations)) {
      if (options.signal?.aborted || failed.signal.aborted) return
      const latest = await playOne(stage, (servers[at] as MatrixServer).server, demo, isolation, options)
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
    format: 1,
    servers,
    isolation_levels: options.isolations,
    demos: demos.map(describeDemo),
    cells,
    gaps: everything.filter((one): one is MatrixGap => !isCell(one)),
    levels: servers.flatMap(server => levelsOf(server, cells, options.isolations)),
    complete: done === total,
  }
}

/** Null: it was stopped. */
async function playOne(
  stage: Stage,
  server: string,
  demo: Demo,
  isolation: Isolation,
  { judge, signal }: MatrixOptions,
): Promise<MatrixCell | MatrixGap | null> {
  const gap = (reason: string, failed: boolean) => ({ server, demo: demo.name, isolation, reason, failed })
  if (!runsOn(demo.plot, stage.dialect)) return gap(`it is told on ${(demo.plot.engines ?? []).join(' and ')} only`, false)
  try {
    return { server, ...(await play(stage, { demo, variant: null, isolation }, judge, signal)) }
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

function* combinations(demos: readonly Demo[], isolations: readonly Isolation[]) {
  for (const demo of demos) for (const isolation of isolations) yield { demo, isolation }
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

function describeDemo({ name, title, theme, summary, kind, names }: Demo): MatrixDemo {
  return { name, title, theme, summary, kind, names }
}

function levelsOf({ server, engine }: MatrixServer, cells: readonly MatrixCell[], isolations: readonly Isolation[]): MatrixLevel[] {
  return isolations.map(isolation => ({
    server,
    engine,
    isolation,
    ...inferLevel(cells.filter(cell => cell.server === server && cell.isolation === isolation)),
  }))
}
