import { sliceQuantile } from '../measure/histogram-slice.js'
import { retryableOutcomes } from '../measure/outcome.js'
import type { Result } from '../measure/result.js'
import type { ErrorTick, Tick } from '../measure/tick.js'
import type { AnomalyState, InvariantState, PreparationStep, RunEvent, ThresholdState } from '../run/events.js'
import { addServerRow, type ServerSoFar } from './server.js'
import { addTick, errorKey, latencyOf, noSums, type Sums } from './sums.js'

/** One tick as the charts need it; kept for the whole run. */
export interface Point {
  readonly t_s: number
  readonly interval_s: number
  readonly phase: number
  readonly tps: number
  /** null in a second without commits. */
  readonly p95_us: number | null
}

export interface ScreenEvent {
  readonly t_s: number | null
  readonly level: 'info' | 'warning' | 'error'
  readonly text: string
  /** How often in a row it was said. */
  readonly times: number
}

/** Everything that has been heard of a run, as far as it will be shown. */
export interface ViewState {
  readonly preparation: readonly PreparationStep[]
  readonly load: Extract<RunEvent, { kind: 'load' }> | null
  /** The phase at hand, when it began, and what has happened in it. */
  readonly phase: { readonly index: number; readonly t_s: number; readonly sums: Sums; readonly maxTps: number }
  /** With their histograms, as far back as the longest window reaches. */
  readonly ticks: readonly Tick[]
  readonly points: readonly Point[]
  readonly errors: readonly ErrorTick[]
  /** The last that the server said of itself, and what it has counted since the load began; null: nothing yet. */
  readonly server: ServerSoFar | null
  readonly invariants: readonly InvariantState[]
  readonly anomalies: readonly AnomalyState[]
  readonly thresholds: readonly ThresholdState[]
  /** Oldest first. */
  readonly events: readonly ScreenEvent[]
  readonly stopping: 'drain' | 'now' | null
  readonly result: Result | null
}

const longestWindow_s = 300
const pointsKept = 4 * 3600
const eventsKept = 200

export const initialState: ViewState = {
  preparation: [],
  load: null,
  phase: { index: 0, t_s: 0, sums: noSums, maxTps: 0 },
  ticks: [],
  points: [],
  errors: [],
  server: null,
  invariants: [],
  anomalies: [],
  thresholds: [],
  events: [],
  stopping: null,
  result: null,
}

/** The state after one more event. */
export function reduce(state: ViewState, event: RunEvent): ViewState {
  switch (event.kind) {
    case 'preparation':
      return { ...state, preparation: withStep(state.preparation, event.step) }
    case 'load':
      return { ...state, load: event }
    case 'phase':
      return startPhase(state, event.index, event.t_s)
    case 'tick':
      return addOneTick(state, event.tick)
    case 'server':
      return { ...state, server: addServerRow(state.server, event.row) }
    case 'invariants':
      return noteBroken({ ...state, invariants: event.states }, state.invariants)
    case 'anomalies':
      return { ...state, anomalies: event.states }
    case 'thresholds':
      return { ...state, thresholds: event.states }
    case 'notice':
      return say(state, event.t_s, event.level, event.text)
    case 'stopping':
      return { ...state, stopping: event.how }
    case 'result':
      return { ...state, result: event.result }
  }
}

function withStep(steps: readonly PreparationStep[], step: PreparationStep): PreparationStep[] {
  const known = steps.some(one => one.id === step.id)
  return known ? steps.map(one => (one.id === step.id ? step : one)) : [...steps, step]
}

function startPhase(state: ViewState, index: number, t_s: number): ViewState {
  const name = state.load?.scenario.phases[index]?.name ?? `phase ${index + 1}`
  return say({ ...state, phase: { index, t_s, sums: noSums, maxTps: 0 } }, t_s, 'info', `phase ${name} begins`)
}

function addOneTick(state: ViewState, tick: Tick): ViewState {
  const point = pointOf(tick)
  const current = tick.phase === state.phase.index
  const phase = current
    ? { ...state.phase, sums: addTick(state.phase.sums, tick), maxTps: Math.max(state.phase.maxTps, point.tps) }
    : state.phase
  const next: ViewState = {
    ...state,
    phase,
    ticks: [...state.ticks.filter(one => one.t_s > tick.t_s - longestWindow_s - 1), tick],
    points: [...state.points.slice(-pointsKept), point],
    errors: withErrors(state.errors, tick.errors),
  }
  return noteNewErrors(next, state.errors, tick)
}

function pointOf(tick: Tick): Point {
  const committed = tick.transactions.reduce((sum, one) => sum + one.committed, 0)
  return {
    t_s: tick.t_s,
    interval_s: tick.interval_s,
    phase: tick.phase,
    tps: tick.interval_s > 0 ? committed / tick.interval_s : 0,
    p95_us: sliceQuantile(latencyOf(tick.transactions), 0.95),
  }
}

function withErrors(known: readonly ErrorTick[], seen: readonly ErrorTick[]): ErrorTick[] {
  const byKey = new Map(known.map(error => [errorKey(error), error]))
  for (const error of seen) byKey.set(errorKey(error), error)
  return [...byKey.values()]
}

function noteNewErrors(state: ViewState, known: readonly ErrorTick[], tick: Tick): ViewState {
  const before = new Set(known.map(errorKey))
  const fresh = tick.errors.filter(error => !before.has(errorKey(error)))
  return fresh.reduce(
    (next, error) =>
      say(
        next,
        tick.t_s,
        retryableOutcomes.has(error.outcome) ? 'warning' : 'error',
        `${error.code} ${error.message} · ${error.transaction}`,
      ),
    state,
  )
}

function noteBroken(state: ViewState, before: readonly InvariantState[]): ViewState {
  const wasBroken = new Set(before.filter(one => one.status === 'broken').map(one => one.name))
  const broken = state.invariants.filter(one => one.status === 'broken' && !wasBroken.has(one.name))
  return broken.reduce((next, one) => say(next, one.checkedAt_s, 'error', `invariant broken: ${one.name}. ${one.detail}`), state)
}

function say(state: ViewState, t_s: number | null, level: ScreenEvent['level'], text: string): ViewState {
  const last = state.events.at(-1)
  const repeated = last?.text === text && last.level === level
  const events = repeated
    ? [...state.events.slice(0, -1), { t_s, level, text, times: last.times + 1 }]
    : [...state.events.slice(1 - eventsKept), { t_s, level, text, times: 1 }]
  return { ...state, events }
}
