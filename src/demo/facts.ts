import type { Value } from '../scenario/values.js'

/** What came of one step so far. */
export interface StepFact {
  /** Index into the plot's schedule. */
  readonly step: number
  /** 1; more where the session began its transaction again. */
  readonly attempt: number
  readonly session: string
  /**
   * `planned`: its turn has not come. `deferred`: its turn came while its session waited. `waiting`: sent, and waits for a lock.
   * `done` and `failed`: answered. `skipped`: never sent.
   */
  readonly status: 'planned' | 'deferred' | 'waiting' | 'done' | 'failed' | 'skipped'
  /** As sent, or as it would be; values of names that are not known yet stand as `:name`. */
  readonly sql: string
  readonly answer: StepAnswer | null
  readonly error: StepError | null
  /** Why it was never sent. */
  readonly skipped: 'condition' | 'gave up' | null
  /** For whom it waited when that was first seen; null: it did not wait. */
  readonly waited: SeenWait | null
  /** The step (an index into the facts) that was run when its wait ended; null: it did not wait, or ended by itself. */
  readonly wokenBy: number | null
  /** From sending to the answer, as seen from here; null while there is none. */
  readonly ms: number | null
  /** The transaction of its session after the answer, as the server says; null while there is none. */
  readonly transaction: TransactionState | null
}

/** `failed`: all is refused until ROLLBACK. `lost`: the session is gone, and its transaction with it. */
export type TransactionState = 'none' | 'open' | 'failed' | 'lost'

export interface StepAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
  /** Rows changed, or returned. */
  readonly affected: number
  /** PostgreSQL's command tag; null elsewhere. */
  readonly tag: string | null
}

export interface StepError {
  /** SQLSTATE on PostgreSQL, error number on MySQL. */
  readonly code: string
  readonly message: string
  readonly detail: string | null
  readonly hint: string | null
  /** The statement is wrong by itself, as `DatabaseError` has it; left out where it is not. */
  readonly faulty?: boolean
}

/** Sessions are named as in the demo. */
export interface SeenWait {
  /** Whom the server names. */
  readonly blockers: readonly string[]
  /** Whom it does not name and who may be in the way, as everybody else is ruled out. */
  readonly inferred: readonly string[]
  /** In the server's words. */
  readonly lock: string
}

/** A session that waits, now. */
export interface WaitEdge extends SeenWait {
  readonly session: string
}

/** How far a demo has come. */
export interface DemoState {
  /** In the order of the schedule; what a session does again comes after it. */
  readonly facts: readonly StepFact[]
  /** Index into the facts of what `next` will run; null: nothing is left to send. */
  readonly next: number | null
  readonly waits: readonly WaitEdge[]
  /** Sessions that wait for each other, in that order, by what the server has told; null: none. */
  readonly cycle: readonly string[] | null
  readonly sessions: readonly SessionState[]
  readonly finished: boolean
}

export interface SessionState {
  readonly name: string
  /** `gave up`: after an error, until its transaction is rolled back. */
  readonly state: 'idle' | 'in transaction' | 'waiting' | 'gave up'
  /** What it saved. */
  readonly saved: { readonly [name: string]: Value }
  readonly commits: number
}

/** One transaction of a session, or one statement outside any. */
export interface DemoTransaction {
  readonly session: string
  /**
   * Indexes into the facts, in the order of their turns, with those that a condition kept from being sent; without BEGIN and COMMIT, and
   * without those that failed for what others did while the transaction went on, and those that were refused until that was undone.
   */
  readonly facts: readonly number[]
  /** One statement without BEGIN. */
  readonly single: boolean
  readonly ended: 'committed' | 'rolled back' | 'open'
}
