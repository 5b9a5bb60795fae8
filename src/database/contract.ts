import type { Outcome } from '../measure/outcome.js'
import type { Dialect, Isolation } from '../scenario/model.js'
import type { Statement, StatementResult } from '../scenario/program.js'
import type { Value } from '../scenario/values.js'
import type { Dialogue } from './dialogue.js'
import type { Monitor } from './monitor.js'
import type { MigrationOperations, NamespaceOperations } from './operations.js'
import type { WaitWatch } from './waits.js'

export type EngineName = 'postgres' | 'mysql'

export type TlsMode = 'disable' | 'require-insecure' | 'verify-ca' | 'verify-full'

/** Where we connect, parsed by us from a URL. Plain data: it crosses to worker threads. Print only `describeTarget` of it. */
export interface Target {
  readonly engine: EngineName
  readonly host: string
  readonly port: number
  /** A Unix socket to use instead of host and port. */
  readonly socket: string | null
  readonly user: string
  readonly password: string | null
  readonly database: string | null
  readonly tls: { readonly mode: TlsMode; readonly ca: string | null }
  readonly connectTimeoutMs: number
  /** `application_name` on PostgreSQL, `program_name` on MySQL. */
  readonly applicationName: string
}

export interface SessionOptions {
  /** The schema (PostgreSQL) or database (MySQL) in which unqualified names are found; null: the server's default. */
  readonly namespace: string | null
  /** `SET` at connect. */
  readonly settings: { readonly [name: string]: string }
  readonly statementTimeoutMs: number | null
  /** `extended`: statements are parsed at every call. `prepared` (the default): once per session. */
  readonly protocol: 'prepared' | 'extended'
  /** PostgreSQL: BEGIN travels with the statement after it, COMMIT with the one before it. Elsewhere without effect. */
  readonly pipeline: boolean
}

export interface TransactionOptions {
  readonly isolation: Isolation | null
  readonly readOnly: boolean
}

/** Where a transaction stood when something failed. */
export type Stage = 'connect' | 'begin' | 'body' | 'commit' | 'rollback' | 'autocommit'

/** A failure as the database layer reports it, classified once. `cause` is the driver's own error. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly outcome: Outcome
  /** SQLSTATE on PostgreSQL, error number on MySQL; else the network's code (`ECONNRESET`) or a synthetic one (`COMMIT_ROLLED_BACK`). */
  readonly code: string
  readonly sqlstate: string | null
  readonly stage: Stage
  /** The session is gone: destroy it. */
  readonly sessionLost: boolean
  /** Nobody can run: wrong password, no such database, no right, disk full. The run stops. */
  readonly fatal: boolean
  /** The statement is wrong by itself: its text, or a name in it that is not there. Nothing that others do makes it right, but for DDL. */
  readonly faulty: boolean
  /** What else the server said, where it did. */
  readonly detail: string | null
  readonly hint: string | null

  constructor(
    message: string,
    facts: {
      readonly outcome: Outcome
      readonly code: string
      readonly sqlstate: string | null
      readonly stage: Stage
      readonly sessionLost: boolean
      readonly fatal: boolean
      readonly faulty?: boolean
      readonly detail?: string | null
      readonly hint?: string | null
      readonly cause?: unknown
    },
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.outcome = facts.outcome
    this.code = facts.code
    this.sqlstate = facts.sqlstate
    this.stage = facts.stage
    this.sessionLost = facts.sessionLost
    this.fatal = facts.fatal
    this.faulty = facts.faulty ?? false
    this.detail = facts.detail ?? null
    this.hint = facts.hint ?? null
  }
}

/**
 * One connection to the server. One call at a time. Every failure is a `DatabaseError`; a server that goes away never
 * crashes the process, it fails the call at hand or the next one.
 */
