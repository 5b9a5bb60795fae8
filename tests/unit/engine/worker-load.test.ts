import { describe, expect, it } from 'vitest'
import { Gate } from '../../support/gate.js'
import { expectBalanced, failure, phase, runInline, statement, transaction, turn } from '../../support/inline-load.js'

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
      standing: {
        sums: [
          { increases: String(0 + 1 + 3 + 4 + 6 + 7), decreases: '0', doubtfulIncreases: '0' },
          { increases: '0', decreases: '-6', doubtfulDecreases: '0' },
        ],
      },
    })
  })
})
