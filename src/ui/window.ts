import type { Tick } from '../measure/tick.js'
import type { ViewState } from './state.js'
import { type Sums, sumTicks } from './sums.js'

/** How far back tables and charts reach; a key goes through them. */
export const windows = ['10s', '60s', '5m', 'all'] as const
export type Window = (typeof windows)[number]

const summed = new WeakMap<readonly Tick[], Map<string, Sums>>()

/** The window's part of the phase at hand. Remembered per tick: four frames a second show the same sums. */
export function windowSums(state: ViewState, window: Window): Sums {
  if (window === 'all') return state.phase.sums
  const known = summed.get(state.ticks) ?? new Map<string, Sums>()
  summed.set(state.ticks, known)
  const { index } = state.phase
  const key = `${window} ${index}`
  const from_s = (state.ticks.at(-1)?.t_s ?? 0) - windowSeconds(window) + 0.5
  const sums = known.get(key) ?? sumTicks(state.ticks.filter(tick => tick.t_s > from_s && tick.phase === index))
  known.set(key, sums)
  return sums
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
