import { describe, expect, it } from 'vitest'
import { Dispatcher } from '#oltp/engine/dispatcher.js'

const offer = (dispatcher: Dispatcher, released: number, limit = 0) => dispatcher.offer(0, released, released, limit)

/** Clients that wait, and what each of them was given. */
function waiting(dispatcher: Dispatcher, ...untils: readonly number[]) {
  const given: (number | null | 'waits')[] = untils.map(() => 'waits')
  const all = untils.map(async (until, client) => {
    given[client] = (await dispatcher.take(until))?.released ?? null
  })
  return { given, all: () => Promise.all(all) }
}

describe('the dispatcher', () => {
  it('serves a thousand clients in the order of their coming, again and again', async () => {
    const dispatcher = new Dispatcher()
    const expected = Array.from({ length: 1000 }, (_, index) => index)
    for (let round = 0; round < 3; round++) {
      const { given, all } = waiting(dispatcher, ...expected.map(() => Number.POSITIVE_INFINITY))
      for (const released of expected) expect(offer(dispatcher, released)).toBe(true)
      await all()
      expect(given).toEqual(expected)
    }
  })

  it('lets arrivals wait where no client is free, up to a limit, and gives them out in order', () => {
    const dispatcher = new Dispatcher()
    expect([1, 2, 3].map(released => offer(dispatcher, released, 2))).toEqual([true, true, false])
    expect(dispatcher.waiting).toBe(2)
    expect([1, 2, 3].map(() => dispatcher.takeWaiting()?.released)).toEqual([1, 2, undefined])
  })

  it('sends away who may take no more, and goes on to the next', async () => {
    const dispatcher = new Dispatcher()
    const { given, all } = waiting(dispatcher, 5, 100)
    expect(offer(dispatcher, 5)).toBe(true)
    await all()
    expect(given).toEqual([null, 5])
  })

  it('sends all away on release, and serves who comes after', async () => {
    const dispatcher = new Dispatcher()
    const first = waiting(dispatcher, 100, 100)
    dispatcher.release()
    await first.all()
    expect(first.given).toEqual([null, null])
    const second = waiting(dispatcher, 100)
    offer(dispatcher, 1)
    await second.all()
    expect(second.given).toEqual([1])
  })
})
