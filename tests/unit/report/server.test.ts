import { expect, test } from 'vitest'
import type { Result } from '#oltp/measure/result.js'
import { summarise } from '#oltp/report/summary.js'
import { sampleResult } from '../../support/sample-result.js'

const plain = { colour: false, columns: 80, savedTo: null }
const nothing: Result['server'] = { missing: null, columns: [], rows: [], totals: {} }

function section(result: Result, from: string): string {
  return (
    summarise(result, plain)
      .split('\n\n')
      .find(lines => lines.startsWith(from)) ?? ''
  )
}

test('the mean time by statement stands beside the time that the server took for it', () => {
  const statements = sampleResult().statements.map((one, at) => ({ ...one, server: at === 3 ? null : { calls: 9, mean_us: 200 + at } }))
  expect(section(sampleResult({ statements }), 'Statement')).toMatchInlineSnapshot(`
    "Statement      per s  p50 ms  p95 ms  p99 ms  mean ms  server ms  time
    transfer/lock  1,510    2.10    8.40    21.0     2.94       0.20   65%
    transfer/3     1,474    0.52    2.08    5.20     0.73       0.20   16%
    transfer/4     1,474    0.48    1.92    4.80     0.67       0.20   14%
    look/1           368    0.70    2.80    7.00     0.98          –  5.3%"
  `)
  // Without any, no column of nothing.
  expect(section(sampleResult(), 'Statement')).not.toContain('server ms')
})

test('what the server did over the load, as far as it did anything', () => {
  const totals = {
    wal_bytes: 44_208_000,
    buffer_requests: 1_000_000,
    buffer_reads: 300,
    checkpoints_timed: 1,
    checkpoints_requested: 0,
    deadlocks: 88,
    row_lock_waits: 0,
  }
  const said = section(sampleResult({ server: { ...nothing, totals } }), 'Server')
  expect(said).toMatchInlineSnapshot(`
    "Server      fsync on · synchronous_commit on · full_page_writes on ·
                shared_buffers 128MB · max_wal_size 1GB · deadlock_timeout 1s ·
                default_transaction_isolation read committed
                over the load: 1.0 kB of WAL per commit · cache misses 0.03% · 1
                checkpoint · 88 deadlocks
    Machine     Sample CPU · 8 cores · kvm · shared with the server · load 0.4
                before"
  `)
  expect(section(sampleResult({ server: nothing }), 'Server')).not.toContain('over the load')
  // A read-only load writes no log to speak of.
  expect(section(sampleResult({ server: { ...nothing, totals: { wal_bytes: 500 } } }), 'Server')).not.toContain('WAL per commit')
})

test('what could not be seen is said with what would show it', () => {
  const missing = 'deadlocks, history_list_length: GRANT PROCESS makes them visible'
  expect(section(sampleResult({ server: { ...nothing, missing } }), 'Server')).toContain('GRANT PROCESS')
})
