import type { Isolation } from '../../scenario/model.js'
import { DatabaseError, type Stage, type TransactionOptions } from '../contract.js'

/** What we know of the transaction of one session. */
export class TransactionState {
  open = false
  /** Why the transaction is over though nobody ended it here: until `rollback` every further statement would commit by itself. */
  ended: DatabaseError | null = null
  readOnly = false
  /** The level of the session's transactions; null: the server's default. */
  #level: Isolation | null = null
  #asked: Isolation | null = null

  /** Whether the session must be given the level first. */
  asks({ isolation, readOnly }: TransactionOptions): boolean {
    this.ended = null
    this.readOnly = readOnly
    this.#asked = isolation
    return isolation !== this.#level
  }

  levelTaken(): void {
    this.#level = this.#asked
  }

  /**
   * @param inTransaction what the server says now; null: nothing
   * @param workload the name of the statement, if it is one of the workload
   */
  succeeded(stage: Stage, inTransaction: boolean | null, workload: string | null): void {
    if (stage === 'begin') this.open = true
    else if (stage === 'commit' || stage === 'rollback') this.open = false
    else if (inTransaction !== null) {
      // DDL, or a procedure that commits: the rest would no longer be in a transaction.
      if (this.open && !inTransaction && workload !== null) {
        this.ended = refusal('TRANSACTION_ENDED', `${workload} ended the transaction`, 'other', 'body')
      }
      this.open = inTransaction
    }
  }

  /** The server has rolled everything back. */
  gone(failure: DatabaseError): void {
    this.ended = this.open ? failure : null
    this.open = false
  }

  /** Why a statement may not be sent; null: it may. */
  refuses(): DatabaseError | null {
    if (this.ended === null) return null
    return refusal('TRANSACTION_GONE', `the server has ended the transaction: ${this.ended.message}`, this.ended.outcome, 'body')
  }
}

/** A failure of the caller's: nothing was sent. */
export function refusal(code: string, message: string, outcome: DatabaseError['outcome'], stage: Stage): DatabaseError {
  return new DatabaseError(message, { outcome, code, sqlstate: null, stage, sessionLost: false, fatal: false })
}
