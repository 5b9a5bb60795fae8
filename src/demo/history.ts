import type { DemoTransaction, StepFact } from './facts.js'
import type { Stage } from './stage.js'

/** What happened in a demo: transactions as they ran, and what those that were committed have left. */
export interface History {
  readonly facts: readonly StepFact[]
  readonly transactions: readonly DemoTransaction[]
  /** As `Stage.contents` says it. */
  readonly contents: string
}

/** What the oracle needs of a stage. */
export type OracleStage = Pick<Stage, 'dialect' | 'watch' | 'reset' | 'enter' | 'contents'>
