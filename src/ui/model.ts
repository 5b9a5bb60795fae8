import type { Outcome } from '../measure/outcome.js'
import type { HistogramSlice, Tick } from '../measure/tick.js'
import type { AnomalyState, InvariantState, PreparationStep, ThresholdState } from '../run/events.js'
import type { ServerFigures } from './server.js'
import type { ScreenEvent } from './state.js'
import type { Window } from './window.js'

export type Status = 'PREPARING' | 'WARM-UP' | 'RUNNING' | 'STOPPING' | 'FINISHING' | 'DONE' | 'STOPPED'

export interface TransactionRow extends Quantiles {
  readonly name: string
  /** Its share of the mix, 0 to 1. */
  readonly share: number
  readonly tps: number
  readonly retries: number
  /** Retries per transaction that ended. */
  readonly retriesEach: number
  readonly rolledBack: number
  readonly failed: number
  readonly tpsPerSecond: readonly Sample[]
}

export interface StatementRow extends Quantiles {
  readonly name: string
  readonly perSecond: number
  /** Of the time spent in all statements, 0 to 1. */
  readonly timeShare: number
}

export interface Quantiles {
  readonly p50_us: number | null
  readonly p95_us: number | null
  readonly p99_us: number | null
  readonly max_us: number | null
}

export interface ErrorRow {
  readonly code: string
  readonly outcome: Outcome
  readonly retried: boolean
  readonly message: string
  readonly transaction: string
  readonly perSecond: number
  readonly total: number
}

/** A value of the interval that ended at `t_s`. */
export interface Sample {
  readonly t_s: number
  readonly interval_s: number
  readonly value: number | null
}

/** What is on the screen, as data: panels turn it into text and nothing else. */
export interface ViewModel {
  readonly title: { readonly scenario: string; readonly server: string; readonly target: string; readonly seed: number | null }
  readonly status: Status
  readonly elapsed_s: number
  /** null where phases end by a number of transactions. */
  readonly total_s: number | null
  /** Said in place of the load's description, as in «stopping: finishing 14 transactions». */
  readonly message: string | null
  readonly preparation: readonly PreparationStep[]
  readonly phases: readonly { readonly name: string; readonly measured: boolean }[]
  readonly phase: { readonly index: number; readonly start_s: number; readonly fraction: number | null }
  readonly clients: { readonly now: number; readonly most: number; readonly inTransaction: number; readonly backingOff: number }
  /** `closed loop`, `open loop 500/s`. */
  readonly loop: string
  readonly backlog: number
  readonly now: Numbers
  readonly phaseSoFar: PhaseNumbers
  /** What tables and the distribution cover, as in `last 60 s` or `this phase`. */
  readonly window: { readonly name: Window; readonly label: string; readonly seconds: number }
  readonly charts: { readonly end_s: number; readonly tps: readonly Sample[]; readonly p95: readonly Sample[] }
  readonly transactions: readonly TransactionRow[]
  readonly statements: readonly StatementRow[]
  readonly latency: HistogramSlice
  readonly errors: readonly ErrorRow[]
  /** null: it has not said anything yet. */
  readonly server: ServerFigures | null
  readonly invariants: readonly InvariantState[]
  readonly anomalies: readonly AnomalyState[]
  /** The isolation levels of the transactions, as in `read committed`. */
  readonly levels: string
  readonly thresholds: readonly ThresholdState[]
  readonly generator: Tick['generator'] | null
  /** Newest first. */
  readonly events: readonly ScreenEvent[]
}

/** The four big numbers: the last few seconds, and the seconds before those where the phase has them. */
export interface Numbers extends Quantiles {
  readonly seconds: number
  readonly tps: number
  readonly tpsBefore: number | null
  readonly p95Before_us: number | null
  readonly retriesPerSecond: number
  readonly retriesEach: number
  /** By code, most frequent first. */
  readonly causes: readonly { readonly code: string; readonly perSecond: number }[]
}

export interface PhaseNumbers {
  readonly avgTps: number
  readonly maxTps: number
  readonly failed: number
  readonly failedShare: number
  readonly rolledBack: number
  readonly rolledBackShare: number
}
