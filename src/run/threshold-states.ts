import { formatCount, formatLatency, formatPercent, formatRate } from '../format.js'
import { ThresholdMeter, type ThresholdVerdict } from '../measure/thresholds.js'
import type { Tick } from '../measure/tick.js'
import type { ResolvedScenario } from '../scenario/model.js'
import type { Threshold } from '../scenario/threshold.js'
import type { ThresholdState } from './events.js'

/** How the thresholds stand in the phase at hand, tick by tick. */
export function thresholdStates({ thresholds }: ResolvedScenario): (tick: Tick) => readonly ThresholdState[] {
  const meter = new ThresholdMeter(thresholds)
  return tick => meter.update(tick).map((verdict, index) => stateOf(thresholds[index] as Threshold, verdict))
}

function stateOf({ source, metric }: Threshold, verdict: ThresholdVerdict | null): ThresholdState {
  if (verdict === null || verdict.value === null) return { expression: source, status: 'no data', value: '' }
  return { expression: source, status: verdict.passed ? 'ok' : 'failing', value: formatValueOf(verdict.value, metric) }
}

function formatValueOf(value: number, metric: Threshold['metric']): string {
  if (metric === 'tps') return formatRate(value)
  if (metric === 'failed' || metric === 'rolled_back') return formatPercent(value)
  if (metric === 'retries_per_commit') return value < 10 ? value.toFixed(3) : formatCount(value)
  return formatLatency(value)
}
