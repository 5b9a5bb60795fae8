import { ExactSum, exactly, type TallySums } from '../measure/tally.js'
import type { Value } from '../scenario/values.js'

/** What one commit adds to one tally. */
export interface TallyEntry {
  readonly tally: number
  readonly amount: Value
}

/** Tallies of one worker: what was acknowledged, and what may have been applied without our knowing. */
export class TallyBook {
  private readonly acknowledged: readonly SignedSums[]
  private readonly ambiguous: readonly SignedSums[]
  /** Sent and not yet answered. */
  private readonly pending = new Set<readonly TallyEntry[]>()

  constructor(tallies: number) {
    this.acknowledged = Array.from({ length: tallies }, () => new SignedSums())
    this.ambiguous = Array.from({ length: tallies }, () => new SignedSums())
  }

  sent(entries: readonly TallyEntry[]): void {
    this.pending.add(entries)
  }

  answered(entries: readonly TallyEntry[], how: 'committed' | 'not committed' | 'ambiguous'): void {
    this.pending.delete(entries)
    if (how === 'not committed') return
    const sums = how === 'committed' ? this.acknowledged : this.ambiguous
    for (const { tally, amount } of entries) sums[tally]?.add(amount)
  }

  /** One per tally, in the program's order. */
  read(): TallySums[] {
    return this.acknowledged.map((acknowledged, tally) => {
      const doubtful = new SignedSums()
      for (const entries of this.pending) {
        for (const entry of entries) if (entry.tally === tally) doubtful.add(entry.amount)
      }
      const ambiguous = this.ambiguous[tally] as SignedSums
      doubtful.add(ambiguous.increases.toString())
      doubtful.add(ambiguous.decreases.toString())
      return {
        increases: acknowledged.increases.toString(),
        decreases: acknowledged.decreases.toString(),
        doubtfulIncreases: doubtful.increases.toString(),
        doubtfulDecreases: doubtful.decreases.toString(),
      }
    })
  }
}

class SignedSums {
  readonly increases = new ExactSum()
  readonly decreases = new ExactSum()

  add(amount: Value): void {
    if (amount === null) return
    const negative = typeof amount === 'number' ? amount < 0 : exactly(amount).lt(0)
    ;(negative ? this.decreases : this.increases).add(amount)
  }
}
