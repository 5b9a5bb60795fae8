import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { displayWidth } from '#oltp/format.js'
import type { Result } from '#oltp/measure/result.js'
import { summarise } from '#oltp/report/summary.js'
import { latency, outcomesOf, samplePhase, sampleResult, totals } from '../../support/sample-result.js'

const plain = { colour: false, columns: 80, savedTo: 'results/2026-11-22T120000-transfers.json' }

test('a run without anything to complain of', () => {
  expect(summarise(sampleResult(), plain)).toMatchInlineSnapshot(`
    "transfers · pessimistic   PostgreSQL 18.4   a throwaway server on this machine

    TPS         1,842   22,104 committed in 12 s (phase steady)
    Latency     p50 3.10   p95 12.4   p99 31.0   max 88.0 ms   service (closed loop)
    Load        16 clients, closed loop, repeatable read, 1 load thread, seed 42
    Parameters  accounts=10000 skew=1.1

    Transaction  mix    TPS  p50 ms  p95 ms  p99 ms  retries  rollbacks
    transfer     80%  1,474    3.60    14.4    36.0      437         21
    look         20%    368    1.10    4.40    11.0        0          0

    Statement      per s  p50 ms  p95 ms  p99 ms  time
    transfer/lock  1,510    2.10    8.40    21.0   65%
    transfer/3     1,474    0.52    2.08    5.20   16%
    transfer/4     1,474    0.48    1.92    4.80   14%
    look/1           368    0.70    2.80    7.00  5.3%

    Retries     437 in 401 of 22,125 transactions (1.8%)
    Causes      serialization failure 349 · deadlock 88
    Codes       40001 349 · 40P01 88
    Wasted      1.021 attempts per commit, 2.6% of the clients' time, 1.8 s in
                failed attempts, 3.1 s backing off
                first try p50 2.90 p95 11.6 ms, retried p50 21.0 p95 84.0 ms

    Checks      ✓ money is conserved   1000000000, checked 7 times
                ✓ no negative balance  0, checked once
                ✓ p95 < 50ms           12.4 ms
                ✓ failed < 0.1%        0%
                ✓ measurement          VALID

    Server      fsync on · synchronous_commit on · full_page_writes on ·
                shared_buffers 128MB · max_wal_size 1GB · deadlock_timeout 1s ·
                default_transaction_isolation read committed
    Machine     Sample CPU · 8 cores · kvm · shared with the server · load 0.4
                before
    Saved       results/2026-11-22T120000-transfers.json

    Next        oltp bench transfers --variant pessimistic -R 1100
                  latency at 60% of this TPS, stalls not hidden
                oltp bench transfers --variant optimistic
                  the same story told differently"
  `)
})

const everythingWrong = sampleResult({
  interrupted: 'drained',
  broken: { kind: 'promise', message: 'expected 1 row, found 0', transaction: 'transfer/debit' },
  totals: totals({
    failed: 12,
    ambiguous: 1,
    retries: 4000,
    retried: 3000,
    offered: 30_000,
    shed: 20,
    cancelled: 3,
    outcomes: outcomesOf({ committed: 22_104, serialization: 4000, constraint: 11, ambiguous: 1 }),
    errors: { '40001': 4000, '23505': 11, ECONNRESET: 1 },
  }),
  tool: { name: 'oltp', version: '0.1.0', argv: ['bench', 'transfers', '--url', 'postgres://me:•••@db/shop', '-R', '500', '--json'] },
  labels: { commit: 'abc123', branch: 'main' },
  load: {
    model: 'open',
    arrivals: 'poisson',
    rate_per_s: 500,
    latency_limit_us: 20_000,
    clients: 64,
    threads: 2,
    protocol: 'extended',
    pipeline: false,
    connect_ms: 12.5,
    transactions_per_client: null,
    max_tries: { transfer: 10, look: null },
    isolation: { transfer: 'serializable', look: 'default' },
  },
  latency: latency(22_104, 3100, 'response'),
  target: { ...sampleResult().target, throwaway: false, settings: { fsync: 'off', innodb_buffer_pool_size: '134217728' } },
  validity: {
    status: 'UNSUSTAINED',
    checks: [
      {
        id: 'rate_reached',
        status: 'warn',
        value: 431,
        limit: 475,
        unit: '1/s',
        message: 'only 431 of 500 transactions per second were reached: lower the rate (-R)',
      },
    ],
  },
  phases: [
    samplePhase({ name: 'small', clients: { from: 4, to: 4 } }),
    samplePhase({ clients: { from: 16, to: 64 }, rate_per_s: { from: 500, to: 500 }, complete: false }),
  ],
  invariants: [{ name: 'money is conserved', held: false, checks: 7, expected: '1000000000', found: '999999874', when: 'during', at_s: 3 }],
  thresholds: [
    { expression: 'p95 < 10ms', passed: false, value: 12_400, unit: 'us' },
    { expression: 'tps > 500', passed: true, value: 1842, unit: '1/s' },
    { expression: 'retries_per_commit < 1', passed: true, value: 0.18, unit: '1' },
    { expression: 'look.p95 < 10ms', passed: false, value: null, unit: 'us' },
  ],
})

