/** A session that waits for a lock, as the server says. */
export interface Wait {
  /** `Session.id` of the one that waits. */
  readonly waiting: number
  /** `Session.id` of those it waits for, as the server tells; empty where it says only that it waits. */
  readonly blockers: readonly number[]
  /** `Session.id` of those whom the server does not name and who may be in the way, as everybody else is ruled out: never more than likely. */
  readonly inferred: readonly number[]
  /** What it waits for, in the server's words, as in `transactionid ShareLock` or `X,REC_NOT_GAP on products.PRIMARY 1`. */
  readonly lock: string
}

/** A lock that a session has, or asks for. */
export interface SessionLock {
  readonly session: number
  /** What is locked, as in `products`, `products.PRIMARY 1`, `advisory 42`. */
  readonly object: string
  /** In the server's words, as in `RowExclusiveLock`, `X,GAP`. */
  readonly mode: string
  readonly granted: boolean
}

/** Looks at the locks of a few sessions through a session of its own. */
export interface WaitWatch {
  /**
   * Those of the sessions that wait for a lock now. One that is only slow is not among them: whoever asks asks again. All that may be in each
   * other's way are named: where the server does not say who is, it is looked for among them.
   *
   * @throws DatabaseError, as where the role may not look
   */
  waits(sessions: readonly number[]): Promise<readonly Wait[]>
  /** What the sessions hold and ask for; row locks as far as the server lists them. */
  locks(sessions: readonly number[]): Promise<readonly SessionLock[]>
}
