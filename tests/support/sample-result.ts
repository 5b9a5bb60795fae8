import { outcomes } from '#oltp/measure/outcome.js'
import type { Result, ResultHistogram, ResultLatency, ResultPhase, ResultTotals, ResultTransaction } from '#oltp/measure/result.js'

/** A plausible result of `transfers`, closed loop, nothing wrong with it; `changes` replace top-level fields. */
export function sampleResult(changes: Partial<Result> = {}): Result {
  const phase = samplePhase()
  return {
    schema: 'oltp.result/1',
    id: '01JDSAMPLE',
    tool: { name: 'oltp', version: '0.1.0', argv: ['bench', 'transfers', '--variant', 'pessimistic'] },
    time: { start: '2026-11-22T12:00:00.000Z', end: '2026-11-22T12:00:15.000Z', epoch_ms: 1795348800000, measured_s: 12 },
    interrupted: 'no',
    broken: null,
    labels: {},
    scenario: {
      name: 'transfers',
      title: 'Bank transfers between hot accounts',
      variant: 'pessimistic',
      seed: 42,
      parameters: { accounts: 10_000, skew: 1.1 },
      file: '/scenarios/transfers.yaml',
      sha256: '0'.repeat(64),
      text: 'version: 1\nname: transfers\nvariants:\n  naive: {}\n  pessimistic: {}\n  optimistic: {}\n',
    },
    load: {
      model: 'closed',
      arrivals: null,
      clients: 16,
      threads: 1,
      rate_per_s: null,
      latency_limit_us: null,
      protocol: 'prepared',
      pipeline: false,
      connect_ms: 12.5,
      transactions_per_client: null,
      max_tries: { transfer: 10, look: 10 },
      isolation: { transfer: 'repeatable read', look: 'repeatable read' },
    },
    target: {
      engine: 'postgres',
      product: 'PostgreSQL',
      version: '18.4',
      server_id: '7420000000000000000',
      address: 'localhost:54123',
      database: 'postgres',
      namespace: 'oltp',
      tls: 'disable',
      throwaway: true,
      settings: {
        fsync: 'on',
        synchronous_commit: 'on',
        full_page_writes: 'on',
        shared_buffers: '128MB',
        max_wal_size: '1GB',
        default_transaction_isolation: 'read committed',
        deadlock_timeout: '1s',
        max_connections: '100',
      },
    },
    validity: {
      status: 'VALID',
      checks: [{ id: 'generator_busy', status: 'ok', value: 0.41, limit: 0.9, unit: '1', message: '' }],
    },
    generator: {
      cpu_us_per_transaction: 61.2,
      utilisation: 0.41,
      gc_share: 0.004,
      gc_max_ms: 2.1,
      lag_share: null,
      run_queue_share: 0.01,
      steal_share: 0.001,
      throttled_share: 0,
      pressure_share: 0.02,
    },
    steady: { verdict: 'steady', from_s: 0, drift_per_minute: 0.004, drift_lower: -0.01, drift_upper: 0.02 },
    server: { missing: null, columns: ['t_s', 'commits'], rows: [[1, 1840]], totals: { commits: 22_104 } },
    tps: phase.tps,
    latency: phase.latency,
    totals: phase.totals,
    wasted: phase.wasted,
    transactions: phase.transactions,
    statements: phase.statements,
    phases: [{ ...phase, name: 'warmup', measured: false, start_s: 0, duration_s: 3 }, phase],
    series: {
      period_s: 1,
      assigned_by: 'end',
      columns: ['t_s', 'committed'],
      rows: [[1, 1842]],
      events: [{ t_s: 3, level: 'info', text: 'phase steady' }],
    },
    invariants: [
      { name: 'money is conserved', held: true, checks: 7, expected: '1000000000', found: '1000000000', when: 'after', at_s: 15.1 },
      { name: 'no negative balance', held: true, checks: 1, expected: '0', found: '0', when: 'after', at_s: 15.1 },
    ],
    checks: [],
    thresholds: [
      { expression: 'p95 < 50ms', passed: true, value: 12_400, unit: 'us' },
      { expression: 'failed < 0.1%', passed: true, value: 0, unit: '1' },
    ],
    tallies: {},
    environment: {
      node: '20.20.2',
      platform: 'linux x64',
      cpu_model: 'Sample CPU',
      logical_cores: 8,
      memory_bytes: 16_000_000_000,
      same_host_as_server: true,
      ci: false,
      kernel: '6.1.0',
      virtualisation: 'kvm',
      cpu_limit: null,
      governor: null,
      clock_source: 'kvm-clock',
      load_average: 0.4,
      drivers: { pg: '8.23.1', mysql2: '3.24.6' },
    },
    ...changes,
  }
}

