import { createRandom } from '../scenario/random.js'
import type { Exploration, ExploredRun, ExploredSchedule, NearestRight, SwappedStatement } from './exploration.js'
import {
  allInterleavings,
  countInterleavings,
  type Interleaving,
  neighbours,
  rearrange,
  type StepUnit,
  sampleInterleavings,
  swapsBetween,
  unitAt,
  unitsOf,
} from './interleavings.js'
import { type Casting, play, plotOf } from './play.js'
import type { DemoResult } from './result.js'
import type { Stage } from './stage.js'
import { isMistake, whyUnplayable } from './unplayable.js'

export interface ExploreOptions {
  /** More orders than this are not all played: as many are drawn from them. */
  readonly limit: number
  /** Of the drawing. */
  readonly seed: number
  readonly onProgress?: (done: number, total: number) => void
  /** Stops; what was played by then is counted. */
  readonly signal?: AbortSignal
}

/**
 * Plays a demo in every order of its sessions' steps that keeps each session's own, and says how many go wrong.
 *
 * @throws OltpError or DatabaseError when the server goes away; `DEMO_STATEMENT` where the demo itself has a mistake. An order that cannot be played is a failure, with its reason
 */
export async function explore(stage: Stage, casting: Casting, options: ExploreOptions): Promise<Exploration> {
  const plot = plotOf(casting)
  const units = unitsOf(plot, stage.dialect)
  const count = countInterleavings(units)
  const sampled = count > BigInt(options.limit)
  const random = createRandom(options.seed, 'interleavings')
  const orders = sampled ? sampleInterleavings(units, options.limit, random) : [...allInterleavings(units)]
  const failures: { order: Interleaving; reason: string }[] = []
  const attempt = async (order: Interleaving): Promise<ExploredRun | null> => {
    try {
      return { order, result: await playOrder(stage, casting, units, order, options.signal) }
    } catch (error) {
      if (options.signal?.aborted) return null
      if (isMistake(error)) throw error
      const reason = whyUnplayable(error)
      if (reason === null) throw error
      failures.push({ order, reason })
      return null
    }
  }

  const runs: ExploredRun[] = []
  for (const [done, order] of orders.entries()) {
    if (options.signal?.aborted) break
    options.onProgress?.(done, orders.length)
    const run = await attempt(order)
    if (run !== null) runs.push(run)
  }
  const complete = runs.length + failures.length === orders.length
  const firstWrong = runs.find(({ result }) => isWrong(result)) ?? null
  const others = firstWrong !== null && sampled && complete ? await nearby(firstWrong, runs, attempt) : []
  return {
    format: 1,
    demo: casting.demo.name,
    variant: casting.variant,
    title: casting.demo.title,
    kind: casting.demo.kind,
    engine: stage.dialect,
    product: stage.server.product,
    version: stage.server.version,
    isolation: casting.isolation ?? plot.isolation ?? stage.defaultIsolation,
    interleavings: Number(count),
    played: runs.length,
    sample_seed: sampled ? options.seed : null,
    wrong: runs.filter(({ result }) => isWrong(result)).length,
    ...tally(runs),
    schedules: runs.map(summary),
    first_wrong: firstWrong,
    nearest_right: firstWrong && nearestRight(firstWrong, [...runs, ...others], units),
    failures,
    complete,
  }
}

/** Whether that is what the demo warns of: about locks, an error is. */
function isWrong({ kind, outcome }: DemoResult): boolean {
  return outcome === 'happens' || (kind === 'locking' && outcome === 'error')
}

function playOrder(
  stage: Stage,
  casting: Casting,
  units: readonly StepUnit[],
  order: Interleaving,
  signal: AbortSignal | undefined,
): Promise<DemoResult> {
  const plot = rearrange(plotOf(casting), units, order)
  return play(stage, { demo: { ...casting.demo, plot, variants: [] }, variant: null, isolation: casting.isolation }, undefined, signal)
}

/** A sample seldom holds what is one swap away: the neighbours of the first wrong order, up to one that goes well. They are not counted. */
async function nearby(
  wrong: ExploredRun,
  runs: readonly ExploredRun[],
  attempt: (order: Interleaving) => Promise<ExploredRun | null>,
): Promise<readonly ExploredRun[]> {
  const key = (order: Interleaving) => order.join(' ')
  const played = new Map(runs.map(run => [key(run.order), run]))
  const found: ExploredRun[] = []
  for (const { order } of neighbours(wrong.order)) {
    const run = played.get(key(order)) ?? (await attempt(order))
    if (run === null) continue
    found.push(run)
    if (!isWrong(run.result)) break
  }
  return found
}

function nearestRight(wrong: ExploredRun, runs: readonly ExploredRun[], units: readonly StepUnit[]): NearestRight | null {
  const right = runs
    .filter(({ result }) => !isWrong(result))
    .map(run => ({ ...run, swaps: swapsBetween(wrong.order, run.order) }))
    .reduce<(ExploredRun & { swaps: number }) | null>((best, run) => (best === null || run.swaps < best.swaps ? run : best), null)
  return right && { ...right, critical_swap: right.swaps === 1 ? criticalSwap(wrong, right.order, units) : null }
}

function criticalSwap(wrong: ExploredRun, right: Interleaving, units: readonly StepUnit[]): NearestRight['critical_swap'] {
  const place = wrong.order.findIndex((session, at) => session !== right[at])
  return [statementAt(wrong, units, place), statementAt(wrong, units, place + 1)]
}

/** The statement of a unit as it was sent, without the BEGIN before it. */
function statementAt({ order, result }: ExploredRun, units: readonly StepUnit[], place: number): SwappedStatement {
  const before = order.slice(0, place).reduce((sum, _, at) => sum + unitAt(units, order, at).steps.length, 0)
  const unit = unitAt(units, order, place)
  const sent = result.steps.filter(
    ({ place, attempt, sql }) => attempt === 1 && place > before && place <= before + unit.steps.length && sql !== '',
  )
  return { session: unit.session, sql: sent.at(-1)?.sql ?? '' }
}

function summary({ order, result }: ExploredRun): ExploredSchedule {
  const { outcome, codes, serializable, rule_held } = result
  return { order, wrong: isWrong(result), outcome, codes, serializable, rule_held }
}

function tally(runs: readonly ExploredRun[]): Pick<Exploration, 'outcomes' | 'codes'> {
  const outcomes = { happens: 0, error: 0, waits: 0, prevented: 0 }
  const codes: Record<string, number> = {}
  for (const { result } of runs) {
    outcomes[result.outcome]++
    for (const code of new Set(result.codes)) codes[code] = (codes[code] ?? 0) + 1
  }
  return { outcomes, codes }
}
