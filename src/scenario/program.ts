import type { Isolation, RetryPolicy } from './model.js'
import type { Random } from './random.js'
import type { Value } from './values.js'

/** One statement as the engine sends it: placeholders in place of names, values bound apart from the text. */
export interface Statement {
  /** Index into `Program.statements`; lists of different lengths give different texts under one index. */
  readonly index: number
  /** `transaction/id`, as in `transfer/lock`: how reports name it. */
  readonly name: string
  /** With `$1` (PostgreSQL) or `?` (MySQL). */
  readonly text: string
  /** False when no step reads the rows: an engine may then skip decoding them. */
  readonly readsRows: boolean
  /** Nothing of its transaction comes after it and nothing of its answer is looked at: COMMIT may travel with it. */
  readonly last: boolean
}

/** What a statement answered: valid until the session's next call, which may use it again. */
export interface StatementResult {
  /** Rows matched or changed, from the command tag; rows returned for a SELECT. */
  readonly affected: number
  /** Of the rows; empty, as they are, where nobody reads them. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
  /** MySQL's AUTO_INCREMENT value of this statement, else null. */
  readonly insertId: number | null
}

/** Keeps what a client's attempts did, for the scenario's checks, by the check's position. */
export interface AttemptObserver {
  appended(check: number, key: string, element: number): void
  /** The last append did not happen. */
  changedNothing(check: number): void
  /** False: it is no list. */
  read(check: number, key: string, list: string): boolean
}

/** What a check asks of a transaction that ends. */
export type ObservedEnd =
  | { readonly check: number; readonly kind: 'key'; readonly key: (attempt: Attempt) => string }
  | { readonly check: number; readonly kind: 'seen'; readonly seen: (attempt: Attempt) => boolean }

/**
 * What running steps need of the world: implemented by the engine's client, faked in unit tests.
 * The same object serves all attempts of one transaction.
 */
export interface Attempt {
  /** At least one slot per name of the transaction; the compiler numbered them. */
  readonly values: Value[]
  readonly random: Random
  /** 1-based number of the client. */
  readonly client: number
  /** The next value of a sequence that all clients share; a retry is given the value that its first try drew. */
  sequence(name: string, start: number): number
  /** UTC time at which the transaction was first drawn, as `2026-11-22 12:00:00.000000`; retries see the same. */
  now(): string
  /** Sends a statement. The parameters are read before this returns: their array may be filled anew for the next one. */
  execute(statement: Statement, parameters: readonly Value[]): Promise<StatementResult>
  /** What `execute` promised is there: to be called before anything is made of it, so that the time of the statement ends here. */
  answered(): void
  savepoint(name: string): Promise<void>
  rollbackToSavepoint(name: string): Promise<void>
  releaseSavepoint(name: string): Promise<void>
  /** True for a failure that a savepoint absorbs: a constraint error on a live session with an open transaction. */
  isConstraintViolation(error: unknown): boolean
  sleep(ms: number): Promise<void>
  /** Only where the scenario has checks. */
  readonly observer?: AttemptObserver | undefined
}

/** A transaction compiled for one dialect. Closures: made in the thread that runs it. */
export interface CompiledTransaction {
  readonly index: number
  readonly name: string
  readonly isolation: Isolation | null
  readonly readOnly: boolean
  readonly autocommit: boolean
  readonly statementTimeoutMs: number | null
  readonly retry: RetryPolicy
  /** How many value slots an attempt needs. */
  readonly slots: number
  /** Clears the slots and evaluates `let`, before BEGIN. Every attempt begins with it: a retry after its random state was restored. */
  draw(attempt: Attempt): void
  /** The steps between BEGIN and COMMIT. Throws a signal below, or whatever `execute` threw. */
  run(attempt: Attempt): Promise<void>
  /** Steps after the acknowledged COMMIT, or null. */
  readonly afterCommit: ((attempt: Attempt) => Promise<void>) | null
  /** What an acknowledged commit adds, by the position of the name in `Program.tallies`. */
  readonly tallies: readonly { readonly tally: number; readonly amount: (attempt: Attempt) => Value }[]
  /** What its checks ask for when it ends. */
  readonly observedEnds: readonly ObservedEnd[]
  /** Milliseconds to wait before and after; null: none. */
  readonly keying: ((attempt: Attempt) => number) | null
  readonly think: ((attempt: Attempt) => number) | null
}

export interface Program {
  readonly transactions: readonly CompiledTransaction[]
  /** Name and owner of every statement, for reports. */
  readonly statements: readonly { readonly name: string; readonly transaction: number; readonly text: string }[]
  readonly tallies: readonly string[]
}

/** The scenario asked for ROLLBACK: an outcome of its own, not a failure. */
export class DeclaredRollback extends Error {
  override readonly name = 'DeclaredRollback'
}

/** Somebody was faster (`expect … else: retry`, `retry_if`): roll back and try again, cause `conflict`. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}

/** An `expect` that must hold did not, or a value made no sense: the run is broken. The message names the step. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
}
