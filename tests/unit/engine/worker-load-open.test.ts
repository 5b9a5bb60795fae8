import { describe, expect, it } from 'vitest'
import { Gate } from '../../support/gate.js'
import { expectBalanced, phase, runInline, transaction } from '../../support/inline-load.js'

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
