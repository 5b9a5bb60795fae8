import type { ServerInfo } from '../database/contract.js'
import type { Result } from '../measure/result.js'
import type { ServerRow } from '../measure/server-rows.js'
import type { Tick } from '../measure/tick.js'
import type { ResolvedScenario } from '../scenario/model.js'
import type { AnomalyKind } from './anomaly-kinds.js'

/** A step of getting ready, as in «start the server» or «seed account». */
export interface PreparationStep {
  readonly id: string
  readonly label: string
  readonly state: 'running' | 'done' | 'failed'
  /** What there is to say of it now, as in `1.2 M of 10 M rows, 410,000/s, 21 s left`. */
  readonly detail: string
  /** 0 to 1 where it is known. */
  readonly fraction: number | null
}

export interface InvariantState {
  readonly name: string
  readonly status: 'not checked yet' | 'held' | 'broken'
  /** Seconds since the load began. */
  readonly checkedAt_s: number | null
  /** What was found and what was expected. */
  readonly detail: string
}

/** Which anomalies a check has found, worst first; while the load runs, those that have been found by now. */
export interface AnomalyState {
  readonly name: string
  /** False: it has not looked at anything yet. */
  readonly looked: boolean
  readonly kinds: readonly AnomalyKind[]
  /** What they were looked for in. */
  readonly detail: string
}

export interface ThresholdState {
  readonly expression: string
  readonly status: 'ok' | 'failing' | 'no data'
  /** The value now, as printed. */
  readonly value: string
}

/** What a run tells those who watch it, in order. The screen and the plain lines are made from these and nothing else. */
export type RunEvent =
  | { readonly kind: 'preparation'; readonly step: PreparationStep }
  | {
      readonly kind: 'load'
      readonly scenario: ResolvedScenario
      /** `host:port/database`, no password. */
      readonly target: string
      readonly server: ServerInfo
      /** Date.now() of the load's zero. */
      readonly startedAt: number
    }
  | { readonly kind: 'phase'; readonly index: number; readonly t_s: number }
  | { readonly kind: 'tick'; readonly tick: Tick }
  | { readonly kind: 'server'; readonly row: ServerRow }
  | { readonly kind: 'invariants'; readonly states: readonly InvariantState[] }
  | { readonly kind: 'anomalies'; readonly states: readonly AnomalyState[] }
  | { readonly kind: 'thresholds'; readonly states: readonly ThresholdState[] }
  | { readonly kind: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly t_s: number | null; readonly text: string }
  | { readonly kind: 'stopping'; readonly how: 'drain' | 'now' }
  | { readonly kind: 'result'; readonly result: Result }

export type RunListener = (event: RunEvent) => void

/** How a run is stopped from outside: the first call drains, the second ends it at once. */
export interface StopControl {
  readonly drain: AbortSignal
  readonly now: AbortSignal
}
