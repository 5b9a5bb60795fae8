import { describe, expect, it } from 'vitest'
import { BrokenPromise, Conflict, DeclaredRollback } from '#oltp/scenario/program.js'
import { FakeSession, failure, phase, runInline, statement, transaction, turn } from '../../support/inline-load.js'

const twenty = [phase({ transactions: 20 })]

describe('one transaction', () => {
  it('is begun, run and committed once', async () => {
    const session = new FakeSession()
    const { phases } = await runInline({
      phases: [phase({ transactions: 2 })],
      transactions: [transaction('pay', 0)],
      connect: async () => session,
    })
    expect(session.calls).toEqual(['begin', 't0/1', 'commit', 'begin', 't0/1', 'commit', 'end'])
    expect(phases[0]?.totals).toMatchObject({ offered: 2, started: 2, committed: 2, attempts: 2, retries: 0, failed: 0 })
    expect(phases[0]?.complete).toBe(true)
  })

  it('runs without BEGIN when it autocommits', async () => {
    const session = new FakeSession()
    await runInline({
      phases: [phase({ transactions: 1 })],
      transactions: [transaction('look', 0, { autocommit: true })],
      connect: async () => session,
    })
    expect(session.calls).toEqual(['t0/1', 'end'])
  })

  it('is rolled back and retried with the same values until it commits', async () => {
    const session = new FakeSession()
    const drawn: unknown[][] = []
    const pay = transaction('pay', 0, {
      slots: 4,
      draw(attempt) {
        attempt.values.fill(null)
        attempt.values[0] = attempt.random.integer(1, 1e9)
        attempt.values[1] = attempt.sequence('number', 100)
        attempt.values[2] = attempt.now()
      },
      async run(attempt) {
        // A step may draw too, in a loop over what it found.
        drawn.push([...attempt.values, attempt.random.next(), attempt.sequence('number', 100)])
        attempt.values[3] = 'saved by a step'
        await attempt.execute(statement(0), [])
        if (drawn.length % 3 !== 0) throw failure('deadlock')
      },
    })
    const { phases } = await runInline({ phases: [phase({ transactions: 2 })], transactions: [pay], connect: async () => session })
    expect(drawn).toHaveLength(6)
    expect(drawn[1]).toEqual(drawn[0])
    expect(drawn[2]).toEqual(drawn[0])
    expect(drawn[3]).not.toEqual(drawn[0])
    expect(drawn[5]).toEqual(drawn[3])
    expect(drawn[0]?.slice(1, 2)).toEqual([100])
    expect(drawn[0]?.[5]).toBe(101)
    expect(drawn[3]?.[1]).toBe(102)
    expect(drawn[0]?.[3], 'what a step saved is gone').toBeNull()
    expect(session.calls.slice(0, 6)).toEqual(['begin', 't0/1', 'rollback', 'begin', 't0/1', 'rollback'])
    expect(phases[0]?.totals).toMatchObject({ committed: 2, attempts: 6, retries: 4, retried: 2, errors: { DEADLOCK: 4 } })
    expect(phases[0]?.totals.outcomes).toMatchObject({ committed: 2, deadlock: 4 })
    expect(phases[0]?.wasted.retried.count).toBe(2)
    expect(phases[0]?.wasted.first_try.count).toBe(0)
  })

  it('draws the same workload whether or not transactions are retried', async () => {
    const valuesOf = async (fail: boolean) => {
      const drawn: unknown[] = []
      let calls = 0
      const pay = transaction('pay', 0, {
        draw(attempt) {
          attempt.values[0] = attempt.random.integer(1, 1e9)
        },
        async run(attempt) {
          await turn()
          if (fail && calls++ % 2 === 0) throw failure('serialization')
          drawn.push(attempt.values[0])
        },
      })
      await runInline({ phases: twenty, transactions: [pay] })
      return drawn
    }
    expect(await valuesOf(true)).toEqual(await valuesOf(false))
  })

  it('fails when the attempts are used up', async () => {
    const pay = transaction('pay', 0, {
      retry: { maxAttempts: 3, backoff: { initialMs: 0.1, factor: 2, maxMs: 1, jitter: 'none' } },
      run: async () => {
        throw failure('serialization')
      },
    })
    const { phases } = await runInline({ phases: [phase({ transactions: 4 })], transactions: [pay] })
    expect(phases[0]?.totals).toMatchObject({ started: 4, committed: 0, failed: 4, attempts: 12, retries: 8 })
    expect(phases[0]?.transactions[0]?.histograms.time_to_failure?.count).toBe(4)
    expect(phases[0]?.latency.count).toBe(0)
  })

  it.each(['statement_timeout', 'constraint', 'other', 'ambiguous'] as const)('is not tried again after %s', async outcome => {
    let runs = 0
    const pay = transaction('pay', 0, {
      run: async () => {
        runs++
        throw failure(outcome)
      },
    })
    const { phases } = await runInline({ phases: [phase({ transactions: 1 })], transactions: [pay] })
    expect(runs).toBe(1)
    expect(phases[0]?.totals).toMatchObject({ failed: 1, ambiguous: outcome === 'ambiguous' ? 1 : 0, retries: 0 })
  })

  it('is an outcome of its own when the scenario rolls it back, and retried on a conflict', async () => {
    let runs = 0
    const pay = transaction('pay', 0, {
      run: async () => {
        if (runs++ === 0) throw new Conflict('somebody was faster')
        throw new DeclaredRollback('not enough money')
      },
    })
    const session = new FakeSession()
    const { phases } = await runInline({ phases: [phase({ transactions: 1 })], transactions: [pay], connect: async () => session })
    expect(session.calls).toEqual(['begin', 'rollback', 'begin', 'rollback', 'end'])
    expect(phases[0]?.totals).toMatchObject({ rolled_back: 1, committed: 0, failed: 0, retries: 1, errors: { conflict: 1 } })
    expect(phases[0]?.totals.outcomes).toMatchObject({ conflict: 1, rolled_back: 1 })
  })

  it('takes no COMMIT for done that the server refused', async () => {
    class Refusing extends FakeSession {
      override async commit(): Promise<void> {
        throw failure('serialization', { code: 'COMMIT_ROLLED_BACK', stage: 'commit' })
      }
    }
    const { phases } = await runInline({
      phases: [phase({ transactions: 1 })],
      transactions: [transaction('pay', 0)],
      connect: async () => new Refusing(),
    })
    expect(phases[0]?.totals).toMatchObject({ committed: 0, failed: 1, errors: { COMMIT_ROLLED_BACK: 10 } })
    expect(phases[0]?.tps).toBe(0)
  })
})

