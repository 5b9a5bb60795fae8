import { describe, expect, it } from 'vitest'
import type { FromWorker, ToWorker } from '#oltp/engine/messages.js'
import type { Outcome } from '#oltp/measure/outcome.js'
import type { StatementResult } from '#oltp/scenario/program.js'
import { until } from '../../support/gate.js'
import {
  expectBalanced,
  FakeSession,
  failure,
  type InlineLoad,
  phase,
  runInline,
  statement,
  transaction,
  turn,
} from '../../support/inline-load.js'

/** Two statements, the second of which COMMIT may travel with; each commit deposits 5. */
const deposit = transaction('deposit', 0, {
  tallies: [{ tally: 0, amount: () => 5 }],
  run: async attempt => {
    await attempt.execute(statement(0), [])
    attempt.answered()
    await attempt.execute(statement(0, true), [])
    attempt.answered()
  },
})

/** A session on which COMMIT travels; `fails` says which calls with it go wrong, and how. */
class Pipelining extends FakeSession {
  travelled = 0
  onTravel: () => void = () => {}
  constructor(private readonly fails: (travelled: number) => Error | null = () => null) {
    super()
  }
  override async executeAndCommit(): Promise<StatementResult> {
    this.calls.push('statement and commit')
    this.onTravel()
    const error = this.fails(++this.travelled)
    await turn()
    if (error !== null) throw error
    this.inTransaction = false
    return { affected: 1, columns: [], rows: [], insertId: null }
  }
}

const run = (session: FakeSession, more: Partial<InlineLoad> = {}) =>
  runInline({
    phases: [phase({ transactions: 2 })],
    transactions: [deposit],
    tallies: ['deposited'],
    connect: async () => session,
    pipeline: true,
    ...more,
  })

const sums = (increases: string, doubtfulIncreases = '0') => [{ increases, decreases: '0', doubtfulIncreases, doubtfulDecreases: '0' }]

describe('a pipelined transaction', () => {
  it('lets COMMIT travel with the last statement, and does not send another', async () => {
    const session = new Pipelining()
    const report = await run(session)
    const once = ['begin', 't0/1', 'statement and commit']
    expect(session.calls).toEqual([...once, ...once, 'end'])
    expectBalanced(report)
    expect(report.phases[0]?.totals).toMatchObject({ committed: 2, failed: 0, attempts: 2 })
    expect(report.counts[0]?.statements[0]?.histogram.count).toBe(4)
    expect(report.messages.at(-1)).toMatchObject({ standing: { sums: sums('10') } })
  })

  it('is pipelined only where the run is', async () => {
    const session = new Pipelining()
    const { messages } = await run(session, { pipeline: false })
    expect(session.calls).toEqual(['begin', 't0/1', 't0/1', 'commit', 'begin', 't0/1', 't0/1', 'commit', 'end'])
    expect(messages.at(-1)).toMatchObject({ standing: { sums: sums('10') } })
  })

  it('sends COMMIT by itself where no statement is marked as the last', async () => {
    const session = new Pipelining()
    await run(session, { transactions: [transaction('pay', 0)] })
    expect(session.calls).toEqual(['begin', 't0/1', 'commit', 'begin', 't0/1', 'commit', 'end'])
  })

  it('promises its tally before the bytes go', async () => {
    let send: (message: ToWorker) => void = () => {}
    const told: FromWorker[] = []
    const session = new Pipelining()
    session.onTravel = () => send({ kind: 'standing', request: session.travelled })
    await run(session, {
      meddle: sending => {
        send = sending
      },
      onMessage: message => {
        if (message.kind === 'standing') told.push(message)
      },
    })
    expect(told).toEqual([
      { kind: 'standing', request: 0, standing: { sums: sums('0', '5'), counts: [] } },
      { kind: 'standing', request: 1, standing: { sums: sums('5', '5'), counts: [] } },
    ])
  })
})

describe('when it fails', () => {
  const failing = (outcome: Outcome, stage: 'body' | 'commit', more: Parameters<typeof failure>[1] = {}) =>
    new Pipelining(travelled => (travelled === 1 ? failure(outcome, { stage, ...more }) : null))

  it.each(['body', 'commit'] as const)('in the %s and can be retried, it is rolled back and runs again', async stage => {
    const session = failing('serialization', stage)
    const report = await run(session)
    expectBalanced(report)
    const once = ['begin', 't0/1', 'statement and commit']
    expect(session.calls).toEqual([...once, 'rollback', ...once, ...once, 'end'])
    expect(report.phases[0]?.totals).toMatchObject({ committed: 2, failed: 0, retries: 1, outcomes: { serialization: 1 } })
    expect(report.messages.at(-1)).toMatchObject({ standing: { sums: sums('10') } })
  })

  it.each(['body', 'commit'] as const)('in the %s for a constraint, it is rolled back and moves no tally', async stage => {
    const session = failing('constraint', stage)
    const report = await run(session)
    expectBalanced(report)
    expect(session.calls.filter(call => call === 'rollback')).toHaveLength(1)
    expect(report.phases[0]?.totals).toMatchObject({ committed: 1, failed: 1, ambiguous: 0, retries: 0, outcomes: { constraint: 1 } })
    expect(report.messages.at(-1)).toMatchObject({ standing: { sums: sums('5') } })
  })

  it('without a word on COMMIT, it is in doubt once, and so is its tally', async () => {
    const report = await run(failing('ambiguous', 'commit'))
    expectBalanced(report)
    expect(report.phases[0]?.totals).toMatchObject({ committed: 1, failed: 1, ambiguous: 1, retries: 0 })
    expect(report.messages.at(-1)).toMatchObject({ standing: { sums: sums('5', '5') } })
  })

  it('before the last statement, nothing is promised', async () => {
    class Failing extends Pipelining {
      override async execute(): Promise<never> {
        throw failure('constraint')
      }
    }
    const session = new Failing()
    const report = await run(session)
    expect(session.calls).toEqual(['begin', 'rollback', 'begin', 'rollback', 'end'])
    expect(report.phases[0]?.totals).toMatchObject({ committed: 0, failed: 2, ambiguous: 0 })
    expect(report.messages.at(-1)).toMatchObject({ standing: { sums: sums('0') } })
  })

  it.each([true, false])('cut off by force with COMMIT on its way: %s', async commits => {
    class Deaf extends Pipelining {
      hanging = false
      private hang(): Promise<never> {
        this.hanging = true
        return new Promise(() => {})
      }
      override execute(...call: Parameters<FakeSession['execute']>): Promise<StatementResult> {
        return commits ? super.execute(...call) : this.hang()
      }
      override executeAndCommit(): Promise<never> {
        return this.hang()
      }
    }
    const session = new Deaf()
    const report = await run(session, {
      meddle: async send => {
        await until(() => session.hanging)
        send({ kind: 'stop' })
      },
    })
    expectBalanced(report)
    expect(report.phases[0]?.totals).toMatchObject(commits ? { ambiguous: 1, cancelled: 0 } : { ambiguous: 0, cancelled: 1 })
    expect(report.messages.at(-1)).toMatchObject({ standing: { sums: sums('0', commits ? '5' : '0') } })
  })
})
