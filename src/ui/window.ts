import type { ViewState } from './state.js'
import { type Sums, sumTicks } from './sums.js'

/** How far back tables and charts reach; a key goes through them. */
export const windows = ['10s', '60s', '5m', 'all'] as const
export type Window = (typeof windows)[number]

/** The window's part of the phase at hand. */
export function windowSums({ phase, ticks }: ViewState, window: Window): Sums {
  if (window === 'all') return phase.sums
  const from_s = (ticks.at(-1)?.t_s ?? 0) - windowSeconds(window) + 0.5
  return sumTicks(ticks.filter(tick => tick.t_s > from_s && tick.phase === phase.index))
}

export function windowSeconds(window: Window): number {
  return { '10s': 10, '60s': 60, '5m': 300, all: Number.POSITIVE_INFINITY }[window]
}

/** What the tables cover, in words. */
export function windowLabel(window: Window, covered_s: number, state: ViewState): string {
  const whole = window === 'all' || covered_s >= state.phase.sums.seconds - 0.5
  if (whole) return 'this phase'
  return { '10s': 'last 10 s', '60s': 'last 60 s', '5m': 'last 5 min' }[window]
}
