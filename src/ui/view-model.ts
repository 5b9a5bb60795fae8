import type { InvariantState, ThresholdState } from '../run/events.js'
import type { Invariant, Phase, Transaction } from '../scenario/model.js'
import type { Threshold } from '../scenario/threshold.js'
import { figuresOf } from './figures.js'
import type { Status, ViewModel } from './model.js'
import { serverFigures } from './server.js'
import type { ViewState } from './state.js'
import { total } from './sums.js'
import type { Window } from './window.js'

export interface ViewOptions {
  /** Date.now(), and the same when the screen was opened. */
  readonly now: number
  readonly openedAt: number
  readonly window: Window
  /** What to call the run before its load begins. */
  readonly title: string
}

/** Pure: everything that the screen shows of a state, at a time, over a window. */
export function viewModel(state: ViewState, options: ViewOptions): ViewModel {
  const { load } = state
  const scenario = load?.scenario ?? null
  const last = state.ticks.at(-1)
  const total_s = scenario ? totalSeconds(scenario.phases) : null
  const elapsed_s = elapsed(state, options, total_s)
  const phase = scenario?.phases[state.phase.index]
  return {
    title: titleOf(state, options.title),
    status: statusOf(state, elapsed_s, total_s),
    elapsed_s,
    total_s,
    message: messageOf(state),
    preparation: state.preparation,
    phases: scenario?.phases.map(({ name, measure }) => ({ name, measured: measure })) ?? [],
    phase: { index: state.phase.index, start_s: state.phase.t_s, fraction: phase ? phaseFraction(phase, state, elapsed_s) : null },
    clients: {
      now: last?.clients ?? phase?.clients.from ?? 0,
      most: phase ? Math.max(phase.clients.from, phase.clients.to) : 0,
      inTransaction: last?.inTransaction ?? 0,
      backingOff: last?.backingOff ?? 0,
    },
    loop: phase ? loopOf(phase) : '',
    backlog: last?.backlog ?? 0,
    ...figuresOf(state, options.window),
    server: state.server && serverFigures(state.server),
    invariants: state.invariants.length > 0 ? state.invariants : (scenario?.invariants ?? []).map(unchecked),
    anomalies:
      state.anomalies.length > 0
        ? state.anomalies
        : (scenario?.checks ?? []).map(({ name }) => ({ name, looked: false, kinds: [], detail: 'not checked yet' })),
    levels: levelsOf(scenario?.transactions ?? []),
    thresholds: state.thresholds.length > 0 ? state.thresholds : (scenario?.thresholds ?? []).map(unjudged),
    events: state.events.toReversed(),
  }
}

function levelsOf(transactions: readonly Transaction[]): string {
  return [...new Set(transactions.map(({ isolation }) => isolation ?? "the server's own level"))].join(' and ')
}

function titleOf({ load }: ViewState, fallback: string): ViewModel['title'] {
  if (!load) return { scenario: fallback, server: '', target: '', seed: null }
  const { scenario, server, target } = load
  return {
    scenario: scenario.variant === null ? scenario.name : `${scenario.name} · ${scenario.variant}`,
    server: `${server.product} ${server.version}`,
    target,
    seed: scenario.randomSeed,
  }
}

function elapsed({ load, result, ticks }: ViewState, options: ViewOptions, total_s: number | null): number {
  if (!load) return Math.max(0, options.now - options.openedAt) / 1000
  const running = Math.max(0, options.now - load.startedAt) / 1000
  const seen = result ? (ticks.at(-1)?.t_s ?? running) : running
  return total_s === null ? seen : Math.min(seen, total_s)
}

function statusOf(state: ViewState, elapsed_s: number, total_s: number | null): Status {
  if (state.result) return state.result.interrupted === 'no' ? 'DONE' : 'STOPPED'
  if (state.stopping) return 'STOPPING'
  if (!state.load) return 'PREPARING'
  if (elapsed_s === total_s) return 'FINISHING'
  return state.load.scenario.phases[state.phase.index]?.measure === false ? 'WARM-UP' : 'RUNNING'
}

function messageOf(state: ViewState): string | null {
  if (state.result) return null
  if (state.stopping === 'now') return 'stopping now: transactions in flight are cut off'
  const running = state.load ? state.preparation.find(step => step.state === 'running') : undefined
  if (running) return running.detail ? `${running.label}: ${running.detail}` : running.label
  if (!state.stopping) return null
  const open = state.ticks.at(-1)?.inTransaction ?? 0
  return `stopping: finishing ${open} ${open === 1 ? 'transaction' : 'transactions'}, q again stops now`
}

function totalSeconds(phases: readonly Phase[]): number | null {
  return phases.reduce<number | null>((sum, { durationMs }) => (sum === null || durationMs === null ? null : sum + durationMs / 1000), 0)
}

function phaseFraction(phase: Phase, state: ViewState, elapsed_s: number): number {
  if (phase.durationMs !== null) return Math.min(1, Math.max(0, ((elapsed_s - state.phase.t_s) * 1000) / phase.durationMs))
  const { committed, rolledBack, failed } = total(state.phase.sums)
  const planned = (phase.transactions ?? 0) * phase.clients.to
  return planned === 0 ? 0 : Math.min(1, (committed + rolledBack + failed) / planned)
}

function loopOf({ rate }: Phase): string {
  if (rate === null) return 'closed loop'
  return rate.from === rate.to ? `open loop ${rate.from}/s` : `open loop ${rate.from} to ${rate.to}/s`
}

// Listed before anything is known of them, so that nothing moves when it is.
function unchecked({ name }: Invariant): InvariantState {
  return { name, status: 'not checked yet', checkedAt_s: null, detail: '' }
}

function unjudged({ source }: Threshold): ThresholdState {
  return { expression: source, status: 'no data', value: '' }
}
