import { wrapText } from '../format.js'
import type { Result } from '../measure/result.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'

/** Whether latency had settled, where that is worth a line: nothing of a steady state, nor of a load that changes by design. */
export function steadyLines(page: Page): Section {
  const text = steadyText(page.result)
  return text === null ? [] : labelled(page, '', wrapText(`! ${text}`, page.width - labelWidth).map(page.paint.warn))
}

/** What there is to say of it and what to do, or null. */
export function steadyText({ steady, phases, broken, validity }: Result): string | null {
  const phase = phases.findLast(({ measured }) => measured)
  // A load that was not kept up with drifts by itself: more of it would not settle.
  if (phase === undefined || broken !== null || validity.status === 'UNSUSTAINED' || isRamp(phase.clients) || isRamp(phase.rate_per_s))
    return null
  if (steady.verdict === 'no steady state') return 'latency never settled: it was on another level late in the run. Run longer (-d)'
  if (steady.verdict === 'drifting') return `latency was still drifting: ${driftText(steady)}. Run longer (-d)`
  if (steady.verdict !== 'steady' || !steady.from_s) return null
  const warmup = phases.filter(({ measured }) => !measured).reduce((sum, { duration_s }) => sum + duration_s, 0)
  return `latency was steady only from ${Math.round(steady.from_s)} s on: use --warmup ${Math.ceil(warmup + steady.from_s)}s`
}

function driftText({ drift_per_minute: drift, drift_lower: lower, drift_upper: upper }: Result['steady']): string {
  const sign = (drift ?? 0) > 0 ? '+' : ''
  return `${sign}${percent(drift)} % per minute (${percent(lower)} to ${percent(upper)})`
}

function percent(share: number | null): string {
  return String(Number(((share ?? 0) * 100).toPrecision(2)))
}

function isRamp(range: { readonly from: number; readonly to: number } | null): boolean {
  return range !== null && range.from !== range.to
}
