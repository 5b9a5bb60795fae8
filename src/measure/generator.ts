import type { MetricName } from './counters.js'
import { mergeHistograms, quantile } from './histogram.js'
import type { PhaseCounts } from './phase.js'
import type { ResultGenerator } from './result.js'
import type { HostSecond, Part, Tick } from './tick.js'
import { medianOf } from './trend.js'

/** How the load generator did in one phase. @param seconds those that lie wholly inside it */
export function describeGenerator(counts: PhaseCounts, seconds: readonly Tick[]): ResultGenerator {
  const generators = seconds.map(({ generator }) => generator)
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const ended = sum(seconds.flatMap(({ transactions }) => transactions.map(one => one.committed + one.rolledBack + one.failed)))
  const wallMs = sum(seconds.map(({ interval_s }) => interval_s)) * 1000
  const host = generators.map(one => one.host)
  return {
    cpu_us_per_transaction: ended === 0 ? null : sum(generators.map(({ cpu_us }) => cpu_us)) / ended,
    utilisation: medianOf(generators.map(({ utilisation }) => utilisation)),
    gc_share: wallMs > 0 ? Math.min(1, sum(generators.map(({ gc_ms }) => gc_ms)) / wallMs) : null,
    gc_max_ms: wallMs > 0 ? Math.max(...generators.map(({ gc_max_ms }) => gc_max_ms)) : null,
    lag_share: lagShare(counts),
    run_queue_share: shareOfTime(
      generators.map(({ run_queue_ms }) => run_queue_ms),
      wallMs,
    ),
    steal_share: shareOf(sumOf(host, 'steal')),
    throttled_share: shareOf(sumOf(host, 'throttled')),
    pressure_share: shareOfTime(
      host.map(({ pressure_us: us }) => (us === null ? null : us / 1000)),
      wallMs,
    ),
  }
}

/** Null without anything to share. */
export function shareOf(part: Part | null): number | null {
  if (part === null) return null
  return part.whole === 0 ? 0 : Math.min(1, part.part / part.whole)
}

/** @param parts milliseconds in each second; null as soon as one is not known */
function shareOfTime(parts: readonly (number | null)[], wallMs: number): number | null {
  if (wallMs === 0 || parts.some(ms => ms === null)) return null
  return Math.min(1, parts.reduce<number>((sum, ms) => sum + (ms ?? 0), 0) / wallMs)
}

function sumOf(seconds: readonly HostSecond[], name: 'steal' | 'throttled'): Part | null {
  return seconds.reduce<Part | null>((sum, { [name]: one }) => {
    if (one === null) return sum
    return sum === null ? one : { part: sum.part + one.part, whole: sum.whole + one.whole }
  }, null)
}

/**
 * How much of the p95 of `response` may be the generator's own doing: what is missing from the p95 of `punctual`. Not the p95 of
 * `lag`, as who is late need not be who is slow; and more than what `lag` takes away from each, as who comes late lets others wait.
 */
function lagShare({ rate, transactions }: PhaseCounts): number | null {
  if (rate === null) return null
  const p95 = (metric: MetricName) => quantile(mergeHistograms(transactions.map(one => one.histograms[metric])), 0.95)
  const [response, punctual] = [p95('response'), p95('punctual')]
  if (response === null || punctual === null) return null
  return response === 0 ? 0 : Math.max(0, 1 - punctual / response)
}
