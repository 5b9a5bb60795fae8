import { describe, expect, it } from 'vitest'
import { Gate, until } from '../../support/gate.js'
import { expectBalanced, FakeSession, failure, phase, runInline, transaction, turn } from '../../support/inline-load.js'

const pay = transaction('pay', 0)

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
        send({ kind: 'standing', request: 1 })
        send({ kind: 'stop' })
      },
    })
    expectBalanced(report)
    expect(report.phases[0]?.totals).toMatchObject({ started: 2, cancelled: 1, failed: 1, ambiguous: 1, committed: 0 })
    const inDoubt = { increases: '0', decreases: '0', doubtfulIncreases: '5', doubtfulDecreases: '0' }
    expect(report.messages).toContainEqual({ kind: 'standing', request: 1, standing: { sums: [inDoubt], counts: [] } })
    expect(report.messages.at(-1)).toMatchObject({ kind: 'done', standing: { sums: [inDoubt] } })
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
