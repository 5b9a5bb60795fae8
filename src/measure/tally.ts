import Big from 'big.js'
import type { Value } from '../scenario/values.js'

/**
 * Sums over acknowledged commits of one tally, and over commits that are in doubt (sent and not answered, or ambiguous), split
 * by sign. Decimals as text: exact, and plain data that crosses threads.
 */
export interface TallySums {
  readonly increases: string
  readonly decreases: string
  readonly doubtfulIncreases: string
  readonly doubtfulDecreases: string
}

/** A tally with the range in which the database's own sum must lie. */
export interface Tally {
  readonly value: Value
  readonly low: Value
  readonly high: Value
}

/** Adds up amounts without rounding; whole numbers stay on the fast path while they are safe integers. */
export class ExactSum {
  private small = 0
  private large: Big | null = null

  add(amount: Value): void {
    if (typeof amount === 'number') {
      const sum = this.small + amount
      if (Number.isSafeInteger(sum)) {
        this.small = sum
        return
      }
    }
    if (amount === null) return
    this.large = (this.large ?? new Big(0)).plus(exactly(amount))
  }

  toString(): string {
    return (this.large ?? new Big(0)).plus(this.small).toFixed()
  }
}

/** @throws TypeError for what is not a number */
export function exactly(amount: Value): Big {
  if (typeof amount === 'number' || typeof amount === 'string' || amount instanceof Big) return new Big(amount)
  if (amount !== null && typeof amount === 'object' && 'float' in amount) return new Big(amount.float)
  throw new TypeError(`a tally needs a number, found ${JSON.stringify(amount)}`)
}

/** Of all workers together. */
export function mergeTallies(workers: readonly TallySums[]): TallySums {
  const total = (key: keyof TallySums) => workers.reduce((sum, one) => sum.plus(one[key]), new Big(0)).toFixed()
  return {
    increases: total('increases'),
    decreases: total('decreases'),
    doubtfulIncreases: total('doubtfulIncreases'),
    doubtfulDecreases: total('doubtfulDecreases'),
  }
}

/** The sum of what was acknowledged, and how far what is in doubt may move it either way. */
export function tallyOf(sums: TallySums): Tally {
  const value = new Big(sums.increases).plus(sums.decreases)
  return {
    value: asValue(value),
    low: asValue(value.plus(sums.doubtfulDecreases)),
    high: asValue(value.plus(sums.doubtfulIncreases)),
  }
}

/**
 * The range for a database that was read at some moment between two readings of a tally: what was acknowledged at the first is
 * in, what was acknowledged or in doubt by the second may be.
 */
export function tallyBetween(first: TallySums, second: TallySums): Tally {
  const acknowledged = new Big(first.increases).plus(first.decreases)
  const may = (sum: 'increases' | 'decreases', doubt: 'doubtfulIncreases' | 'doubtfulDecreases') =>
    new Big(second[sum]).minus(first[sum]).plus(second[doubt])
  return {
    value: asValue(acknowledged),
    low: asValue(acknowledged.plus(may('decreases', 'doubtfulDecreases'))),
    high: asValue(acknowledged.plus(may('increases', 'doubtfulIncreases'))),
  }
}

function asValue(sum: Big): Value {
  const small = sum.toNumber()
  return Number.isSafeInteger(small) && sum.eq(small) ? small : sum
}
