import type { ResultPhase, ResultSteady } from './result.js'
import type { Tick } from './tick.js'
import { medianOf, trendOf } from './trend.js'

/** The commits of one second of a phase; times are seconds since the phase began. */
export interface LatencySecond {
  readonly start_s: number
  readonly end_s: number
  readonly count: number
  readonly sum_us: number
}

/** Consecutive seconds taken together: a point of the series that is judged. */
interface Batch {
  readonly start_s: number
  readonly end_s: number
  readonly mean_us: number
}

/** Shares of the mean latency per minute. */
interface Drift {
  readonly slope: number
  readonly lower: number
  readonly upper: number
  /** Over all the batches that it was found in. */
  readonly total: number
}

/** Fewer batches than this say nothing. */
const fewestBatches = 8
/** From here on batches are of five seconds, which hardly know of each other; before, of one, or there would be too few. */
const longPhase_s = 50
const mostBatches = 200
/** Of the mean latency: less than this, over a phase or between two levels, is not worth a word. */
const mattering = 0.05
/** Standard errors between the levels before and after a cut; high, because the cut was chosen among many. */
const separation = 4.5

const tooShort: ResultSteady = { verdict: 'too short', from_s: null, drift_per_minute: null, drift_lower: null, drift_upper: null }

/**
 * Whether latency was in a steady state. MSER-5 (White 1997; Hoad and Robinson 2011) finds where the start ends: the cut that leaves
 * the mean of the rest with the smallest standard error. A cut counts only where it separates two levels for certain, as it would
 * cut noise too; one in the second half means that there is no steady state. A trend that explains more than the cut does is a
 * drift; else the trend of what the cut leaves decides. Fewer than eight seconds with commits are too short.
 */
export function describeSteady(seconds: readonly LatencySecond[]): ResultSteady {
  const batches = batchesOf(seconds)
  if (batches.length < fewestBatches) return tooShort
  const levels = batches.map(({ mean_us }) => mean_us)
  const whole = driftOf(batches)
  const cut = steadyFrom(levels)
  if (isDrift(whole) && aroundTrend(batches, whole) < squares(levels.slice(0, cut)) + squares(levels.slice(cut))) {
    return describe('drifting', 0, whole)
  }
  if (cut > levels.length / 2) return describe('no steady state', null, whole)
  const kept = batches.slice(cut)
  const drift = driftOf(kept)
  return describe(isDrift(drift) ? 'drifting' : 'steady', cut === 0 ? 0 : (kept[0]?.start_s ?? 0), drift)
}

/** The whole seconds of a phase. */
export function latencySeconds(
  ticks: readonly Tick[],
  { start_s, duration_s }: Pick<ResultPhase, 'start_s' | 'duration_s'>,
): LatencySecond[] {
  // A tick is taken a moment after its second, the last of a load a little later still, to hold what was in flight.
  const [early, late] = [0.1, 0.3]
  return ticks
    .filter(({ t_s, interval_s }) => interval_s > 0.5 && t_s - interval_s > start_s - early && t_s < start_s + duration_s + late)
    .map(({ t_s, interval_s, transactions }) => ({
      start_s: t_s - interval_s - start_s,
      end_s: t_s - start_s,
      count: transactions.reduce((sum, { latency }) => sum + latency.count, 0),
      sum_us: transactions.reduce((sum, { latency }) => sum + latency.sum_us, 0),
    }))
}

function batchesOf(seconds: readonly LatencySecond[]): Batch[] {
  const width = seconds.length < longPhase_s ? 1 : 5 * Math.ceil(seconds.length / (5 * mostBatches))
  const last = Math.max(0, Math.floor(seconds.length / width) - 1)
  const batches: LatencySecond[][] = []
  seconds.forEach((second, index) => {
    const at = Math.min(last, Math.floor(index / width))
    batches[at] = [...(batches[at] ?? []), second]
  })
  return batches.flatMap(batch => {
    const count = batch.reduce((sum, second) => sum + second.count, 0)
    const [first, final] = [batch[0], batch.at(-1)]
    if (count === 0 || first === undefined || final === undefined) return []
    return [{ start_s: first.start_s, end_s: final.end_s, mean_us: batch.reduce((sum, second) => sum + second.sum_us, 0) / count }]
  })
}

/** How many batches to cut: the smallest squared standard error of what is left, among the cuts between two levels. */
function steadyFrom(levels: readonly number[]): number {
  const leastLeft = Math.max(3, Math.ceil(levels.length / 5))
  let cut = 0
  for (let candidate = 1; candidate <= levels.length - leastLeft; candidate++) {
    if (errorAfter(levels, candidate) < errorAfter(levels, cut) && separates(levels, candidate)) cut = candidate
  }
  return cut
}

function errorAfter(levels: readonly number[], cut: number): number {
  return squares(levels.slice(cut)) / (levels.length - cut) ** 2
}

function separates(levels: readonly number[], cut: number): boolean {
  const [before, after] = [levels.slice(0, cut), levels.slice(cut)]
  const gap = Math.abs(mean(before) - mean(after))
  const deviation = Math.sqrt((squares(before) + squares(after)) / (levels.length - 2))
  return gap > mattering * mean(after) && gap > separation * deviation * Math.sqrt(1 / before.length + 1 / after.length)
}

function driftOf(batches: readonly Batch[]): Drift {
  const trend = trendOf(
    batches.map(batch => [minuteOf(batch), batch.mean_us] as const),
    { correlated: true },
  )
  const level = medianOf(batches.map(({ mean_us }) => mean_us))
  if (trend === null || !level) return { slope: 0, lower: 0, upper: 0, total: 0 }
  const minutes = ((batches.at(-1)?.end_s ?? 0) - (batches[0]?.start_s ?? 0)) / 60
  return {
    slope: trend.slope / level,
    lower: trend.lower / level,
    upper: trend.upper / level,
    total: (trend.slope / level) * minutes,
  }
}

function isDrift({ lower, upper, total }: Drift): boolean {
  return (lower > 0 || upper < 0) && Math.abs(total) > mattering
}

/** What the trend leaves unexplained. */
function aroundTrend(batches: readonly Batch[], { slope }: Drift): number {
  const level = medianOf(batches.map(({ mean_us }) => mean_us)) ?? 0
  return squares(batches.map(batch => batch.mean_us - slope * level * minuteOf(batch)))
}

function minuteOf({ start_s, end_s }: Batch): number {
  return (start_s + end_s) / 2 / 60
}

function describe(verdict: ResultSteady['verdict'], from_s: number | null, { slope, lower, upper }: Drift): ResultSteady {
  return { verdict, from_s, drift_per_minute: slope, drift_lower: lower, drift_upper: upper }
}

/** Squared deviations from the mean, summed. */
function squares(values: readonly number[]): number {
  const middle = mean(values)
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
