import { describe, expect, it } from 'vitest'
import { describeGenerator } from '#oltp/measure/generator.js'
import type { PhaseCounts } from '#oltp/measure/phase.js'
import { judgeValidity, type Validity } from '#oltp/measure/validity.js'
import type { Statement, StatementResult } from '#oltp/scenario/program.js'
import {
  expectBalanced,
  FakeSession,
  failure,
  type InlineReport,
  phase,
  runInline,
  statement,
  transaction,
} from '../../support/inline-load.js'
import { inVirtualTime, type VirtualTime } from '../../support/virtual-time.js'

/** Whole loads in a time that the test makes up: what they report must be what can be computed beforehand. Milliseconds. */

/** A server that takes `work` for each statement, and stands still meanwhile. */
class Server {
  began = 0
  private readonly time: VirtualTime
  private readonly work: number
  private readonly frozen: { readonly from: number; readonly to: number } | null

  constructor(time: VirtualTime, work: number, frozen: { readonly from: number; readonly to: number } | null = null) {
    this.time = time
    this.work = work
    this.frozen = frozen
  }

  /** When a statement that comes at `start`, since the load's zero, is done. */
  endOf(start: number): number {
    const { work, frozen } = this
    if (frozen === null || start >= frozen.to || start + work <= frozen.from) return start + work
    return start < frozen.from ? start + work + frozen.to - frozen.from : frozen.to + work
  }

  session(): FakeSession {
    const { time } = this
    const wait = () => {
      const start = time.now - this.began
      return time.sleep(this.endOf(start) - start)
    }
    return new (class extends FakeSession {
      override async execute(one: Statement): Promise<StatementResult> {
        this.calls.push(one.name)
        await wait()
        return { affected: 0, columns: [], rows: [], insertId: null }
      }

      override async commit(): Promise<void> {}
    })()
  }
}

/** The response to each arrival at `clients` that are served first come, first served, as a textbook has it. */
function textbook(server: Server, arrivals: readonly number[], clients: number): { response: number; queue: number }[] {
  const free: number[] = Array(clients).fill(0)
  return arrivals.map(arrival => {
    const first = free.indexOf(Math.min(...free))
    const start = Math.max(arrival, free[first] as number)
    free[first] = server.endOf(start)
    return { response: free[first] - arrival, queue: start - arrival }
  })
}

function p95(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] as number
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** The run's verdict, as far as its own counts go. */
function verdictOf({ phases, counts }: InlineReport): Validity {
  const [of, counted] = [phases[0], counts[0] as PhaseCounts]
  if (of === undefined) throw new Error('nothing ran')
  const generator = describeGenerator(counted, [])
  const { due, taken } = counted.arrivals
  return judgeValidity({
    phase: of,
    threads: 1,
    seconds: [],
    generator,
    due,
    taken,
    clientsLost: 0,
    interrupted: 'no',
    rejected: 0,
    clamped: 0,
  })
}

const complaintsOf = ({ checks }: Validity) => checks.filter(({ status }) => status !== 'ok').map(({ id }) => id)

describe('an open loop of 200/s over 4 clients for 20 s, whose server stands still for 2 s', () => {
  const clients = 4
  const arrivals = Array.from({ length: 4000 }, (_, index) => index * 5)
  const run = () =>
    inVirtualTime(async time => {
      const server = new Server(time, 2, { from: 8000, to: 10_000 })
      const report = await runInline({
        phases: [
          phase({ durationMs: 20_000, rate: { from: 200, to: 200 }, arrivals: 'constant', clients: { from: clients, to: clients } }),
        ],
        transactions: [transaction('pay', 0)],
        connect: async () => server.session(),
        onMessage: ({ kind }) => {
          if (kind === 'phase') server.began = time.now
        },
      })
      const truth = textbook(server, arrivals, clients)
      return { report, truth, truth_us: 1000 * p95(truth.map(({ response }) => response)) }
    })
  const within3Percent = (us: number | null | undefined, truth_us: number) => Math.abs((us ?? Number.NaN) - truth_us) <= 0.03 * truth_us

  it('reports the p95 that can be computed, and splits it into lag, queue and service', async () => {
    const { report, truth, truth_us } = await run()
    expectBalanced(report)
    const [of] = report.phases
    expect(of?.totals).toMatchObject({ offered: 4000, committed: 4000, shed: 0 })
    // A tenth of the arrivals fall into the two seconds. The slowest half of them wait for longer than the one second that is left
    // of it and for the 200 before them, of which four clients with 2 ms each work off two in a millisecond.
    expect(truth_us / 1000).toBeCloseTo(1000 + 100 + 2, -1)
    expect(within3Percent(of?.latency.p95_us, truth_us), `${of?.latency.p95_us} for ${truth_us}`).toBe(true)

    const histograms = report.counts[0]?.transactions[0]?.histograms
    const total = (metric: 'response' | 'lag' | 'queue' | 'service') => histograms?.[metric].sum_us ?? Number.NaN
    expect(total('response')).toBe(total('lag') + total('queue') + total('service'))
    expect(total('queue') / 1000 / sum(truth.map(({ queue }) => queue))).toBeCloseTo(1, 2)
    expect(within3Percent(of?.queue.p95_us, truth_us), 'nearly all of it is waiting').toBe(true)
    expect(of?.lag.max_us, 'the generator is not to blame').toBeLessThanOrEqual(20)
    expect(histograms?.service.max_us, 'but for those that were running, nobody is served slowly').toBeGreaterThan(2_000_000)
    expect(verdictOf(report)).toMatchObject({ status: 'VALID' })
  })

  it('would report a p95 that is wrong by far, were it to count from the actual start', async () => {
    const { report, truth_us } = await run()
    const service = report.phases[0]?.transactions[0]
    const fromStart = report.counts[0]?.transactions[0]?.histograms.service
    expect(service?.totals.committed).toBe(4000)
    const p95FromStart = p95(expand(fromStart))
    expect(within3Percent(p95FromStart, truth_us)).toBe(false)
    expect(p95FromStart).toBeLessThan(3000)
  })
})

