import { expect } from 'vitest'
import { DatabaseError, type Session, type TransactionOptions } from '#oltp/database/contract.js'
import { collectPhase, type PhaseSpan } from '#oltp/engine/collect.js'
import type { LoadPlan } from '#oltp/engine/load.js'
import { allocateMemory, Memory } from '#oltp/engine/memory.js'
import type { FromWorker, ToWorker } from '#oltp/engine/messages.js'
import { PhaseLog } from '#oltp/engine/phase-log.js'
import { allocateSequences } from '#oltp/engine/sequences.js'
import { allocateVitals } from '#oltp/engine/vitals.js'
import { runWorker } from '#oltp/engine/worker-load.js'
import type { Outcome } from '#oltp/measure/outcome.js'
import { describePhase, type PhaseCounts } from '#oltp/measure/phase.js'
import type { ResultPhase } from '#oltp/measure/result.js'
import type { Phase, ResolvedScenario, Transaction } from '#oltp/scenario/model.js'
import type { CompiledTransaction, Program, Statement, StatementResult } from '#oltp/scenario/program.js'
import type { Value } from '#oltp/scenario/values.js'

/** Runs the load of one worker in the test's own thread, against sessions and transactions that the test makes up. */

const retry = { maxAttempts: 10, backoff: { initialMs: 0.1, factor: 2, maxMs: 1, jitter: 'full' } } as const

export function transaction(name: string, index: number, more: Partial<CompiledTransaction> = {}): CompiledTransaction {
  return {
    index,
    name,
    isolation: null,
    observedEnds: [],
    readOnly: false,
    autocommit: false,
    statementTimeoutMs: null,
    retry,
    slots: 1,
    draw() {},
    run: async attempt => {
      await attempt.execute(statement(index), [])
    },
    afterCommit: null,
    tallies: [],
    keying: null,
    think: null,
    ...more,
  }
}

export function statement(index: number, last = false): Statement {
  return { index, name: `t${index}/1`, text: `SELECT ${index}`, readsRows: true, last }
}

export function phase(more: Partial<Phase>): Phase {
  return {
    name: 'steady',
    clients: { from: 1, to: 1 },
    durationMs: null,
    transactions: null,
    rate: null,
    arrivals: 'poisson',
    measure: true,
    weights: null,
    ...more,
  }
}

export interface InlineLoad {
  readonly phases: readonly Phase[]
  readonly transactions: readonly CompiledTransaction[]
  readonly weights?: readonly number[]
  readonly groups?: ResolvedScenario['groups']
  readonly tallies?: readonly string[]
  readonly connect?: () => Promise<Session>
  readonly latencyLimitMs?: number
  readonly drainMs?: number
  readonly pipeline?: boolean
  readonly seed?: number
  readonly onMessage?: (message: FromWorker) => void
  /** Called once the load began, to send the worker what the main thread would. */
  readonly meddle?: (send: (message: ToWorker) => void) => void
}

export interface InlineReport {
  readonly counts: readonly PhaseCounts[]
  readonly phases: readonly ResultPhase[]
  readonly messages: readonly FromWorker[]
}

export async function runInline(load: InlineLoad): Promise<InlineReport> {
  const program: Program = {
    transactions: load.transactions,
    statements: load.transactions.map(({ index }) => ({ name: `t${index}/1`, transaction: index, text: `SELECT ${index}` })),
    tallies: load.tallies ?? [],
  }
  const plan = planOf(load)
  const shape = { phases: load.phases.length, transactions: program.transactions.length, statements: program.statements.length }
  const memory = allocateMemory(shape)
  const log = new PhaseLog(load.phases, 1)
  const messages: FromWorker[] = []
  let cutAt: number | null = null
  let zero = 0n
  let send: (message: ToWorker) => void = () => {}
  const now = () => Number(process.hrtime.bigint() - zero) / 1000
  const meddling = (message: ToWorker) => {
    if (message.kind === 'drain' || message.kind === 'stop') cutAt ??= now()
    send(message)
  }
  await runWorker(
    { plan, worker: 0, shape, memory, sequences: allocateSequences(), vitals: allocateVitals() },
    program,
    load.connect ?? (async () => new FakeSession()),
    {
      listen: handler => {
        send = handler
      },
      post(message) {
        messages.push(message)
        load.onMessage?.(message)
        if (message.kind === 'ready') {
          setImmediate(() => {
            zero = process.hrtime.bigint()
            send({ kind: 'start', zero })
            setImmediate(() => load.meddle?.(meddling))
          })
        }
        if (message.kind === 'phase') log.began(message.index, message.start)
        if (message.kind === 'phase done') {
          log.workerDone(message.index, message.end)
          setImmediate(() => send({ kind: 'phase', index: message.index + 1, start: message.end }))
        }
        if (message.kind === 'broken' || message.kind === 'failed') cutAt ??= now()
      },
    },
  )
  const done = messages.at(-1)
  const rows = done?.kind === 'done' ? done.rows : []
  const counts = log
    .spans(cutAt)
    .map((span: PhaseSpan, index: number) => collectPhase(plan.scenario, program, [new Memory(memory, shape)], rows, index, span))
  return { counts, phases: counts.map(describePhase), messages }
}

