import type { EngineName } from '../../database/contract.js'

/**
 * What a real server answered to the statements of a load. Plain data: it crosses to the stub's process. Replies are kept by the
 * statement's text, whole messages as they were on the wire.
 */
export type Recording = PostgresRecording | MysqlRecording

export interface PostgresRecording {
  readonly engine: 'postgres'
  /** The ParameterStatus messages of a new session. */
  readonly parameters: Uint8Array
  readonly statements: readonly PostgresReplies[]
}

/** null: it was never asked for. */
export interface PostgresReplies {
  readonly text: string
  /** To Describe of the statement: ParameterDescription, then RowDescription or NoData. */
  readonly description: Uint8Array | null
  /** To Describe of a portal: RowDescription or NoData. */
  readonly portal: Uint8Array | null
  /** To Execute: rows, then CommandComplete or an error. */
  readonly execute: Uint8Array | null
  /** To a simple Query, without the ReadyForQuery at its end. */
  readonly query: Uint8Array | null
}

export interface MysqlRecording {
  readonly engine: 'mysql'
  /** The packet with which the server begins, TLS and compression taken out. */
  readonly greeting: Uint8Array
  /** What client and server agreed on, as bits of the protocol's capability flags. */
  readonly capabilities: number
  readonly statements: readonly MysqlReplies[]
}

/** Pairs are by whether a transaction was open when the command came: no, yes. null: it never came then. */
export interface MysqlReplies {
  readonly text: string
  /** To COM_STMT_PREPARE, with the server's own number of the statement. */
  readonly prepare: Uint8Array | null
  readonly execute: readonly [MysqlReply | null, MysqlReply | null]
  readonly query: readonly [MysqlReply | null, MysqlReply | null]
}

export interface MysqlReply {
  readonly bytes: Uint8Array
  /** Where the status flags are, two bytes each. */
  readonly statusAt: readonly number[]
}

/** Whether a stub could answer this text, or one like it. */
export function hasReply(recording: Recording, text: string): boolean {
  const wanted = normalise(text, recording.engine)
  return recording.engine === 'postgres'
    ? recording.statements.some(one => (one.execute ?? one.query) !== null && normalise(one.text, 'postgres') === wanted)
    : recording.statements.some(
        one => [...one.execute, ...one.query].some(reply => reply !== null) && normalise(one.text, 'mysql') === wanted,
      )
}

/**
 * A text by which those are alike that differ in the number of items of a list: a run of placeholders counts as one, and
 * PostgreSQL's numbers do not count.
 */
export function normalise(text: string, engine: EngineName): string {
  return text.replace(placeholderRuns(engine), engine === 'postgres' ? '$' : '?')
}

export function placeholderRuns(engine: EngineName): RegExp {
  return engine === 'postgres' ? /\$\d+(?:\s*,\s*\$\d+)*/g : /\?(?:\s*,\s*\?)*/g
}

/** What a statement does to the transaction, as far as its first words say. */
export type Effect = 'begin' | 'end' | 'back to savepoint' | 'none'

export function effectOf(text: string): Effect {
  if (/^\s*(?:begin|start\s+transaction)\b/i.test(text)) return 'begin'
  if (/^\s*rollback\s+(?:(?:work|transaction)\s+)?to\b/i.test(text)) return 'back to savepoint'
  return /^\s*(?:commit|rollback|end|abort)\b/i.test(text) ? 'end' : 'none'
}
