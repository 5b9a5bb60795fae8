import { describe, expect, it } from 'vitest'
import type { Arrival } from '#oltp/engine/backlog.js'
import { Dispatcher } from '#oltp/engine/dispatcher.js'
import { allocateMemory, Memory } from '#oltp/engine/memory.js'
import { Pacer } from '#oltp/engine/pacer.js'
import { phase } from '../../support/inline-load.js'

const shape = { phases: 2, transactions: 1, statements: 0 }

/** A pacer in a time that the test sets, in microseconds. */
function pacing() {
  const world = { now: 0, shed: 0, alarms: [] as number[] }
  const dispatcher = new Dispatcher()
  const memory = new Memory(allocateMemory(shape), shape)
  const pacer = new Pacer({
    seed: 1,
    worker: 0,
    workers: 1,
    clock: () => world.now,
    dispatcher,
    memory,
    metronome: { wakeIn: ms => world.alarms.push(ms), close() {} },
    onShed: () => world.shed++,
  })
  return { world, dispatcher, memory, pacer }
}

const slow = phase({ durationMs: 60_000, rate: { from: 2, to: 2 }, arrivals: 'constant' })

describe('the pacer', () => {
  it('lets go what is due, stamped with when it should have gone and when it went', async () => {
    const { world, dispatcher, pacer } = pacing()
    const taken: (Arrival | null)[] = []
    const take = async () => taken.push(await dispatcher.take(Number.POSITIVE_INFINITY))
    const clients = [take(), take()]
    pacer.beginPhase(0, slow, 0)
    expect(world.alarms.at(-1)).toBe(500)
    world.now = 700_000
    pacer.release()
    await Promise.all(clients)
    expect(taken).toEqual([
      { phase: 0, intended: 0, released: 0, heldUp: 0 },
      { phase: 0, intended: 500_000, released: 700_000, heldUp: 200_000 },
    ])
    expect(world.alarms.at(-1)).toBe(300)
  })

  it('lets ten seconds of arrivals wait and drops what comes on top', () => {
    const { world, dispatcher, memory, pacer } = pacing()
    pacer.beginPhase(0, slow, 0)
    world.now = 29_500_000
    pacer.release()
    expect(dispatcher.waiting).toBe(20)
    expect(world.shed).toBe(40)
    expect(memory.readArrivals(0)).toMatchObject({ due: 60, shed: 40 })
    expect(memory.gauge('backlog')).toBe(20)
    expect(dispatcher.takeWaiting()?.intended).toBe(0)
  })

  it('lets the last of a phase go before the next begins', () => {
    const { world, dispatcher, memory, pacer } = pacing()
    pacer.beginPhase(0, phase({ durationMs: 2000, rate: { from: 2, to: 2 }, arrivals: 'constant' }), 0)
    world.now = 2_100_000
    pacer.beginPhase(1, phase({ durationMs: 1000 }), 2_000_000)
    expect(memory.readArrivals(0).due).toBe(4)
    expect(dispatcher.waiting).toBe(4)
    world.now = 9_000_000
    pacer.release()
    expect(dispatcher.waiting).toBe(4)
  })
})
