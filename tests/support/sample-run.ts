import type { ServerRow } from '#oltp/measure/server-rows.js'
import type { ErrorTick, HistogramSlice, Tick } from '#oltp/measure/tick.js'
import type { RunEvent } from '#oltp/run/events.js'
import type { Phase, ResolvedScenario, Transaction } from '#oltp/scenario/model.js'
import { quietGenerator } from './quiet-generator.js'
import { sliceOf } from './slices.js'

export const startedAt = Date.UTC(2026, 10, 22, 12, 0, 0)

/** `transfers` with four phases, as the dashboard is told of it. */
export const sampleScenario: ResolvedScenario = {
  name: 'transfers',
  title: 'Bank transfers between hot accounts',
  description: '',
  file: '/scenarios/transfers.yaml',
  text: '',
  sha256: '',
  migrations: 'bank',
  seed: [],
  reuse: false,
  session: {},
  transactions: [transaction('transfer', 80), transaction('balance', 20), transaction('transfer_versioned', 0)],
  groups: [],
  phases: [
    phase({ name: 'warmup', clients: { from: 8, to: 8 }, durationMs: 5000, measure: false }),
    phase({ name: 'steady', clients: { from: 16, to: 16 }, durationMs: 60_000 }),
    phase({ name: 'ramp', clients: { from: 16, to: 64 }, durationMs: 30_000 }),
  ],
  invariants: [
    { name: 'money is conserved', sql: { postgres: 'SELECT 1' }, equals: 'before', check: ['during', 'after'], everyMs: 2000 },
    { name: 'no negative balance', sql: { postgres: 'SELECT 0' }, equals: 'before', check: ['after'], everyMs: 2000 },
  ],
  checks: [],
  thresholds: [
    { source: 'p95 < 50ms', transaction: null, metric: 'p95', op: '<', value: 50_000, unit: 'ms' },
    { source: 'failed < 0.1%', transaction: null, metric: 'failed', op: '<', value: 0.001, unit: '%' },
    { source: 'retries_per_commit < 0.02', transaction: null, metric: 'retries_per_commit', op: '<', value: 0.02, unit: '' },
  ],
  variant: 'pessimistic',
  parameters: { accounts: 10_000 },
  randomSeed: 42,
}

/** What a run says in its first `seconds` of load, the same every time: one spike, two kinds of conflict. */
export function sampleEvents(seconds: number): RunEvent[] {
  const random = generator(7)
  const totals = new Map<string, number>()
  const load = Array.from({ length: seconds }, (_, at) => secondOfLoad(at + 1, random, totals)).flat()
  return [...samplePreparation, ...loadBegins, ...load]
}

export const samplePreparation: readonly RunEvent[] = [
  step('server', 'start the server', 'done', 'PostgreSQL 18.4 on port 54123'),
  step('migrate', 'migrate bank', 'done', '2 files'),
  step('seed:account', 'seed account', 'running', '4,300 of 10,000 rows, 410,000/s, 1 s left', 0.43),
]

const loadBegins: readonly RunEvent[] = [
  step('seed:account', 'seed account', 'done', '10,000 rows'),
  {
    kind: 'load',
    scenario: sampleScenario,
    target: 'localhost:5432/bench',
    server: { product: 'PostgreSQL', dialect: 'postgres', version: '18.4', serverId: '7', settings: {} },
    startedAt,
  },
  { kind: 'phase', index: 0, t_s: 0 },
]

/** A tick and whatever else is told with it. */
function secondOfLoad(t_s: number, random: () => number, totals: Map<string, number>): RunEvent[] {
  const index = t_s <= 5 ? 0 : t_s <= 65 ? 1 : 2
  const events: RunEvent[] = []
  if (t_s === 6 || t_s === 66) events.push({ kind: 'phase', index, t_s: t_s - 1 })
  events.push({ kind: 'tick', tick: tick(t_s, index, random, totals) })
  if (t_s % 2 === 0) {
    events.push({
      kind: 'invariants',
      states: [
        { name: 'money is conserved', status: 'held', checkedAt_s: t_s, detail: '1,000,000,000 as before' },
        { name: 'no negative balance', status: 'not checked yet', checkedAt_s: null, detail: '' },
      ],
    })
  }
  events.push({
    kind: 'thresholds',
    states: [
      { expression: 'p95 < 50ms', status: 'ok', value: '12.4 ms' },
      { expression: 'failed < 0.1%', status: 'ok', value: '0%' },
      { expression: 'retries_per_commit < 0.02', status: 'failing', value: '0.031' },
    ],
  })
  events.push({ kind: 'server', row: serverRow(t_s) })
  if (t_s === 28) events.push({ kind: 'notice', level: 'warning', t_s: 28.4, text: 'a checkpoint began on the server' })
  return events
}

