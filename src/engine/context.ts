import type { DatabaseError } from '../database/contract.js'
import type { Phase, ResolvedScenario } from '../scenario/model.js'
import type { Program } from '../scenario/program.js'
import type { CheckBook } from './check-book.js'
import type { Clock } from './clock.js'
import type { Connector } from './connector.js'
import type { Control } from './control.js'
import type { Dispatcher } from './dispatcher.js'
import type { ErrorTable } from './error-table.js'
import type { Memory } from './memory.js'
import type { Sequences } from './sequences.js'
import type { TallyBook } from './tally-book.js'
import type { Timeline } from './timeline.js'

/** What the clients of one worker share. */
export interface WorkerContext {
  readonly scenario: ResolvedScenario
  readonly phases: readonly Phase[]
  readonly program: Program
  readonly latencyLimitUs: number | null
  /** COMMIT travels with the last statement, where that may. */
  readonly pipeline: boolean
  readonly memory: Memory
  readonly clock: Clock
  readonly timeline: Timeline
  readonly control: Control
  readonly dispatcher: Dispatcher
  readonly connector: Connector
  readonly sequences: Sequences
  readonly errors: ErrorTable
  readonly tallies: TallyBook
  /** Null where the scenario has no checks. */
  readonly checks: CheckBook | null
  readonly report: RunReporter
  /** A transaction of this phase has ended, one way or another: phases bounded by transactions count. */
  onEnded(phase: number): void
}

/** How a worker tells that the run cannot go on, or something worth knowing. */
export interface RunReporter {
  broken(broken: Broken): void
  fatal(error: DatabaseError): void
  /** A bug of ours. */
  failed(error: unknown): void
  notice(level: 'info' | 'warning' | 'error', text: string): void
}

/** Why a run is broken: a promise of the scenario, a statement that the server does not understand, or a client that is gone. */
export interface Broken {
  readonly kind: 'promise' | 'statement' | 'client lost'
  readonly message: string
  readonly transaction: string
}
