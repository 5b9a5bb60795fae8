import { describe, expect, it } from 'vitest'
import { FakeSession, failure, type InlineReport, phase, runInline, statement, transaction, turn } from '../../support/inline-load.js'

/** Holds all answers until it is opened: what a test lets go is not a matter of time. */
class Gate {
  private waiting: (() => void)[] = []
  private isOpen = false

  get arrived(): number {
    return this.waiting.length
  }

  pass(): Promise<void> {
    return this.isOpen ? turn() : new Promise(resolve => this.waiting.push(resolve))
  }

  open(): void {
    this.isOpen = true
    for (const go of this.waiting.splice(0)) go()
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

/** What must hold of every run, however it went. */
function expectBalanced({ phases }: InlineReport): void {
  for (const { totals, transactions, latency, wasted } of phases) {
    expect(totals.started).toBe(totals.committed + totals.rolled_back + totals.failed + totals.cancelled)
    expect(totals.offered).toBe(totals.started + totals.shed + totals.skipped)
    expect(totals.attempts).toBe(Object.values(totals.outcomes).reduce((sum, count) => sum + count, 0))
    expect(latency.count).toBe(totals.committed)
    expect(wasted.first_try.count + wasted.retried.count).toBe(totals.committed)
    expect(transactions.reduce((sum, one) => sum + one.totals.started, 0)).toBe(totals.started)
  }
}

const pay = transaction('pay', 0)

describe('a closed loop', () => {
  it('balances whatever happens to its transactions', async () => {
    let calls = 0
    const outcomes = ['deadlock', 'statement_timeout', 'constraint', 'ambiguous', 'conflict', 'other'] as const
    const rough = transaction('rough', 0, {
      run: async attempt => {
        await attempt.execute(statement(0), [])
        const outcome = outcomes[calls++ % 11]
        if (outcome !== undefined) throw failure(outcome)
      },
    })
    const report = await runInline({ phases: [phase({ transactions: 30, clients: { from: 5, to: 5 } })], transactions: [rough] })
    expectBalanced(report)
    expect(report.phases[0]?.totals.started).toBe(150)
    expect(report.phases[0]?.totals.failed).toBeGreaterThan(10)
    expect(report.phases[0]?.totals.committed).toBeGreaterThan(10)
  })

  it('reports service, has no lag, and counts a thousand clients on one thread', async () => {
    const report = await runInline({ phases: [phase({ transactions: 3, clients: { from: 1000, to: 1000 } })], transactions: [pay] })
    expectBalanced(report)
    expect(report.phases[0]).toMatchObject({
      rate_per_s: null,
      complete: true,
      totals: { committed: 3000 },
      latency: { kind: 'service', count: 3000 },
    })
    expect(report.phases[0]?.transactions[0]?.histograms).not.toHaveProperty('response')
    expect(report.phases[0]?.lag.count).toBe(0)
    expect(report.phases[0]?.queue.count).toBe(3000)
  })

  it('goes on from phase to phase without draining, each with its own mix and clients', async () => {
    const report = await runInline({
      phases: [
        phase({ name: 'warmup', durationMs: 200, measure: false, clients: { from: 2, to: 2 } }),
        phase({ name: 'other', transactions: 10, clients: { from: 4, to: 4 }, weights: { other: 1 } }),
        phase({ name: 'both', transactions: 100, weights: { pay: 1, other: 3 } }),
      ],
      transactions: [pay, transaction('other', 1)],
      weights: [1, 0],
    })
    expectBalanced(report)
    const committed = report.phases.map(one => one.transactions.map(({ totals }) => totals.committed))
    expect(committed[0]?.[0]).toBeGreaterThan(0)
    expect(committed[0]?.[1]).toBe(0)
    expect(committed[1]).toEqual([0, 40])
    expect(committed[2]?.[0]).toBeGreaterThan(10)
    expect((committed[2]?.[0] ?? 0) + (committed[2]?.[1] ?? 0)).toBe(100)
    expect(report.phases.map(({ complete }) => complete)).toEqual([true, true, true])
    expect(report.phases[1]?.start_s).toBeCloseTo(0.2, 6)
  })

  it('counts a commit for TPS in the phase in which it was acknowledged, and its time where it was started', async () => {
    const gate = new Gate()
    const slow = transaction('slow', 0, { run: () => gate.pass() })
    const report = await runInline({
      phases: [phase({ durationMs: 200 }), phase({ transactions: 3 })],
      transactions: [slow],
      onMessage: message => {
        if (message.kind === 'phase' && message.index === 1) gate.open()
      },
    })
    expectBalanced(report)
    expect(report.phases[0]).toMatchObject({ tps: 0, totals: { started: 1, committed: 1 }, latency: { count: 1 } })
    expect(report.phases[1]?.totals.committed).toBe(3)
    expect(report.counts[1]?.transactions[0]?.counters.acknowledged).toBe(4)
  })

  it('gives each group its clients and its mix', async () => {
    const clients: Record<string, Set<number>> = { produce: new Set(), consume: new Set() }
    const noting = (name: string, index: number) =>
      transaction(name, index, {
        run: async attempt => {
          clients[name]?.add(attempt.client)
          await turn()
        },
      })
    await runInline({
      phases: [phase({ transactions: 5, clients: { from: 5, to: 5 } })],
      transactions: [noting('produce', 0), noting('consume', 1)],
      groups: [
        { name: 'producers', clients: 2, share: null, weights: { produce: 1 } },
        { name: 'consumers', clients: null, share: 1, weights: { consume: 1 } },
      ],
    })
    expect([clients.produce?.size, clients.consume?.size]).toEqual([2, 3])
  })

  it('waits before and after as it is told, outside the measured time', async () => {
    const patient = transaction('patient', 0, { keying: () => 5, think: () => 5 })
    const report = await runInline({ phases: [phase({ transactions: 4 })], transactions: [patient] })
    expect(report.phases[0]?.duration_s).toBeGreaterThan(0.03)
    expect(report.phases[0]?.wasted.share_of_time).toBe(0)
    expect(report.counts[0]?.transactions[0]?.counters.busy_us).toBeLessThan((report.phases[0]?.duration_s ?? 0) * 1e6 - 30_000)
  })

  it('runs after_commit only when the commit was acknowledged', async () => {
    let after = 0
    let runs = 0
    const side = transaction('side', 0, {
      run: async () => {
        if (runs++ % 2 === 0) throw failure('constraint')
      },
      afterCommit: async () => {
        after++
      },
    })
    const { phases } = await runInline({ phases: [phase({ transactions: 10 })], transactions: [side] })
    expect(phases[0]?.totals.committed).toBe(5)
    expect(after).toBe(5)
  })
})

describe('an open loop', () => {
  const steady = { from: 2000, to: 2000 }

  it('splits each response into lag, queue and service, exactly', async () => {
    const gate = new Gate()
    const slow = transaction('slow', 0, { run: () => gate.pass() })
    const report = await runInline({
      phases: [phase({ durationMs: 100, rate: steady, clients: { from: 2, to: 2 } })],
      transactions: [slow],
      meddle: () => setTimeout(() => gate.open(), 40),
    })
    expectBalanced(report)
    const histograms = report.counts[0]?.transactions[0]?.histograms
    expect(histograms?.response.count).toBeGreaterThan(100)
    expect(histograms?.response.sum_us).toBe(
      (histograms?.lag.sum_us ?? 0) + (histograms?.queue.sum_us ?? 0) + (histograms?.service.sum_us ?? 0),
    )
    // The first 40 ms nobody was served: the wait is in the response, though hardly in the service.
    expect(report.phases[0]?.latency).toMatchObject({ kind: 'response' })
    expect(report.phases[0]?.latency.max_us).toBeGreaterThan(35_000)
  })

  it('does so for every single transaction', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { counts } = await runInline({
        phases: [phase({ transactions: 1, rate: steady })],
        transactions: [
          transaction('pay', 0, { retry: { maxAttempts: 1, backoff: { initialMs: 0, factor: 1, maxMs: 0, jitter: 'none' } } }),
        ],
        seed,
      })
      const of = counts[0]?.transactions[0]?.histograms
      expect(of?.response.count).toBe(1)
      expect(of?.response.max_us).toBe((of?.lag.max_us ?? 0) + (of?.queue.max_us ?? 0) + (of?.service.max_us ?? 0))
    }
  })

  it('sends as many as were due, all of them, however late', async () => {
    const gate = new Gate()
    const slow = transaction('slow', 0, { run: () => gate.pass() })
    const report = await runInline({
      phases: [phase({ durationMs: 50, rate: { from: 1000, to: 1000 }, arrivals: 'constant' })],
      transactions: [slow],
      meddle: () => setTimeout(() => gate.open(), 80),
    })
    expectBalanced(report)
    expect(report.phases[0]?.totals).toMatchObject({ offered: 50, committed: 50, shed: 0 })
    expect(report.counts[0]?.arrivals.due).toBe(50)
    expect(report.counts[0]?.arrivals.taken, 'of those that a client took in time').toBeLessThanOrEqual(1)
  })

  it('drops what still waits when draining takes too long', async () => {
    const report = await runInline({
      phases: [phase({ durationMs: 50, rate: { from: 1000, to: 1000 }, arrivals: 'constant' })],
      transactions: [transaction('stuck', 0, { run: attempt => attempt.sleep(1e9) })],
      drainMs: 10,
    })
    expectBalanced(report)
    expect(report.phases[0]?.totals).toMatchObject({ offered: 50, started: 1, cancelled: 1, shed: 49 })
  })

  it('skips what is later than the latency limit before it is sent, and counts what became late', async () => {
    const gate = new Gate()
    const slow = transaction('slow', 0, { run: () => gate.pass() })
    const report = await runInline({
      phases: [phase({ durationMs: 200, rate: { from: 500, to: 500 }, arrivals: 'constant' })],
      transactions: [slow],
      latencyLimitMs: 100,
      meddle: () => setTimeout(() => gate.open(), 200),
    })
    expectBalanced(report)
    const totals = report.phases[0]?.totals
    expect(totals?.skipped).toBeGreaterThan(30)
    expect(totals?.late).toBeGreaterThanOrEqual(1)
    expect(totals?.offered).toBe(100)
  })
})