/** As PostgreSQL tells it: one checkpoint, a few sessions that wait. */
function serverRow(t_s: number): ServerRow {
  return {
    t_s,
    interval_s: 1,
    values: {
      commits: 2000,
      deadlocks: 4,
      lock_waiting: t_s % 5,
      buffer_requests: 40_000,
      buffer_reads: 12,
      wal_bytes: 3_200_000,
      checkpoints_timed: t_s === 28 ? 1 : 0,
      checkpoints_requested: 0,
      autovacuum_workers: null,
    },
  }
}

function tick(t_s: number, phase: number, random: () => number, totals: Map<string, number>): Tick {
  const slow = t_s % 37 === 30 ? 6 : 1
  const clients = phase === 0 ? 8 : phase === 1 ? 16 : Math.min(64, 16 + Math.round((t_s - 65) * 1.6))
  const transfers = Math.round((1300 + 260 * Math.sin(t_s / 6) + 120 * random()) / (slow > 1 ? 2.2 : 1) / (phase === 0 ? 1.8 : 1))
  const balances = Math.round(transfers / 4)
  const conflicts = Math.round(20 + 20 * random() * slow)
  const deadlocks = Math.round(8 * random())
  return {
    t_s,
    interval_s: 1,
    phase,
    clients,
    inTransaction: clients - 2,
    backingOff: 2,
    backlog: 0,
    offered: transfers + balances,
    transactions: [
      {
        name: 'transfer',
        committed: transfers,
        rolledBack: 5,
        failed: 0,
        retries: conflicts + deadlocks,
        latency: times(transfers, 3200 * slow, random),
      },
      { name: 'balance', committed: balances, rolledBack: 0, failed: 0, retries: 0, latency: times(balances, 900, random) },
    ],
    statements: [
      { name: 'transfer/lock', latency: times(transfers, 2100 * slow, random) },
      { name: 'transfer/debit', latency: times(transfers, 500, random) },
      { name: 'transfer/credit', latency: times(transfers, 450, random) },
      { name: 'balance/look', latency: times(balances, 700, random) },
    ],
    errors: [
      error('40001', 'serialization', 'could not serialize access due to concurrent update', conflicts, totals),
      ...(t_s > 2 && deadlocks > 0 ? [error('40P01', 'deadlock', 'deadlock detected', deadlocks, totals)] : []),
    ],
    generator: { ...quietGenerator, utilisation: 0.41, lag_max_us: 640 },
  }
}

function error(code: string, outcome: ErrorTick['outcome'], message: string, count: number, totals: Map<string, number>): ErrorTick {
  const total = (totals.get(code) ?? 0) + count
  totals.set(code, total)
  return { code, outcome, message, transaction: 'transfer', count, total }
}

/** Skewed around a median, as latency is. */
function times(count: number, median_us: number, random: () => number): HistogramSlice {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return sliceOf(Array.from({ length: Math.min(count, 300) }, () => Math.round(median_us * Math.exp(0.7 * normal()))))
}

function step(id: string, label: string, state: 'running' | 'done' | 'failed', detail: string, fraction: number | null = null): RunEvent {
  return { kind: 'preparation', step: { id, label, state, detail, fraction } }
}

function phase(given: Pick<Phase, 'name' | 'clients' | 'durationMs'> & Partial<Phase>): Phase {
  return { transactions: null, rate: null, arrivals: 'constant', measure: true, weights: null, ...given }
}

function transaction(name: string, weight: number): Transaction {
  return {
    name,
    weight,
    isolation: null,
    readOnly: false,
    autocommit: false,
    statementTimeoutMs: null,
    retry: { maxAttempts: 10, backoff: { initialMs: 2, factor: 2, maxMs: 100, jitter: 'full' } },
    let: [],
    steps: [],
    afterCommit: [],
    tally: [],
    keying: null,
    think: null,
    own: [],
  }
}

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
