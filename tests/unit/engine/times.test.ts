import { describe, expect, it } from 'vitest'
import { createClient } from '#oltp/engine/client.js'
import { runClient } from '#oltp/engine/client-loop.js'
import { Connector } from '#oltp/engine/connector.js'
import type { WorkerContext } from '#oltp/engine/context.js'
import { Control } from '#oltp/engine/control.js'
import { Dispatcher } from '#oltp/engine/dispatcher.js'
import { ErrorTable } from '#oltp/engine/error-table.js'
import { allocateMemory, Memory } from '#oltp/engine/memory.js'
import { createMix } from '#oltp/engine/mix.js'
import { allocateSequences, Sequences } from '#oltp/engine/sequences.js'
import { TallyBook } from '#oltp/engine/tally-book.js'
import { Timeline } from '#oltp/engine/timeline.js'
import { compileProgram } from '#oltp/scenario/compile.js'
import type { StatementResult } from '#oltp/scenario/program.js'
import { createRandom } from '#oltp/scenario/random.js'
import { FakeSession, failure, phase } from '../../support/inline-load.js'
import { resolved, step, transaction } from '../../support/resolved.js'

/** In a time that the test makes: every reading of the clock takes 1 µs, what the session does takes what it is said to. */
class Timed extends FakeSession {
  constructor(
    private readonly world: { now: number },
    private readonly fails = 0,
  ) {
    super()
  }
  override async begin(): Promise<void> {
    this.world.now += 100
  }
  override async execute(): Promise<StatementResult> {
    this.calls.push('execute')
    this.world.now += 1000
    if (this.calls.length <= this.fails) throw failure('deadlock')
    return { affected: 1, columns: [], rows: [], insertId: null }
  }
  override async commit(): Promise<void> {
    this.world.now += 300
  }
}

/** One client runs one kind of transaction so many times; what was measured, in microseconds. */
async function measured(of: Parameters<typeof transaction>, { times = 3, fails = 0, arrivals = [] as readonly number[] } = {}) {
  const phases = [phase({ transactions: times, rate: arrivals.length > 0 ? { from: 1, to: 1 } : null })]
  const scenario = resolved({ transactions: [transaction(...of)], phases })
  const program = compileProgram(scenario, 'postgres')
  const shape = { phases: 1, transactions: 1, statements: program.statements.length }
  const world = { now: 100, readings: 0 }
  const clock = () => {
    world.readings++
    return ++world.now
  }
  const control = new Control()
  const dispatcher = new Dispatcher()
  const memory = new Memory(allocateMemory(shape), shape)
  const timeline = new Timeline(phases, clock, () => {})
  let left = times
  const context: WorkerContext = {
    scenario,
    phases,
    program,
    pipeline: false,
    latencyLimitUs: null,
    memory,
    clock,
    timeline,
    control,
    dispatcher,
    connector: new Connector(async () => new Timed(world), control, 1),
    sequences: new Sequences(allocateSequences()),
    errors: new ErrorTable(),
    tallies: new TallyBook(0),
    checks: null,
    report: { broken() {}, fatal() {}, failed() {}, notice() {} },
    onEnded() {
      if (--left === 0) control.drain()
    },
  }
  timeline.start()
  const client = createClient(context, 0, createRandom(1, 0), createRandom(1, 1))
  client.attempt.session = new Timed(world, fails)
  for (const intended of arrivals) dispatcher.offer(0, intended, intended + 7, 10)
  await runClient(context, client, [[createMix([1])]])
  const sums = (names: readonly ('response' | 'lag' | 'queue' | 'service')[]) => names.map(name => memory.metric(0, 0, name).view().sum_us)
  const statements = program.statements.map((_, index) => memory.statement(0, index).view().sum_us)
  return { world, sums, statements, counters: memory.readCounters(0, 0) }
}

const look: Parameters<typeof transaction> = ['look', [step.sql('SELECT 1')], { autocommit: true }]
const pay: Parameters<typeof transaction> = ['pay', [step.sql('UPDATE a SET x = 1'), step.sql('UPDATE b SET x = 1')]]

describe('in a closed loop', () => {
  it('two readings of the clock do for an autocommitted statement, which takes as long as its transaction', async () => {
    const three = await measured(look)
    const [queue, service] = three.sums(['queue', 'service'])
    expect(three.statements).toEqual([3 * 1001])
    expect([queue, service]).toEqual([3 * 1, 3 * 1001])
    const six = await measured(look, { times: 6 })
    expect(six.world.readings - three.world.readings).toBe(3 * 2)
  })

  it('the time from one transaction to the next is in the queue, nowhere lost', async () => {
    const { world, sums, counters } = await measured(look, { times: 5 })
    const [queue = 0, service = 0] = sums(['queue', 'service'])
    // All of it but the reading that the first one was released with.
    expect(queue + service).toBe(world.now - 101)
    expect(counters.busy_us).toBe(service)
  })

  it('a transaction is measured from before BEGIN to after COMMIT, its statements one by one', async () => {
    const { sums, statements, world } = await measured(pay, { times: 2 })
    expect(statements).toEqual([2 * 1001, 2 * 1001])
    // BEGIN 100, two statements and their four readings, COMMIT 300 and the last reading.
    expect(sums(['queue', 'service'])).toEqual([2 * 1, 2 * (100 + 2 * 1001 + 2 + 300 + 1)])
    expect(world.readings).toBe(1 + 2 * (1 + 4 + 1))
  })

  it('a sleep before the first statement belongs to the transaction', async () => {
    const { sums } = await measured(['slow', [step.sleep(1), step.sql('SELECT 1')], { autocommit: true }], { times: 1 })
    expect(sums(['queue', 'service'])).toEqual([1, 1000 + 2])
  })

  it('what retries take belongs to the transaction, from its first byte', async () => {
    const { sums, counters, statements } = await measured(pay, { times: 1, fails: 1 })
    const [queue = 0, service = 0] = sums(['queue', 'service'])
    expect(counters).toMatchObject({ committed: 1, deadlock: 1, retries: 1, started: 1 })
    expect(queue).toBe(1)
    expect(statements).toEqual([1001, 1001])
    expect(service).toBeGreaterThan(2 * 100 + 3 * 1000 + 300)
    expect(counters.failed_attempts_us).toBe(100 + 1000 + 2)
    expect(counters.busy_us).toBe(service)
  })
})

describe('in an open loop', () => {
  it('response is lag, queue and service to the microsecond', async () => {
    const { sums } = await measured(look, { arrivals: [0, 10, 20] })
    const [response = 0, lag = 0, queue = 0, service = 0] = sums(['response', 'lag', 'queue', 'service'])
    expect(lag).toBe(3 * 7)
    expect(service).toBe(3 * 1001)
    expect(queue).toBeGreaterThan(1000)
    expect(response).toBe(lag + queue + service)
  })
})
