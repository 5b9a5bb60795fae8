import { DatabaseError } from '../database/contract.js'
import { type ExitCode, OltpError, type Problem } from '../errors.js'
import type { CheckCount, CheckRecord } from '../measure/check-record.js'
import type { History } from '../measure/history.js'
import type { TallySums } from '../measure/tally.js'
import type { Broken } from './context.js'
import type { ErrorRow } from './error-table.js'
import type { LoadPlan } from './load.js'
import type { MemoryShape } from './memory.js'

/** What a worker is made with. */
export interface WorkerSetup {
  readonly plan: LoadPlan
  readonly worker: number
  readonly shape: MemoryShape
  readonly memory: SharedArrayBuffer
  readonly sequences: SharedArrayBuffer
  readonly vitals: SharedArrayBuffer
}

export type ToWorker =
  /** All sessions of all workers are there; `zero` is a reading of `process.hrtime.bigint()`. */
  | { readonly kind: 'start'; readonly zero: bigint }
  /** The phase before `index`, which was bounded by transactions, is over everywhere. */
  | { readonly kind: 'phase'; readonly index: number; readonly start: number }
  | { readonly kind: 'drain' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'standing'; readonly request: number }
  | { readonly kind: 'recent'; readonly request: number }

export type FromWorker =
  /** All its clients are connected; that took `connectMs`. */
  | { readonly kind: 'ready'; readonly connectMs: number }
  /** Could not get ready, or met an error with which nobody can run. */
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'phase'; readonly index: number; readonly start: number }
  /** All clients of this worker have done their transactions of a phase that is bounded by them. */
  | { readonly kind: 'phase done'; readonly index: number; readonly end: number }
  | { readonly kind: 'errors'; readonly rows: readonly ErrorRow[] }
  | { readonly kind: 'standing'; readonly request: number; readonly standing: Standing }
  /** What the checks recorded since they were asked last, those of lists in their order. */
  | { readonly kind: 'recent'; readonly request: number; readonly histories: readonly History[] }
  | { readonly kind: 'broken'; readonly broken: Broken }
  | { readonly kind: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly text: string }
  | {
      readonly kind: 'done'
      readonly rows: readonly ErrorRow[]
      readonly standing: Standing
      readonly checks: readonly CheckRecord[]
    }

/** What a worker has counted so far: one per tally, and one per check. */
export interface Standing {
  readonly sums: readonly TallySums[]
  readonly counts: readonly CheckCount[]
}

/** A worker's way to and from the main thread. */
export interface Channel {
  /** @param move buffers that the message takes along instead of copies */
  post(message: FromWorker, move?: readonly ArrayBuffer[]): void
  listen(handler: (message: ToWorker) => void): void
}

/** An error as plain data: what structured clone makes of one has lost its class and its fields. */
export type PlainError =
  | ({ readonly kind: 'database' } & Pick<DatabaseError, 'message' | 'outcome' | 'code' | 'sqlstate' | 'stage' | 'sessionLost' | 'fatal'>)
  | {
      readonly kind: 'oltp'
      readonly message: string
      readonly code: string
      readonly exitCode: ExitCode
      readonly hint: string | undefined
      readonly problems: readonly Problem[]
    }
  | { readonly kind: 'bug'; readonly message: string; readonly stack: string }

export function toPlainError(error: unknown): PlainError {
  if (error instanceof DatabaseError) {
    const { message, outcome, code, sqlstate, stage, sessionLost, fatal } = error
    return { kind: 'database', message, outcome, code, sqlstate, stage, sessionLost, fatal }
  }
  if (error instanceof OltpError) {
    const { message, code, exitCode, hint, problems } = error
    return { kind: 'oltp', message, code, exitCode, hint, problems }
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { kind: 'bug', message, stack: stack ?? message }
}

export function fromPlainError(plain: PlainError): Error {
  if (plain.kind === 'database') return new DatabaseError(plain.message, plain)
  if (plain.kind === 'oltp') {
    const { hint, problems } = plain
    return new OltpError(plain.code, plain.exitCode, plain.message, hint === undefined ? { problems } : { hint, problems })
  }
  return Object.assign(new Error(plain.message), { stack: plain.stack })
}
