import type { Target } from '../database/contract.js'
import type { Tick } from '../measure/tick.js'
import type { Dialect, ResolvedScenario } from '../scenario/model.js'

/** All that a worker thread needs, as plain data. */
export interface LoadPlan {
  readonly scenario: ResolvedScenario
  readonly dialect: Dialect
  readonly target: Target
  readonly namespace: string
  readonly threads: number
  readonly protocol: 'prepared' | 'extended'
  readonly latencyLimitMs: number | null
  /** How long in-flight transactions may take to finish after the last phase. */
  readonly drainMs: number
}

export interface LoadListener {
  onPhase(index: number, t_s: number): void
  onTick(tick: Tick): void
  onNotice(level: 'info' | 'warning' | 'error', text: string): void
}