describe('what stops a run', () => {
  it('is a broken promise, with its message', async () => {
    const pay = transaction('pay', 0, {
      run: async () => {
        throw new BrokenPromise('expected 1 row, found 0')
      },
    })
    const { messages, phases } = await runInline({ phases: [phase({ durationMs: 60_000 })], transactions: [pay] })
    expect(messages).toContainEqual({
      kind: 'broken',
      broken: { kind: 'promise', message: 'expected 1 row, found 0', transaction: 'pay' },
    })
    expect(phases[0]).toMatchObject({ complete: false, totals: { started: 1, failed: 1 } })
  })

  it('is an SQL mistake, with the statement named; a failure of another class is not', async () => {
    const running = (sqlstate: string) =>
      runInline({
        phases: [phase({ transactions: 2 })],
        transactions: [
          transaction('pay', 0, {
            run: async attempt => {
              await attempt.execute(statement(0), [])
              throw failure('other', { code: sqlstate, sqlstate })
            },
          }),
        ],
      })
    const mistake = await running('42P01')
    expect(mistake.messages.find(({ kind }) => kind === 'broken')).toMatchObject({
      broken: { kind: 'statement', transaction: 'pay', message: expect.stringMatching(/t0\/1.*42P01[\s\S]*SELECT 0/) },
    })
    const other = await running('22012')
    expect(other.messages.some(({ kind }) => kind === 'broken')).toBe(false)
    expect(other.phases[0]?.totals.failed).toBe(2)
  })

  it('is an error with which nobody can run', async () => {
    const pay = transaction('pay', 0, {
      run: async () => {
        throw failure('other', { fatal: true, code: '53100' })
      },
    })
    const { messages } = await runInline({ phases: [phase({ durationMs: 60_000 })], transactions: [pay] })
    expect(messages.find(({ kind }) => kind === 'failed')).toMatchObject({ error: { kind: 'database', code: '53100', fatal: true } })
  })

  it('is a bug of ours, which is not taken for a failed transaction', async () => {
    const pay = transaction('pay', 0, {
      run: async () => {
        throw new TypeError('a bug')
      },
    })
    const { messages } = await runInline({ phases: [phase({ durationMs: 60_000 })], transactions: [pay] })
    expect(messages.find(({ kind }) => kind === 'failed')).toMatchObject({ error: { kind: 'bug', message: 'a bug' } })
  })
})

describe('a lost connection', () => {
  it('is replaced and the transaction tried again', async () => {
    let connects = 0
    let runs = 0
    const pay = transaction('pay', 0, {
      run: async attempt => {
        await attempt.execute(statement(0), [])
        if (runs++ === 3) throw failure('connection', { sessionLost: true })
      },
    })
    class Killed extends FakeSession {
      override async rollback(): Promise<void> {
        this.alive = false
        throw failure('connection', { sessionLost: true, stage: 'rollback' })
      }
    }
    const connect = async () => {
      connects++
      if (connects === 2) throw failure('connection', { stage: 'connect', code: 'ECONNREFUSED' })
      return connects === 1 ? new Killed() : new FakeSession()
    }
    const { phases } = await runInline({ phases: twenty, transactions: [pay], connect })
    expect(connects).toBe(3)
    expect(phases[0]?.totals).toMatchObject({ committed: 20, failed: 0, retries: 1, outcomes: { connection: 1 } })
  })

  it('before the load began is reported at once', async () => {
    const sessions: FakeSession[] = []
    const connect = async () => {
      if (sessions.length === 2) throw failure('other', { stage: 'connect', fatal: true, code: '28P01' })
      const session = new FakeSession()
      sessions.push(session)
      return session
    }
    const { messages, phases } = await runInline({
      phases: [phase({ transactions: 1, clients: { from: 8, to: 8 } })],
      transactions: [transaction('pay', 0)],
      connect,
    })
    expect(messages.map(({ kind }) => kind)).toEqual(['failed', 'done'])
    expect(phases).toEqual([])
    expect(sessions.every(session => !session.alive)).toBe(true)
  })
})
