import { describe, expect, it } from 'vitest'
import { Dispatcher } from '#oltp/engine/dispatcher.js'

/** Lets go, at `released`, one arrival that was due at each of these times. */
function letGo(dispatcher: Dispatcher, released: number, ...due: number[]): void {
  for (const intended of due) dispatcher.offer(0, intended, released, 1000)
}

const heldUp = (dispatcher: Dispatcher) => dispatcher.takeWaiting()?.heldUp

describe('late arrivals', () => {
  it('hold up who waits behind them', async () => {
    const dispatcher = new Dispatcher()
    const taken = dispatcher.take(Number.POSITIVE_INFINITY)
    letGo(dispatcher, 1060, 1000, 1020, 1059)
    expect((await taken)?.heldUp, 'served at once').toBe(60)
    expect([heldUp(dispatcher), heldUp(dispatcher)]).toEqual([60, 60])
  })

  it('are forgotten as time goes by, but not while anybody waits', async () => {
    const dispatcher = new Dispatcher()
    letGo(dispatcher, 1060, 1000)
    letGo(dispatcher, 5000, 5000)
    expect([heldUp(dispatcher), heldUp(dispatcher)]).toEqual([60, 60])
    letGo(dispatcher, 5020, 5020)
    expect(heldUp(dispatcher)).toBe(40)
    letGo(dispatcher, 5100, 5099)
    expect(heldUp(dispatcher)).toBe(1)
    const taken = dispatcher.take(Number.POSITIVE_INFINITY)
    letGo(dispatcher, 5101, 5101)
    expect((await taken)?.heldUp, 'a free client takes it as soon as it is there').toBe(0)
  })

  it('are asked for by a client that has nothing to do', async () => {
    const dispatcher = new Dispatcher()
    dispatcher.whenFree(() => letGo(dispatcher, 7, 5))
    expect(await dispatcher.take(Number.POSITIVE_INFINITY)).toEqual({ phase: 0, intended: 5, released: 7, heldUp: 2 })
  })
})
