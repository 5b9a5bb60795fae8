import type { TransactionWord } from '../scenario/demo/words.js'
import type { DemoTransaction, TransactionState } from './facts.js'

interface Transaction {
  readonly session: string
  readonly facts: number[]
  readonly single: boolean
  ended: DemoTransaction['ended']
}

/** How a statement ended, as far as its transaction is concerned. */
export interface StatementEnd {
  readonly session: string
  readonly fact: number
  readonly word: TransactionWord
  readonly failed: boolean
  /** It failed for what others did, as by a time-out: it has done nothing, and alone it would not fail. */
  readonly disturbed: boolean
  /** If that has ended the transaction, then by taking it back. */
  readonly undoes: boolean
  /** A COMMIT was answered with ROLLBACK. */
  readonly refused: boolean
  /** A BEGIN inside a transaction commits it. */
  readonly beginsAnew: boolean
  /** As the server says after it. */
  readonly transaction: TransactionState
}

/** Which statements belonged to which transaction, and what became of it. */
export class TransactionLog {
  readonly transactions: Transaction[] = []
  private readonly open = new Map<string, Transaction>()
  /** Sessions whose transaction has failed for what others did: what they say until that is undone fails for the same reason. */
  private readonly disturbed = new Set<string>()

  isOpen(session: string): boolean {
    return this.open.has(session)
  }

  /** The transaction that has ended with this, if one has. */
  note(end: StatementEnd): Transaction | null {
    const { session, fact, word, failed, undoes, refused, beginsAnew } = end
    const inTransaction = end.transaction === 'open' || end.transaction === 'failed'
    const current = this.open.get(session) ?? null
    if (word === 'begin' && !failed) {
      const ended = current !== null && beginsAnew ? this.end(current, 'committed') : null
      if (current === null || ended !== null) this.start(session)
      return ended
    }
    if ((word === 'commit' || word === 'rollback') && !(failed && inTransaction)) {
      const ended = current && this.end(current, word === 'rollback' || failed || refused ? 'rolled back' : 'committed')
      // AND CHAIN
      if (inTransaction) this.start(session)
      return ended
    }
    if (current === null && !inTransaction) return word === null ? this.single(session, fact, failed) : null
    // Without a BEGIN where the session does not commit by itself.
    const transaction = current ?? this.start(session)
    if (!this.isDisturbed(end)) transaction.facts.push(fact)
    return inTransaction ? null : this.end(transaction, failed && undoes ? 'rolled back' : 'committed')
  }

  /** A condition kept the statement from being sent: run at another time it might be. Outside a transaction there is none to end. */
  noteUnsent(session: string, fact: number, word: TransactionWord): void {
    const current = this.open.get(session)
    if (this.disturbed.has(session)) return
    if (current !== undefined) current.facts.push(fact)
    else if (word === null) this.single(session, fact, false)
  }

  /** Whether a statement in a transaction came to nothing for what others did, by itself or because one before it had. */
  private isDisturbed({ session, disturbed, transaction }: StatementEnd): boolean {
    const hasFailed = transaction === 'failed'
    const comesOfIt = hasFailed && this.disturbed.has(session)
    if (hasFailed && disturbed) this.disturbed.add(session)
    if (!hasFailed) this.disturbed.delete(session)
    return disturbed || comesOfIt
  }

  private start(session: string): Transaction {
    const transaction: Transaction = { session, facts: [], single: false, ended: 'open' }
    this.transactions.push(transaction)
    this.open.set(session, transaction)
    return transaction
  }

  private single(session: string, fact: number, failed: boolean): Transaction {
    const transaction: Transaction = { session, facts: [fact], single: true, ended: failed ? 'rolled back' : 'committed' }
    this.transactions.push(transaction)
    return transaction
  }

  private end(transaction: Transaction, how: DemoTransaction['ended']): Transaction {
    transaction.ended = how
    this.open.delete(transaction.session)
    this.disturbed.delete(transaction.session)
    return transaction
  }
}
