import type { DemoPlot } from '../../scenario/demo/model.js'
import type { Isolation } from '../../scenario/model.js'
import type { DemoTransaction, StepFact } from '../facts.js'
import type { RuleVerdict } from '../rule.js'
import type { DemoOutcome } from '../verdict.js'

/** All that is known of a demo that is over: sentences are built from this and nothing else. */
export interface Evidence {
  readonly plot: DemoPlot
  /** Of sessions without a level of their own. */
  readonly isolation: Isolation
  readonly facts: readonly StepFact[]
  /** The facts that were answered, by their indexes, in the order of the answers. */
  readonly order: readonly number[]
  readonly transactions: readonly DemoTransaction[]
  readonly outcome: DemoOutcome
  /** Null: not judged. */
  readonly oracle: { readonly serializable: boolean; readonly order: readonly string[] | null } | null
  readonly rule: RuleVerdict
}
