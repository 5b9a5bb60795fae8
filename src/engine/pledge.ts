import type { Attempt, CompiledTransaction } from '../scenario/program.js'
import type { Value } from '../scenario/values.js'
import type { TallyBook } from './tally-book.js'

interface Entry {
  readonly tally: number
  amount: Value
}

/** What the commit of one client's transaction adds to the tallies, from the moment that it is sent until it is answered. */
export class Pledge {
  private readonly book: TallyBook
  private transaction: CompiledTransaction | null = null
  /** By transaction, used again for every one of its type. */
  private readonly entries: Entry[][] = []
  private pending: readonly Entry[] | null = null

  constructor(book: TallyBook) {
    this.book = book
  }

  startTransaction(transaction: CompiledTransaction): void {
    this.transaction = transaction
  }

  /** Made again when more is known, it takes the place of the one before. @throws BrokenPromise where an amount makes no sense */
  make(attempt: Attempt): void {
    if (this.transaction === null || this.transaction.tallies.length === 0) return
    const { index, tallies } = this.transaction
    this.entries[index] ??= tallies.map(({ tally }) => ({ tally, amount: null }))
    const entries = this.entries[index]
    tallies.forEach(({ amount }, position) => {
      const entry = entries[position]
      if (entry !== undefined) entry.amount = amount(attempt)
    })
    this.book.sent(entries)
    this.pending = entries
  }

  answered(how: 'committed' | 'not committed' | 'ambiguous'): void {
    if (this.pending !== null) this.book.answered(this.pending, how)
    this.pending = null
  }
}