/** The headline phase of `sampleResult`. */
export function samplePhase(changes: Partial<ResultPhase> = {}): ResultPhase {
  return {
    name: 'steady',
    measured: true,
    clients: { from: 16, to: 16 },
    rate_per_s: null,
    start_s: 3,
    duration_s: 12,
    complete: true,
    tps: 1842,
    latency: latency(22_104, 3100),
    totals: totals(),
    wasted: wasted(),
    queue: latency(0, 0),
    lag: latency(0, 0),
    transactions: [
      transaction('transfer', 80, 17_684, 3600, { rolled_back: 21, retries: 437, retried: 401 }),
      transaction('look', 20, 4420, 1100, { retries: 0, retried: 0, outcomes: outcomesOf({ committed: 4420 }), errors: {} }),
    ],
    statements: [
      statement('transfer/lock', 18_121, 2100),
      statement('transfer/3', 17_684, 520),
      statement('transfer/4', 17_684, 480),
      statement('look/1', 4420, 700),
    ],
    ...changes,
  }
}

export function totals(changes: Partial<ResultTotals> = {}): ResultTotals {
  return {
    offered: 22_125,
    started: 22_125,
    committed: 22_104,
    rolled_back: 21,
    failed: 0,
    ambiguous: 0,
    cancelled: 0,
    shed: 0,
    skipped: 0,
    late: 0,
    attempts: 22_562,
    retries: 437,
    retried: 401,
    outcomes: outcomesOf({ committed: 22_104, rolled_back: 21, serialization: 349, deadlock: 88 }),
    errors: { '40001': 349, '40P01': 88 },
    ...changes,
  }
}

export function outcomesOf(counts: Partial<ResultTotals['outcomes']>): ResultTotals['outcomes'] {
  const none = Object.fromEntries(outcomes.map(name => [name, 0])) as ResultTotals['outcomes']
  return { ...none, ...counts }
}

function wasted(): Result['wasted'] {
  return {
    attempts_per_commit: 1.0207,
    failed_attempts_us: 1_840_000,
    backoff_us: 3_100_000,
    share_of_time: 0.0257,
    first_try: latency(21_703, 2900),
    retried: latency(401, 21_000),
  }
}

function transaction(name: string, weight: number, committed: number, p50_us: number, changes: Partial<ResultTotals>): ResultTransaction {
  return {
    name,
    weight,
    tps: committed / 12,
    latency: latency(committed, p50_us),
    totals: totals({ committed, started: committed, rolled_back: 0, ...changes }),
    wasted: wasted(),
    histograms: { service: histogram(committed, p50_us) },
  }
}

function statement(name: string, executions: number, p50_us: number): Result['statements'][number] {
  return { name, sql: 'SELECT 1', executions, latency: latency(executions, p50_us), histogram: histogram(executions, p50_us), server: null }
}

export function latency(count: number, p50_us: number, kind: ResultLatency['kind'] = 'service'): ResultLatency {
  if (count === 0) {
    return {
      kind,
      count,
      mean_us: null,
      stddev_us: null,
      min_us: null,
      p50_us: null,
      p90_us: null,
      p95_us: null,
      p99_us: null,
      p99_9_us: null,
      max_us: null,
    }
  }
  return {
    kind,
    count,
    mean_us: p50_us * 1.4,
    stddev_us: p50_us * 1.3,
    min_us: Math.round(p50_us * 0.3),
    p50_us,
    p90_us: p50_us * 3,
    p95_us: p50_us * 4,
    p99_us: p50_us * 10,
    p99_9_us: p50_us * 20,
    max_us: Math.round(p50_us * 28.4),
  }
}

function histogram(count: number, p50_us: number): ResultHistogram {
  return {
    codec: 'HdrHistogram-V2-deflate-base64',
    unit: 'us',
    digits: 3,
    lowest: 1,
    highest: 4294967295,
    count,
    min: Math.round(p50_us * 0.3),
    max: Math.round(p50_us * 28.4),
    sum: count * p50_us * 1.4,
    clamped: 0,
    data: 'HISTFAAAABx4nJNpmSzMwMDAxAABzFCaEUoz2X+AMADETQH3',
  }
}