describe('a generator whose loop stands still for 60 ms of every 100', () => {
  const run = (blockedMs: number) =>
    inVirtualTime(async time => {
      const server = new Server(time, 1)
      const block = () => {
        time.block(blockedMs)
        time.after(100 - blockedMs, block)
      }
      return runInline({
        phases: [phase({ durationMs: 10_000, rate: { from: 1000, to: 1000 }, arrivals: 'constant', clients: { from: 4, to: 4 } })],
        transactions: [transaction('pay', 0)],
        connect: async () => server.session(),
        onMessage: ({ kind }) => {
          if (kind !== 'phase') return
          server.began = time.now
          if (blockedMs > 0) block()
        },
      })
    })

  it('reports the lag that can be computed, and is INVALID for it', async () => {
    const report = await run(60)
    expectBalanced(report)
    const [of] = report.phases
    // Of a hundred arrivals the first of the pause is 60 ms late, the next 59 and so on: five are later than 55 ms.
    expect((of?.lag.p95_us ?? 0) / 1000).toBeCloseTo(55, 0)
    expect((of?.lag.max_us ?? 0) / 1000).toBeCloseTo(60, 0)
    // They come at once, and the last of them wait for the first: that is the generator's doing as well.
    expect((of?.latency.p95_us ?? 0) / 1000).toBeCloseTo(60 - 0.75 * 5 + 1, -1)
    const verdict = verdictOf(report)
    expect(verdict.status).toBe('INVALID')
    expect(verdict.checks.find(({ id }) => id === 'generator_lag')).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/the generator itself was late, which may be 9\d % of the p95 reported/),
    })
  })

  it('has nothing to complain of when it does not stand still', async () => {
    const report = await run(0)
    expect(report.phases[0]?.lag.max_us).toBeLessThanOrEqual(20)
    expect(complaintsOf(verdictOf(report))).toEqual([])
  })

  it('is not blamed for pauses so short that hardly any arrival falls into them', async () => {
    const report = await run(2)
    expect((report.phases[0]?.lag.max_us ?? 0) / 1000).toBeCloseTo(2, 0)
    expect(complaintsOf(verdictOf(report))).toEqual([])
  })
})

describe('a latency limit', () => {
  const limit = 95
  const arrivals = Array.from({ length: 200 }, (_, index) => index * 10)

  it('counts late and skipped as pgbench does: late among commits only, skipped never sent, both in the totals', async () => {
    const report = await inVirtualTime(async time => {
      const server = new Server(time, 30)
      let runs = 0
      const sometimes = transaction('pay', 0, {
        retry: { maxAttempts: 1, backoff: { initialMs: 0, factor: 1, maxMs: 0, jitter: 'none' } },
        run: async attempt => {
          await attempt.execute(statement(0), [])
          if (++runs % 5 === 0) throw failure('constraint')
        },
      })
      return runInline({
        phases: [phase({ durationMs: 2000, rate: { from: 100, to: 100 }, arrivals: 'constant', clients: { from: 2, to: 2 } })],
        transactions: [sometimes],
        connect: async () => server.session(),
        latencyLimitMs: limit,
      })
    })
    expectBalanced(report)
    const expected = asPgbenchCounts(arrivals, 2, 30)
    expect(expected.skipped).toBeGreaterThan(20)
    expect(expected.late).toBeGreaterThan(20)
    expect(report.phases[0]?.totals).toMatchObject({ ...expected, offered: arrivals.length, shed: 0 })
  })

  it('skips nothing without a rate', async () => {
    const report = await inVirtualTime(async time => {
      const server = new Server(time, 150)
      return runInline({
        phases: [phase({ transactions: 10 })],
        transactions: [transaction('pay', 0)],
        connect: async () => server.session(),
        latencyLimitMs: limit,
      })
    })
    expect(report.phases[0]?.totals).toMatchObject({ offered: 10, committed: 10, late: 10, skipped: 0 })
  })

  /** Every fifth transaction fails. A client that is free takes the next arrival that is not later than the limit already. */
  function asPgbenchCounts(due: readonly number[], clients: number, work: number) {
    const free: number[] = Array(clients).fill(0)
    const counts = { committed: 0, failed: 0, late: 0, skipped: 0 }
    let runs = 0
    for (const arrival of due) {
      const first = free.indexOf(Math.min(...free))
      const start = Math.max(arrival, free[first] as number)
      if (start - arrival > limit) {
        counts.skipped++
        continue
      }
      free[first] = start + work
      if (++runs % 5 === 0) counts.failed++
      else {
        counts.committed++
        if (start + work - arrival > limit) counts.late++
      }
    }
    return counts
  }
})

/** The values of a histogram, each as often as it was counted, to a bucket's width. */
function expand(histogram: PhaseCounts['transactions'][0]['histograms']['service'] | undefined): number[] {
  const values: number[] = []
  histogram?.counts.forEach((count, bucket) => {
    for (let each = 0; each < count; each++) values.push(bucket)
  })
  return values
}