describe('an end from outside', () => {
  it('drains: what runs is finished, nothing new begins', async () => {
    const gate = new Gate()
    const slow = transaction('slow', 0, { run: () => gate.pass() })
    const report = await runInline({
      phases: [phase({ durationMs: 60_000, clients: { from: 3, to: 3 } })],
      transactions: [slow],
      meddle: async send => {
        await until(() => gate.arrived === 3)
        send({ kind: 'drain' })
        gate.open()
      },
    })
    expectBalanced(report)
    expect(report.phases[0]).toMatchObject({ complete: false, totals: { started: 3, committed: 3, cancelled: 0 } })
    expect(report.phases[0]?.tps, 'acknowledged after the window').toBe(0)
  })

  it('wakes who thinks or waits for its turn', async () => {
    const thinking = transaction('thinking', 0, { think: () => 1e9 })
    const report = await runInline({
      phases: [phase({ durationMs: 60_000, clients: { from: 1, to: 8 } })],
      transactions: [thinking],
      meddle: send => send({ kind: 'drain' }),
    })
    expectBalanced(report)
  })

  it('cancels what drains too long', async () => {
    const report = await runInline({
      phases: [phase({ durationMs: 200 })],
      transactions: [transaction('stuck', 0, { run: attempt => attempt.sleep(1e9) })],
      drainMs: 10,
    })
    expectBalanced(report)
    expect(report.phases[0]).toMatchObject({ complete: true, totals: { started: 1, cancelled: 1, committed: 0, failed: 0 } })
  })

  it('stops at once: what runs is cancelled, a COMMIT in flight is ambiguous and its tally in doubt', async () => {
    class Hanging extends FakeSession {
      private fail: (error: Error) => void = () => {}
      constructor(private readonly stage: 'body' | 'commit') {
        super()
      }
      override async execute(): Promise<never> {
        if (this.stage === 'commit') return { affected: 0, columns: [], rows: [], insertId: null } as never
        return this.hang()
      }
      override commit(): Promise<void> {
        return this.hang()
      }
      override destroy(): void {
        super.destroy()
        this.fail(failure(this.stage === 'commit' ? 'ambiguous' : 'connection', { sessionLost: true, stage: this.stage }))
      }
      hanging = false
      private hang(): Promise<never> {
        this.hanging = true
        return new Promise((_, reject) => {
          this.fail = reject
        })
      }
    }
    const sessions = [new Hanging('body'), new Hanging('commit')]
    const deposit = transaction('deposit', 0, { tallies: [{ tally: 0, amount: () => 5 }] })
    const report = await runInline({
      phases: [phase({ durationMs: 60_000, clients: { from: 2, to: 2 } })],
      transactions: [deposit],
      tallies: ['deposited'],
      connect: (
        next => async () =>
          sessions[next++] as Hanging
      )(0),
      meddle: async send => {
        await until(() => sessions.every(({ hanging }) => hanging))
        send({ kind: 'tallies', request: 1 })
        send({ kind: 'stop' })
      },
    })
    expectBalanced(report)
    expect(report.phases[0]?.totals).toMatchObject({ started: 2, cancelled: 1, failed: 1, ambiguous: 1, committed: 0 })
    const inDoubt = { increases: '0', decreases: '0', doubtfulIncreases: '5', doubtfulDecreases: '0' }
    expect(report.messages).toContainEqual({ kind: 'tallies', request: 1, sums: [inDoubt] })
    expect(report.messages.at(-1)).toMatchObject({ kind: 'done', sums: [inDoubt] })
  })

  it('cuts off by force what does not even notice that it was stopped', async () => {
    class Deaf extends FakeSession {
      override execute(): Promise<never> {
        return new Promise(() => {})
      }
    }
    const report = await runInline({
      phases: [phase({ durationMs: 60_000 })],
      transactions: [pay],
      connect: async () => new Deaf(),
      meddle: async send => {
        await turn()
        send({ kind: 'stop' })
      },
    })
    expectBalanced(report)
    expect(report.phases[0]?.totals).toMatchObject({ started: 1, cancelled: 1 })
  })
})

describe('tallies', () => {
  it('sum what was acknowledged, not what failed', async () => {
    let runs = 0
    const deposit = transaction('deposit', 0, {
      draw(attempt) {
        attempt.values[0] = runs
      },
      run: async () => {
        await turn()
        if (runs++ % 3 === 2) throw failure('constraint')
      },
      tallies: [
        { tally: 0, amount: attempt => attempt.values[0] ?? null },
        { tally: 1, amount: () => -1 },
      ],
    })
    const { messages } = await runInline({ phases: [phase({ transactions: 9 })], transactions: [deposit], tallies: ['sum', 'count'] })
    expect(messages.at(-1)).toMatchObject({
      sums: [
        { increases: String(0 + 1 + 3 + 4 + 6 + 7), decreases: '0', doubtfulIncreases: '0' },
        { increases: '0', decreases: '-6', doubtfulDecreases: '0' },
      ],
    })
  })
})
