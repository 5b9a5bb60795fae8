import { sliceQuantile } from '../measure/histogram-slice.js'
import { retryableOutcomes } from '../measure/outcome.js'
import type { Numbers, PhaseNumbers } from './model.js'
import { ended, perSecond, quantiles, share } from './ratios.js'
import type { ViewState } from './state.js'
import { sumTicks, total } from './sums.js'

const nowSeconds = 5

/** The last few seconds of the phase, beside the few before them. */
export function numbers(state: ViewState): Numbers {
  const inPhase = state.ticks.filter(tick => tick.phase === state.phase.index)
  const recent = sumTicks(inPhase.slice(-nowSeconds))
  const earlier = inPhase.slice(-2 * nowSeconds, -nowSeconds)
  const before = earlier.length === nowSeconds ? sumTicks(earlier) : null
  const all = total(recent)
  const retried = recent.errors.filter(error => retryableOutcomes.has(error.outcome))
  return {
    seconds: recent.seconds,
    tps: perSecond(all.committed, recent.seconds),
    tpsBefore: before && perSecond(total(before).committed, before.seconds),
    p95Before_us: before && sliceQuantile(total(before).latency, 0.95),
    retriesPerSecond: perSecond(all.retries, recent.seconds),
    retriesEach: share(all.retries, ended(all)),
    causes: retried
      .map(({ code, count }) => ({ code, perSecond: perSecond(count, recent.seconds) }))
      .sort((a, b) => b.perSecond - a.perSecond),
    ...quantiles(all.latency),
  }
}

/** The phase from its beginning. */
export function phaseNumbers({ phase }: ViewState): PhaseNumbers {
  const all = total(phase.sums)
  return {
    avgTps: perSecond(all.committed, phase.sums.seconds),
    maxTps: phase.maxTps,
    failed: all.failed,
    failedShare: share(all.failed, ended(all)),
    rolledBack: all.rolledBack,
    rolledBackShare: share(all.rolledBack, ended(all)),
  }
}
