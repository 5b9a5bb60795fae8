import { describe, expect, test } from 'vitest'
import { checkHistory } from '#oltp/verify/history/check.js'
import { checkInWorker } from '#oltp/verify/history/in-worker.js'
import { append, committed, finalLists, read, record } from '../../../support/histories.js'

const transactions = [committed(read(1), read(2), append(1, 10)), committed(read(1), read(2), append(2, 20))]
const finals = () =>
  finalLists(
    new Map([
      [1, [10]],
      [2, [20]],
    ]),
  )

const measured = [{ from: 0, to: 1e6 }]

describe('a checker in a thread of its own', () => {
  test('says what it would say here, of the parts of several load threads', async () => {
    const [first = committed(), second = committed()] = transactions
    const verdict = await checkInWorker({ parts: [record([first]), record([second])], finals: finals(), measured })
    expect(verdict).toEqual(checkHistory([record([first]), record([second])], finals(), measured))
    expect(verdict.anomalies.map(({ name }) => name)).toEqual(['G2-item'])
  })

  test('is given the arrays themselves, not copies', async () => {
    const part = record(transactions)
    await checkInWorker({ parts: [part], finals: null, measured })
    expect(part.states.length).toBe(0)
  })

  test('refuses what the checker refuses', async () => {
    const twice = record([committed(append(1, 10)), committed(append(1, 10))])
    await expect(checkInWorker({ parts: [twice], finals: null, measured })).rejects.toMatchObject({
      code: 'CHECK_ELEMENT_TWICE',
      exitCode: 2,
    })
  })
})
