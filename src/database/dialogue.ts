import type { Value } from '../scenario/values.js'

/** What a statement answered, as people see it. */
export interface Answer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
  /** Rows changed, or returned. */
  readonly affected: number
  /** PostgreSQL's command tag without its counts, `ROLLBACK` for a COMMIT that did; null where the server has none. */
  readonly tag: string | null
}

/**
 * A connection that is spoken to as from a terminal: any one statement in the text protocol, BEGIN and COMMIT too, whatever the state
 * of the transaction. Nothing is refused on our side, and no error but a lost connection makes it useless.
 */
export interface Dialogue {
  /** Backend pid (PostgreSQL) or connection id (MySQL). */
  readonly id: number
  readonly alive: boolean
  /** As the server said with its last answer; a failed transaction of PostgreSQL is one. */
  readonly inTransaction: boolean
  /** PostgreSQL: its transaction has failed, and everything is refused until that is rolled back, to a savepoint at least. */
  readonly inFailedTransaction: boolean
  /** One at a time. @throws DatabaseError with the server's code, `detail` and `hint` */
  tell(text: string): Promise<Answer>
  /** Says goodbye; bounded in time, then destroys. Not heard while a statement waits. */
  end(): Promise<void>
  /**
   * Has the server end it, from a connection of its own: a session that waits for a lock notices neither a goodbye nor a closed socket,
   * and would go on once it has the lock. Bounded in time; never fails.
   */
  kill(): Promise<void>
  destroy(): void
}