export interface Session {
  /** Backend pid (PostgreSQL) or connection id (MySQL). */
  readonly id: number
  /** False once the connection is known to be gone. */
  readonly alive: boolean
  readonly inTransaction: boolean
  /** Where the session pipelines, BEGIN is sent with the call after it: if it fails that call fails, with the stage `begin`, and does nothing. */
  begin(options: TransactionOptions): Promise<void>
  /**
   * Runs a workload statement, prepared as the protocol says. Outside a transaction it autocommits. The parameters are read before the
   * promise is returned: the array may serve again. The result may be the session's own object: it is valid until the next call.
   */
  execute(statement: Statement, parameters: readonly Value[]): Promise<StatementResult>
  /**
   * The last statement of a transaction and its COMMIT, in one round trip where the session pipelines. A failure of the statement has
   * the stage `body` and leaves the COMMIT unsaid; one of the COMMIT, or a connection lost meanwhile, has the stage `commit`.
   */
  executeAndCommit(statement: Statement, parameters: readonly Value[]): Promise<StatementResult>
  /** Resolves only when the transaction was committed: a COMMIT that answers ROLLBACK throws, code `COMMIT_ROLLED_BACK`. */
  commit(): Promise<void>
  /** Leaves the session outside any transaction, or throws. Harmless outside one. */
  rollback(): Promise<void>
  savepoint(name: string): Promise<void>
  rollbackToSavepoint(name: string): Promise<void>
  releaseSavepoint(name: string): Promise<void>
  /** Any SQL of our own or of a scenario's invariants; text protocol where there are no parameters. */
  query(text: string, parameters?: readonly Value[]): Promise<StatementResult>
  /** Says goodbye; bounded in time, then destroys. */
  end(): Promise<void>
  /** Drops the socket at once. */
  destroy(): void
}

export interface ServerInfo {
  readonly product: 'PostgreSQL' | 'MySQL' | 'MariaDB'
  readonly dialect: Dialect
  /** As the server prints it, as in `18.4` or `9.7.4`. */
  readonly version: string
  /** Names the server across restarts: `system_identifier`, `@@server_uuid`. */
  readonly serverId: string
  /** The settings that decide results, as text. */
  readonly settings: { readonly [name: string]: string }
}

/** Rows to load, already as values, in column order. */
export interface BulkTable {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: Iterable<readonly Value[]>
}

/** What differs between engines. Two of them: `postgres/index.ts`, `mysql/index.ts`; nothing else asks which engine it is. */
export interface Database {
  readonly engine: EngineName
  /** Whether its sessions heed `SessionOptions.pipeline`. */
  readonly pipelines: boolean
  readonly namespaces: NamespaceOperations
  readonly migrations: MigrationOperations
  /** @throws DatabaseError at stage `connect` */
  connect(target: Target, options: SessionOptions): Promise<Session>
  inspect(session: Session): Promise<ServerInfo>
  /** Loads in the fastest way the engine has; `onRows` is told the running total of this table. Returns the number of rows. */
  load(session: Session, table: BulkTable, onRows: (loaded: number) => void): Promise<number>
  /** So that the first run has statistics to plan by, and finds nothing to clean up. */
  gatherStatistics(session: Session, tables: readonly string[]): Promise<void>
  /** Nothing where the engine has none to ask for, or the role may not. */
  checkpoint(session: Session): Promise<void>
  /** A connection for a demo. The options as of `connect`. @throws DatabaseError at stage `connect` */
  dialogue(target: Target, options: SessionOptions): Promise<Dialogue>
  /** Looks at locks through this session, which must be used for nothing else at the same time. */
  watchWaits(session: Session, server: ServerInfo): WaitWatch
  /** The `SET` that gives a session its level, for `SessionOptions.settings`. */
  isolationSetting(level: Isolation, server: ServerInfo): { readonly [name: string]: string }
  /** The level of sessions that ask for none. */
  defaultIsolation(server: ServerInfo): Isolation
  /** How to watch this server during one run, from a session in the namespace. */
  monitor(server: ServerInfo): Monitor
  quoteName(name: string): string
}
