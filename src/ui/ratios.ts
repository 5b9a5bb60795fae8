import { sliceQuantile } from '../measure/histogram-slice.js'
import type { HistogramSlice } from '../measure/tick.js'
import type { Quantiles } from './model.js'

export function quantiles(slice: HistogramSlice | undefined): Quantiles {
  if (!slice || slice.count === 0) return { p50_us: null, p95_us: null, p99_us: null, max_us: null }
  return { p50_us: sliceQuantile(slice, 0.5), p95_us: sliceQuantile(slice, 0.95), p99_us: sliceQuantile(slice, 0.99), max_us: slice.max_us }
}

export function ended(counts: { readonly committed: number; readonly rolledBack: number; readonly failed: number }): number {
  return counts.committed + counts.rolledBack + counts.failed
}

export function perSecond(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0
}

export function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}
