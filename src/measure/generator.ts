import type { MetricName } from './counters.js'
import { mergeHistograms, quantile } from './histogram.js'
import type { PhaseCounts } from './phase.js'
import type { ResultGenerator } from './result.js'
import type { GeneratorTick, HostSecond, Part, Tick } from './tick.js'
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
    run_queue_share: shareOfTime(seconds, ({ run_queue_ms }) => run_queue_ms),
    steal_share: shareOf(sumOf(host, 'steal')),
    throttled_share: shareOf(sumOf(host, 'throttled')),
    pressure_share: shareOfTime(seconds, ({ host: { pressure_us } }) => (pressure_us === null ? null : pressure_us / 1000)),
  }
}

/** Null without anything to share. */
export function shareOf(part: Part | null): number | null {
  if (part === null) return null
  return part.whole === 0 ? 0 : Math.min(1, part.part / part.whole)
}

/** Of those seconds that know: a thread that has ended cannot be asked about its last. */
function shareOfTime(seconds: readonly Tick[], msOf: (generator: GeneratorTick) => number | null): number | null {
  let [part, whole] = [0, 0]
  for (const { generator, interval_s } of seconds) {
    const ms = msOf(generator)
    if (ms === null) continue
    part += ms
    whole += interval_s * 1000
  }
  return whole === 0 ? null : Math.min(1, part / whole)
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
