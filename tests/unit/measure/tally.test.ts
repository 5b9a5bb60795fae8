import Big from 'big.js'
import { describe, expect, it } from 'vitest'
import { TallyBook } from '#oltp/engine/tally-book.js'
import { ExactSum, mergeTallies, tallyBetween, tallyOf } from '#oltp/measure/tally.js'

describe('exact sums', () => {
  it('do not round, neither cents nor beyond 2^53', () => {
    const cents = new ExactSum()
    for (let index = 0; index < 10; index++) cents.add(new Big('0.1'))
    expect(cents.toString()).toBe('1')
    const large = new ExactSum()
    for (const amount of [Number.MAX_SAFE_INTEGER, 3, '9007199254740993', { float: 0.5 }, null]) large.add(amount)
    expect(large.toString()).toBe('18014398509481987.5')
  })
})

describe('tallies', () => {
  const of = (increases: string, decreases: string, doubtfulIncreases = '0', doubtfulDecreases = '0') => ({
    increases,
    decreases,
    doubtfulIncreases,
    doubtfulDecreases,
  })

  it('of all workers have the range that what is in doubt leaves open', () => {
    expect(tallyOf(mergeTallies([of('10', '-3', '5', '0'), of('1', '0', '0', '-2')]))).toEqual({ value: 8, low: 6, high: 13 })
  })

  it('between two readings may have moved by whatever happened', () => {
    expect(tallyBetween(of('10', '0'), of('30', '-5', '7', '-1'))).toEqual({ value: 10, low: 4, high: 37 })
  })

  it('hold a commit in doubt until it is answered, and for good when it never is', () => {
    const book = new TallyBook(1)
    const [first, second, third] = [[{ tally: 0, amount: 5 }], [{ tally: 0, amount: -2 }], [{ tally: 0, amount: 11 }]]
    for (const entries of [first, second, third]) book.sent(entries)
    expect(book.read()).toEqual([of('0', '0', '16', '-2')])
    book.answered(first, 'committed')
    book.answered(second, 'ambiguous')
    book.answered(third, 'not committed')
    expect(book.read()).toEqual([of('5', '0', '0', '-2')])
  })
})