function planOf(load: InlineLoad): LoadPlan {
  const transactions = load.transactions.map(
    ({ name }, index): Transaction => ({
      name,
      weight: load.weights?.[index] ?? 1,
      isolation: null,
      readOnly: false,
      autocommit: false,
      statementTimeoutMs: null,
      retry,
      own: [],
      let: [],
      steps: [],
      afterCommit: [],
      tally: [],
      keying: null,
      think: null,
    }),
  )
  return {
    scenario: {
      name: 'inline',
      title: '',
      description: '',
      file: '',
      text: '',
      sha256: '',
      parameters: {},
      migrations: null,
      seed: [],
      reuse: false,
      session: {},
      transactions,
      groups: load.groups ?? [],
      phases: load.phases,
      invariants: [],
      checks: [],
      thresholds: [],
      variant: null,
      randomSeed: load.seed ?? 1,
    },
    dialect: 'postgres',
    target: {
      engine: 'postgres',
      host: 'localhost',
      port: 1,
      socket: null,
      user: 'nobody',
      password: null,
      database: null,
      tls: { mode: 'disable', ca: null },
      connectTimeoutMs: 1000,
      applicationName: 'test',
    },
    namespace: 'oltp',
    threads: 1,
    protocol: 'prepared',
    pipeline: load.pipeline ?? false,
    latencyLimitMs: load.latencyLimitMs ?? null,
    drainMs: load.drainMs ?? 1000,
  }
}

export function failure(outcome: Outcome, more: Partial<ConstructorParameters<typeof DatabaseError>[1]> = {}): DatabaseError {
  return new DatabaseError(`made up: ${outcome}`, {
    outcome,
    code: outcome.toUpperCase(),
    sqlstate: null,
    stage: 'body',
    sessionLost: false,
    fatal: false,
    ...more,
  })
}

/** A session of our own interface that answers at once; what it was asked is in `calls`. Override what a test is about. */
export class FakeSession implements Session {
  readonly id = 1
  readonly calls: string[] = []
  alive = true
  inTransaction = false

  async begin(_: TransactionOptions): Promise<void> {
    this.calls.push('begin')
    this.inTransaction = true
  }

  async execute(one: Statement, _: readonly Value[]): Promise<StatementResult> {
    this.calls.push(one.name)
    await turn()
    return { affected: 0, columns: [], rows: [], insertId: null }
  }

  async executeAndCommit(statement: Statement, parameters: readonly Value[]): Promise<StatementResult> {
    const result = await this.execute(statement, parameters)
    await this.commit()
    return result
  }

  async commit(): Promise<void> {
    this.calls.push('commit')
    this.inTransaction = false
    await turn()
  }

  async rollback(): Promise<void> {
    this.calls.push('rollback')
    this.inTransaction = false
  }

  async savepoint(): Promise<void> {}
  async rollbackToSavepoint(): Promise<void> {}
  async releaseSavepoint(): Promise<void> {}

  async query(): Promise<StatementResult> {
    return { affected: 0, columns: [], rows: [], insertId: null }
  }

  async end(): Promise<void> {
    this.calls.push('end')
    this.alive = false
  }

  destroy(): void {
    this.calls.push('destroy')
    this.alive = false
  }
}

/** What must hold of every run, however it went. */
export function expectBalanced({ phases }: InlineReport): void {
  for (const { totals, transactions, latency, wasted } of phases) {
    expect(totals.started).toBe(totals.committed + totals.rolled_back + totals.failed + totals.cancelled)
    expect(totals.offered).toBe(totals.started + totals.shed + totals.skipped)
    expect(totals.attempts).toBe(Object.values(totals.outcomes).reduce((sum, count) => sum + count, 0))
    expect(latency.count).toBe(totals.committed)
    expect(wasted.first_try.count + wasted.retried.count).toBe(totals.committed)
    expect(transactions.reduce((sum, one) => sum + one.totals.started, 0)).toBe(totals.started)
  }
}

/** One turn of the event loop, as any real answer takes. */
export function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
