import type { Session } from './contract.js'
import type { SqlLexis, SqlStatement } from './split.js'

/** What a namespace says of itself in `oltp_meta`. */
export interface NamespaceMarker {
  readonly tool: string
  readonly format: number
  readonly namespace: string
  readonly namespaceId: string
  readonly serverId: string
  readonly createdBy: string
  readonly createdAt: string
}

/** Something in a namespace that has a name of its own: a table, a view, a function. Triggers and indexes live with their table. */
export interface NamespaceObject {
  readonly kind: string
  readonly name: string
}

/** What differs between engines about the place in which we write. */
export interface NamespaceOperations {
  /** What stands for the value at this position, from 1, in a statement's text. */
  placeholder(position: number): string
  /** How the catalogue keeps a name that is written without quotes. */
  storedName(name: string): string
  exists(session: Session, namespace: string): Promise<boolean>
  hasTable(session: Session, namespace: string, table: string): Promise<boolean>
  /** Makes the namespace with its bookkeeping tables and writes the marker; fails where the namespace is there already. */
  create(session: Session, namespace: string, marker: NamespaceMarker): Promise<void>
  /** Unqualified names mean the namespace from here on, and nothing waits long for a table that others hold. */
  enter(session: Session, namespace: string): Promise<void>
  /** Everything in the namespace, our own bookkeeping included. */
  objects(session: Session, namespace: string): Promise<readonly NamespaceObject[]>
  /** Tables elsewhere whose foreign keys, or other objects whose definitions, would stop us half-way. */
  dependents(session: Session, namespace: string): Promise<readonly string[]>
  /**
   * Drops the objects in this order, then the bookkeeping, then the namespace; never cascades.
   *
   * @throws DependentsRemain
   */
  drop(session: Session, namespace: string, objects: readonly NamespaceObject[]): Promise<void>
  /** Drops these, whichever way they depend on each other, and never what depends on them. @throws DependentsRemain */
  dropObjects(session: Session, namespace: string, objects: readonly NamespaceObject[]): Promise<void>
  empty(session: Session, namespace: string, tables: readonly string[]): Promise<void>
  /** Held until `unlock` or the end of the session. */
  tryLock(session: Session, namespace: string): Promise<boolean>
  unlock(session: Session, namespace: string): Promise<void>
  /** Who holds the lock, as in `oltp, session 4711 of app@10.0.0.7 since 12:00:05`; null: nobody now. */
  lockHolder(session: Session, namespace: string): Promise<string | null>
}

/** The server will not drop what objects outside the namespace depend on; nothing was dropped. */
export class DependentsRemain extends Error {
  override readonly name = 'DependentsRemain'
}

/** One migration script on its way, and how it is written down. */
export interface ScriptRun {
  readonly statements: readonly SqlStatement[]
  /** Statements that an earlier run has completed. */
  readonly done: number
  /** The earlier run was cut off while the next statement ran: it may have been applied. */
  readonly uncertain: boolean
  /** Before a statement that the server does not roll back. */
  started(index: number): Promise<void>
  /** Together with the statement where the engine allows. */
  finished(index: number): Promise<void>
  /** The statement answered an error: it was not applied. */
  failed(index: number): Promise<void>
  completed(): Promise<void>
}

/** A statement of a script that the server refused. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed'
  readonly index: number

  constructor(index: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.index = index
  }
}

/** What differs between engines about running scripts. */
export interface MigrationOperations {
  readonly lexis: SqlLexis
  /** A script that fails leaves nothing behind. */
  readonly transactional: boolean
  /** @throws StatementFailed */
  run(session: Session, script: ScriptRun): Promise<void>
}
