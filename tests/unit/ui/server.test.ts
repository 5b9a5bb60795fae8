import { expect, test } from 'vitest'
import type { ServerRow } from '#oltp/measure/server-rows.js'
import type { RunEvent } from '#oltp/run/events.js'
import { serverLine } from '#oltp/ui/panels/server.js'
import { initialState, reduce } from '#oltp/ui/state.js'
import { viewModel } from '#oltp/ui/view-model.js'
import { textOf } from '../../support/screens.js'

function said(...rows: ServerRow['values'][]) {
  const events: RunEvent[] = rows.map((values, at) => ({ kind: 'server', row: { t_s: at + 2, interval_s: 2, values } }))
  return viewModel(events.reduce(reduce, initialState), { now: 0, openedAt: 0, window: '60s', title: '' })
}

test('counters add up over the load, rates are of the last look', () => {
  const first = { wal_bytes: 9_000_000, checkpoints_timed: 1, checkpoints_requested: 0, deadlocks: 4, lock_waiting: 3 }
  const model = said(first, { ...first, wal_bytes: 3000, checkpoints_requested: 2, deadlocks: 0, lock_waiting: 0 })
  expect(model.server).toMatchObject({ checkpoints: 4, deadlocks: 4, walBytesPerSecond: 1500, lockWaiting: 0, cacheMisses: null })
})

test('an engine says what it has', () => {
  const innodb = { row_lock_waits: 50, dirty_pages: 1234, buffer_requests: 1000, buffer_reads: 1, wal_bytes: null }
  expect(textOf([serverLine(said(innodb), 80)])).toBe(' Server cache misses 0.1% · 25.0 row-lock waits/s · 1,234 dirty pages')
})

test('what does not fit is left out whole, and silence is said', () => {
  const model = said({ lock_waiting: 2, wal_bytes: 2_000_000, deadlocks: 7 })
  expect(textOf([serverLine(model, 46)])).toBe(' Server 2 waiting for locks · WAL 1.0 MB/s')
  expect(textOf([serverLine(model, 42)])).toBe(' Server 2 waiting for locks')
  expect(textOf([serverLine(said(), 80)])).toBe(' Server has not said anything yet')
})

test('more pages read than asked for, by read-ahead, are no more than all', () => {
  expect(said({ buffer_requests: 10, buffer_reads: 25 }).server?.cacheMisses).toBe(1)
})
