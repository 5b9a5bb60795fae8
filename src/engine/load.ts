import type { DatabaseError, Target } from '../database/contract.js'
import type { CheckCount, CheckRecord } from '../measure/check-record.js'
import type { History } from '../measure/history.js'
import type { Outcome } from '../measure/outcome.js'
import type { Result, ResultGenerator, ResultPhase, ResultSteady } from '../measure/result.js'
import type { Tally, TallySums } from '../measure/tally.js'
import type { Tick } from '../measure/tick.js'
import type { Validity } from '../measure/validity.js'
import { compileProgram } from '../scenario/compile.js'
import type { Dialect, ResolvedScenario } from '../scenario/model.js'
import { Conductor } from './conductor.js'
import type { Broken } from './context.js'

/** All that a worker thread needs, as plain data. */
export interface LoadPlan {
  readonly scenario: ResolvedScenario
  readonly dialect: Dialect
  readonly target: Target
  readonly namespace: string
  readonly threads: number
  readonly protocol: 'prepared' | 'extended'
  readonly pipeline: boolean
  readonly latencyLimitMs: number | null
  /** How long in-flight transactions may take to finish after the last phase. */
  readonly drainMs: number
}

export interface LoadListener {
  onPhase(index: number, t_s: number): void
  onTick(tick: Tick): void
  onNotice(level: 'info' | 'warning' | 'error', text: string): void
}

/** A load under way. */
export interface Load {
  /**
   * All sessions are connected and the load begins. Rejects with a DatabaseError or an OltpError; `finished` then does the same and
   * need not be awaited.
   */
  readonly ready: Promise<{ readonly startedAt: number }>
  /** No new transactions; what runs may finish, for `drainMs` at most. */
  drain(): void
  /** Ends everything now: what runs is cancelled, a COMMIT in flight is ambiguous. */
  stop(): void
  /** By name, as they stand now; see `tallyBetween` for how to compare them with what the database says meanwhile. */
  tallies(): Promise<ReadonlyMap<string, TallySums>>
  /** How the scenario's checks stand now, in its order, and when that was, in microseconds since the load's zero. */
  counts(): Promise<{ readonly at: number; readonly counts: readonly CheckCount[] }>
  /** What each load thread has recorded for checks of lists since the last call, by thread and check; of very much, the newest only. */
  recent(): Promise<readonly (readonly History[])[]>
  /** Rejects only for a bug of ours, or when `ready` did. */
  readonly finished: Promise<LoadReport>
}

/** All that a load has found out; exact. */
export interface LoadReport {
  /** Those that began, in order. */
  readonly phases: readonly ResultPhase[]
  /** The last measured phase that began, else the last that began: an index into `phases`; −1 when none did. */
  readonly headline: number
  readonly series: Pick<Result['series'], 'columns' | 'rows'>
  readonly tallies: ReadonlyMap<string, Tally>
  /** What was noted for each of the scenario's checks. */
  readonly checks: readonly CheckRecord[]
  readonly errors: readonly LoadError[]
  readonly validity: Validity
  readonly generator: ResultGenerator
  readonly steady: ResultSteady
  /** From the first connection's begin until all were there; of several load threads, the slowest. */
  readonly connectMs: number
  /** A promise of the scenario did not hold, a statement cannot run, or a client is gone: why the run was stopped. */
  readonly broken: Broken | null
  /** Nobody can run: why the run was stopped. */
  readonly fatal: DatabaseError | null
  readonly interrupted: Result['interrupted']
}

/** Failed attempts of one transaction type by code, with an example of the server's message. */
export interface LoadError {
  readonly code: string
  readonly outcome: Outcome
  readonly message: string
  readonly transaction: string
  readonly count: number
}

/** Starts the load in worker threads of its own; the caller's thread only reads what they count. */
export function startLoad(plan: LoadPlan, listener: LoadListener): Load {
  const conductor = new Conductor(plan, compileProgram(plan.scenario, plan.dialect), listener)
  return {
    ready: conductor.ready,
    finished: conductor.finished,
    drain: () => conductor.drain(),
    stop: () => conductor.stop(),
    tallies: () => conductor.tallies(),
    counts: () => conductor.counts(),
    recent: () => conductor.recent(),
  }
}
