import { describe, expect, it } from 'vitest'
import { PhaseLog } from '#oltp/engine/phase-log.js'
import { activeClients, backlogLimit, clientsOf, clientsOfWorker, clientWindow, transactionsOfWorker } from '#oltp/engine/phases.js'
import { Timeline } from '#oltp/engine/timeline.js'
import { phase } from '../../support/inline-load.js'

describe('ramps', () => {
  it('let clients join one after the other, evenly', () => {
    const ramp = phase({ clients: { from: 0, to: 4 }, durationMs: 1000 })
    expect([0, 1, 2, 3].map(index => clientWindow(ramp, index)?.from)).toEqual([125_000, 375_000, 625_000, 875_000])
    expect(clientWindow(ramp, 4)).toBeNull()
    expect([0, 124_999, 125_000, 500_000, 999_999].map(at => activeClients(ramp, at))).toEqual([0, 0, 1, 2, 4])
  })

  it('let the last to come leave first', () => {
    const ramp = phase({ clients: { from: 4, to: 2 }, durationMs: 1000 })
    expect([0, 1, 2, 3].map(index => clientWindow(ramp, index)?.to)).toEqual([Infinity, Infinity, 750_000, 250_000])
    expect([0, 300_000, 800_000].map(at => activeClients(ramp, at))).toEqual([4, 3, 2])
  })

  it('have no meaning without a duration', () => {
    const counted = phase({ clients: { from: 1, to: 3 }, transactions: 5 })
    expect([0, 2, 3].map(index => clientWindow(counted, index) !== null)).toEqual([true, true, false])
  })
})

describe('workers', () => {
  it('share the clients without losing one', () => {
    const phases = [phase({ clients: { from: 2, to: 7 }, durationMs: 1 }), phase({ clients: { from: 3, to: 3 } })]
    expect(clientsOf(phases)).toBe(7)
    expect([0, 1, 2].flatMap(worker => clientsOfWorker(7, worker, 3)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('know how many transactions they have to end', () => {
    const counted = phase({ clients: { from: 3, to: 3 }, transactions: 10 })
    expect(transactionsOfWorker(counted, [0, 2, 4], [{}, {}, {}])).toBe(20)
    expect(transactionsOfWorker(counted, [0, 2], [{}, {}, null]), 'a client whose group has nothing to do').toBe(10)
    expect(transactionsOfWorker(phase({ durationMs: 1 }), [0], [{}])).toBe(Infinity)
  })

  it('let ten seconds of arrivals wait', () => {
    expect(backlogLimit(phase({ rate: { from: 100, to: 400 } }), 2)).toBe(2000)
    expect(backlogLimit(phase({ rate: { from: 0.01, to: 0.01 } }), 1)).toBe(1)
  })
})

describe('the timeline', () => {
  const phases = [phase({ durationMs: 10 }), phase({ transactions: 3 }), phase({ durationMs: 5 })]

  it('goes by the clock, and waits where transactions decide', () => {
    const entered: [number, number][] = []
    const timeline = new Timeline(
      phases,
      () => 0,
      (index, { start }) => entered.push([index, start]),
    )
    timeline.start()
    expect(timeline.at(-1)).toBeNull()
    expect(timeline.at(9_999)).toBe(0)
    expect(timeline.at(10_000)).toBe(1)
    expect(timeline.at(1e9)).toBe(1)
    timeline.begin(2, 2e9)
    expect(timeline.at(2e9 + 4_999)).toBe(2)
    expect(timeline.at(2e9 + 5_000)).toBeNull()
    expect(timeline.over).toBe(true)
    expect(entered).toEqual([
      [0, 0],
      [1, 10_000],
      [2, 2e9],
      [3, 2e9 + 5_000],
    ])
  })

  it('puts what was read before a phase began, and is asked for after, into the one before', () => {
    const timeline = new Timeline(
      [phase({ durationMs: 1 }), phase({ durationMs: 1 })],
      () => 1_500,
      () => {},
    )
    timeline.start()
    expect(timeline.at(1_000)).toBe(1)
    expect(timeline.at(999)).toBe(0)
    expect(timeline.at(2_000)).toBeNull()
    expect([timeline.over, timeline.at(1_999), timeline.at(999)]).toEqual([true, 1, 0])
  })

  it('ends when it is cut short, for what comes later', () => {
    const timeline = new Timeline(
      [phase({ durationMs: 60_000 })],
      () => 1_500,
      () => {},
    )
    timeline.start()
    timeline.close()
    expect([timeline.at(1_499), timeline.at(1_500)]).toEqual([0, null])
  })

  it('skips a phase that nobody looked at', () => {
    const timeline = new Timeline(
      [phase({ durationMs: 1 }), phase({ durationMs: 1 }), phase({ durationMs: 1 })],
      () => 0,
      () => {},
    )
    timeline.start()
    expect(timeline.at(2_500)).toBe(2)
    expect(timeline.windowOf(1)).toEqual({ start: 1000, end: 2000 })
  })
})

describe('the log of phases', () => {
  const phases = [phase({ durationMs: 10 }), phase({ transactions: 3 })]

  it('ends a counted phase with its last worker', () => {
    const log = new PhaseLog(phases, 2)
    expect(log.began(0, 0)).toBe(true)
    expect(log.began(1, 10_000)).toBe(true)
    expect(log.began(1, 10_000)).toBe(false)
    expect(log.workerDone(1, 30_000)).toBeNull()
    expect(log.workerDone(1, 20_000)).toBe(30_000)
    expect(log.spans(null)).toEqual([
      { start: 0, end: 10_000, complete: true },
      { start: 10_000, end: 30_000, complete: true },
    ])
  })

  it('cuts windows where the load was cut', () => {
    const log = new PhaseLog(phases, 1)
    log.began(0, 0)
    expect(log.spans(4_000)).toEqual([{ start: 0, end: 4_000, complete: false }])
    log.began(1, 10_000)
    expect(log.spans(12_000)).toEqual([
      { start: 0, end: 10_000, complete: true },
      { start: 10_000, end: 12_000, complete: false },
    ])
  })
})