test('a run where all went wrong: what is broken comes first', () => {
  expect(summarise(everythingWrong, { ...plain, savedTo: null })).toMatchInlineSnapshot(`
    "transfers · pessimistic   PostgreSQL 18.4   localhost:54123/postgres
    ✗ BROKEN in transfer/debit: expected 1 row, found 0
    ✗ BROKEN money is conserved: expected 1000000000, found 999999874
    ! PARTIAL stopped after 12 s of it; what was in flight was finished

    TPS         1,842   22,104 committed in 12 s (phase steady)
    Latency     p50 3.10   p95 12.4   p99 31.0   max 88.0 ms
                response (from the intended start)
    Load        16 to 64 clients, open loop, 500/s poisson arrivals, 30,000 offered,
                transfer at serializable, look at default, 20 shed, 0 slower than
                20.0 ms, 3 cut off, 2 load threads, statements parsed at every call,
                seed 42
    Parameters  accounts=10000 skew=1.1
    Labels      commit=abc123 branch=main

    Phase         clients  rate/s    TPS  p50 ms  p95 ms  p99 ms  retries  rollbacks
    small               4          1,842    3.10    12.4    31.0      437         21
    steady (par…    16-64     500  1,842    3.10    12.4    31.0      437         21

    Transaction  mix    TPS  p50 ms  p95 ms  p99 ms  retries  rollbacks
    transfer     80%  1,474    3.60    14.4    36.0      437         21
    look         20%    368    1.10    4.40    11.0        0          0

    Statement      per s  p50 ms  p95 ms  p99 ms  time
    transfer/lock  1,510    2.10    8.40    21.0   65%
    transfer/3     1,474    0.52    2.08    5.20   16%
    transfer/4     1,474    0.48    1.92    4.80   14%
    look/1           368    0.70    2.80    7.00  5.3%

    Retries     4,000 in 3,000 of 22,137 transactions (14%)
    Failed      12 transactions (0.05%); 1 of them in doubt: the connection was lost
                after COMMIT was sent
    Causes      serialization failure 4,000 · constraint violation 11 · in doubt:
                lost after COMMIT 1
    Codes       40001 4,000 · 23505 11 · ECONNRESET 1
    Wasted      1.021 attempts per commit, 2.6% of the clients' time, 1.8 s in
                failed attempts, 3.1 s backing off
                first try p50 2.90 p95 11.6 ms, retried p50 21.0 p95 84.0 ms

    Checks      ✗ money is conserved  expected 1000000000, found 999999874 (during
                                      the load)

    Server      fsync off · innodb_buffer_pool_size 128MB
                ! fsync off: a crash may lose or damage what was committed
    Machine     Sample CPU · 8 cores · kvm · shared with the server · load 0.4
                before

    Next        oltp scenarios show transfers
                  what the scenario promises, and its variants"
  `)
})

test('sections without content are left out', () => {
  const none = totals({ retries: 0, retried: 0, rolled_back: 0, outcomes: outcomesOf({ committed: 22_104 }), errors: {} })
  const phase = samplePhase()
  const [one] = phase.transactions
  const quiet = sampleResult({
    totals: none,
    transactions: one ? [{ ...one, totals: none }] : [],
    statements: phase.statements.slice(0, 1),
    invariants: [],
    thresholds: [],
    target: { ...sampleResult().target, settings: {} },
    scenario: { ...sampleResult().scenario, variant: null, parameters: {}, text: 'version: 1' },
  })
  const text = summarise(quiet, { ...plain, savedTo: null })
  for (const absent of [
    'Retries',
    'Wasted',
    'Codes',
    'Statement',
    'rollbacks',
    'failed',
    'mix',
    'Server',
    'Saved',
    'Parameters',
    'Labels',
  ]) {
    expect(text).not.toContain(absent)
  }
  expect(text).toContain('VALID')
})

test('a run that committed nothing', () => {
  const nothing = sampleResult({
    tps: 0,
    latency: latency(0, 0),
    transactions: [],
    statements: [],
    totals: totals({ committed: 0, failed: 5 }),
  })
  expect(summarise(nothing, plain)).toContain('no commits')
})

test('it keeps to 80 columns, but for commands, and has colour only if asked', () => {
  for (const columns of [40, 60, 80, 200]) {
    for (const result of [sampleResult(), everythingWrong] as Result[]) {
      const text = summarise(result, { ...plain, columns, savedTo: null })
      const lines = text.split('\n').filter(line => !line.includes('oltp bench'))
      const wide = lines.filter(line => displayWidth(line) > 80)
      expect(wide).toEqual([])
      expect(text).not.toContain('\x1b')
      const coloured = summarise(result, { ...plain, columns, savedTo: null, colour: true })
      expect(coloured).toContain('\x1b[')
      expect(stripVTControlCharacters(coloured)).toBe(text)
    }
  }
})

test('what a server or a file says cannot write on the terminal', () => {
  const evil = '\x1b[2J\x07evil'
  const result = sampleResult({
    labels: { label: evil },
    invariants: [{ name: evil, held: false, checks: 1, expected: evil, found: evil, when: 'after', at_s: 1 }],
    broken: { kind: 'statement', message: evil, transaction: 'transfer' },
  })
  expect(summarise(result, plain)).not.toContain('\x1b')
  expect(summarise(result, plain)).not.toContain('\x07')
})
