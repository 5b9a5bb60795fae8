import type { Demo } from '../scenario/demo/model.js'
import type { Dialect, Isolation } from '../scenario/model.js'
import type { SeenWait, StepFact } from './facts.js'
import type { FinalRows } from './rule.js'
import type { DemoOutcome } from './verdict.js'

/** One demo, played once: what every transcript, table and page is made from. It is the document of `--json`. */
export interface DemoResult {
  readonly demo: string
  /** Null: the story as it is. */
  readonly variant: string | null
  readonly title: string
  readonly kind: Demo['kind']
  readonly engine: Dialect
  readonly product: string
  readonly version: string
  readonly isolation: Isolation
  /** Of sessions that had another level. */
  readonly levels: { readonly [session: string]: Isolation }
  /** Sessions whose pinned settings the server refused, and why: who loses a deadlock is left to chance. */
  readonly unpinned: { readonly [session: string]: string }
  readonly outcome: DemoOutcome
  /** SQLSTATEs or error numbers, in the order of the steps. */
  readonly codes: readonly string[]
  /** Null: see `not_judged`. */
  readonly serializable: boolean | null
  readonly not_judged: string | null
  /** The committed transactions, by their sessions, in an order that alone would have given the same. */
  readonly serial_order: readonly string[] | null
  readonly rule: string | null
  /** Null: there is none, or it cannot be told, see `rule_unread`. */
  readonly rule_held: boolean | null
  /** What the rule rests on and a session did not come to read, as in `A.qty`; empty where that decides nothing. */
  readonly rule_unread: readonly string[]
  /** `step` is the `number` of one. */
  readonly waits: readonly (SeenWait & { readonly step: number; readonly session: string })[]
  readonly commits: { readonly [session: string]: number }
  readonly final: FinalRows | null
  /** What happened and why, sentence by sentence. */
  readonly explanation: readonly string[]
  readonly steps: readonly DemoStepResult[]
}

export interface DemoStepResult extends Omit<StepFact, 'step' | 'wokenBy'> {
  /** By which it is named everywhere, from 1. */
  readonly number: number
  /** Where it stands in the schedule of the file, from 1: its statement is said again by a session that begins again. */
  readonly place: number
  /** The number of the step that was run when its wait ended; null: it did not wait, or ended by itself. */
  readonly woken_by: number | null
  /** What the file says beside it; null where its session began again, too. */
  readonly note: string | null
  /** Its turn came while its session waited, so that it was run later than its place says. */
  readonly deferred: boolean
}
