import { expect, test } from 'vitest'
import type { RunEvent } from '#oltp/run/events.js'
import { initialState, reduce, type ViewState } from '#oltp/ui/state.js'
import { viewModel } from '#oltp/ui/view-model.js'
import type { Window } from '#oltp/ui/window.js'
import { quietGenerator } from '../../support/quiet-generator.js'
import { sampleResult } from '../../support/sample-result.js'
import { sampleEvents, samplePreparation, sampleScenario, startedAt } from '../../support/sample-run.js'
import { sliceOf } from '../../support/slices.js'

function after(events: readonly RunEvent[], state: ViewState = initialState): ViewState {
  return events.reduce(reduce, state)
}

function view(state: ViewState, seconds: number, window: Window = '60s') {
  return viewModel(state, { now: startedAt + seconds * 1000, openedAt: startedAt - 4000, window, title: 'transfers' })
}

function tick(t_s: number, phase: number, committed: number, latencies: readonly number[] = []): RunEvent {
  return {
    kind: 'tick',
    tick: {
      t_s,
      interval_s: 1,
      phase,
      clients: 16,
      inTransaction: 3,
      backingOff: 0,
      backlog: 0,
      offered: committed,
      transactions: [{ name: 'transfer', committed, rolledBack: 10, failed: 1, retries: 5, latency: sliceOf(latencies) }],
      statements: [],
      errors: [],
      generator: quietGenerator,
    },
  }
}

const loaded = after(sampleEvents(0))

test('a step of the preparation is replaced when it is heard of again, and keeps its place', () => {
  const state = after([
    ...samplePreparation,
    { kind: 'preparation', step: { id: 'migrate', label: 'migrate', state: 'done', detail: 'x', fraction: 1 } },
  ])
  expect(state.preparation.map(({ id, detail }) => `${id}: ${detail}`)).toEqual([
    'server: PostgreSQL 18.4 on port 54123',
    'migrate: x',
    'seed:account: 4,300 of 10,000 rows, 410,000/s, 1 s left',
  ])
  expect(view(state, 0)).toMatchObject({ status: 'PREPARING', elapsed_s: 4, total_s: null })
})

test('the big numbers are of the last five seconds of the phase, and compared with the five before', () => {
  const events = Array.from({ length: 10 }, (_, at) => tick(at + 1, 0, at < 5 ? 100 : 150, at < 5 ? [1000] : [3000, 3000]))
  const model = view(after(events, loaded), 10)
  expect(model.now).toMatchObject({ tps: 150, tpsBefore: 100, p95_us: 3000, p95Before_us: 1000, retriesPerSecond: 5, retriesEach: 5 / 161 })
  expect(model.phaseSoFar).toMatchObject({ avgTps: 125, maxTps: 150, failed: 10, rolledBack: 100 })
})

test('what one phase did is not counted in the next', () => {
  const warm = [tick(4, 0, 1000, [9_000_000]), tick(5, 0, 1000, [9_000_000])]
  const model = view(after([...warm, { kind: 'phase', index: 1, t_s: 5 }, tick(6, 1, 100, [1000])], loaded), 6)
  expect(model.now).toMatchObject({ tps: 100, tpsBefore: null, p95_us: 1000 })
  expect(model.transactions[0]).toMatchObject({ name: 'transfer', tps: 100, max_us: 1000 })
  expect(model.phaseSoFar.maxTps).toBe(100)
  expect(model.charts.tps.map(({ value }) => value)).toEqual([1000, 1000, 100])
})

test('a window reaches back as far as it says, and never over the phase', () => {
  const events = Array.from({ length: 30 }, (_, at) => tick(at + 1, 0, at < 20 ? 0 : 60))
  const state = after(events, loaded)
  expect(view(state, 30, '10s').transactions[0]?.tps).toBe(60)
  expect(view(state, 30, '10s').window.label).toBe('last 10 s')
  expect(view(state, 30, '60s').transactions[0]?.tps).toBe(20)
  expect(view(state, 30, '60s').window.label).toBe('this phase')
  expect(view(state, 30, 'all').transactions[0]?.tps).toBe(20)
})

test('a quantile of a window is that of all its values, not a mean of quantiles', () => {
  const state = after([tick(1, 0, 3, [10, 10, 10]), tick(2, 0, 1, [1000])], loaded)
  expect(view(state, 2).transactions[0]).toMatchObject({ p50_us: 10, p99_us: 1000 })
})

test('transactions of the mix are listed before they have run; those of weight 0 are not', () => {
  expect(view(loaded, 0).transactions.map(({ name, tps }) => `${name} ${tps}`)).toEqual(['transfer 0', 'balance 0'])
  const weighted = after([], {
    ...loaded,
    load: loaded.load && {
      ...loaded.load,
      scenario: { ...sampleScenario, groups: [{ name: 'g', clients: 1, share: null, weights: { transfer_versioned: 1 } }] },
    },
  })
  expect(view(weighted, 0).transactions.map(({ name }) => name)).toContain('transfer_versioned')
})

test('conflicts are counted by code, most frequent first, and those that are not retried are no cause of retries', () => {
  const model = view(after(sampleEvents(40)), 40)
  expect(model.now.causes.map(({ code }) => code)).toEqual(['40001', '40P01'])
  expect(model.errors.map(({ code, retried, total }) => [code, retried, total > 0])).toEqual([
    ['40001', true, true],
    ['40P01', true, true],
  ])
})

test('the first error of a kind, a broken invariant and notices become events; what is said again is counted', () => {
  const broken: RunEvent = {
    kind: 'invariants',
    states: [{ name: 'money is conserved', status: 'broken', checkedAt_s: 4, detail: 'expected 10, found 9' }],
  }
  const notice: RunEvent = { kind: 'notice', level: 'info', t_s: 5, text: 'again' }
  const state = after([broken, broken, notice, notice], after(sampleEvents(3)))
  expect(view(state, 5).events.map(({ text, times }) => `${text} ×${times}`)).toMatchInlineSnapshot(`
    [
      "again ×2",
      "invariant broken: money is conserved. expected 10, found 9 ×1",
      "40P01 deadlock detected · transfer ×1",
      "40001 could not serialize access due to concurrent update · transfer ×1",
      "phase warmup begins ×1",
    ]
  `)
})

test('the state goes from preparing to done, and says what it waits for', () => {
  const running = after(sampleEvents(8))
  const says = (state: ViewState, seconds: number) => {
    const { status, message } = view(state, seconds)
    return `${status}${message ? `: ${message}` : ''}`
  }
  const stopping = reduce(running, { kind: 'stopping', how: 'drain' })
  expect([
    says(initialState, 0),
    says(after(sampleEvents(3)), 3),
    says(running, 8),
    says(running, 999),
    says(stopping, 9),
    says(reduce(stopping, { kind: 'stopping', how: 'now' }), 9),
    says(
      reduce(running, {
        kind: 'preparation',
        step: { id: 'verify', label: 'check invariants', state: 'running', detail: '2 of 3', fraction: null },
      }),
      999,
    ),
    says(reduce(running, { kind: 'result', result: sampleResult() }), 999),
    says(reduce(stopping, { kind: 'result', result: sampleResult({ interrupted: 'drained' }) }), 9),
  ]).toMatchInlineSnapshot(`
    [
      "PREPARING",
      "WARM-UP",
      "RUNNING",
      "FINISHING",
      "STOPPING: stopping: finishing 14 transactions, q again stops now",
      "STOPPING: stopping now: transactions in flight are cut off",
      "FINISHING: check invariants: 2 of 3",
      "DONE",
      "STOPPED",
    ]
  `)
})

test('the clock stops at the end, progress follows time or, where there is none, transactions', () => {
  const running = after(sampleEvents(8))
  expect(view(running, 8)).toMatchObject({ elapsed_s: 8, total_s: 95, phase: { index: 1, fraction: 3 / 60 } })
  expect(view(running, 999).elapsed_s).toBe(95)
  const counted = loaded.load && {
    ...loaded.load,
    scenario: { ...sampleScenario, phases: [{ ...sampleScenario.phases[0], durationMs: null, transactions: 100 }] },
  }
  const state = after([tick(1, 0, 389)], { ...loaded, load: counted as ViewState['load'] })
  expect(view(state, 1)).toMatchObject({ total_s: null, phase: { fraction: 400 / 800 } })
})

test('memory does not grow with the length of a run', () => {
  const state = after(
    Array.from({ length: 1000 }, (_, at) => [
      tick(at + 1, 0, 1),
      { kind: 'notice', level: 'info', t_s: at, text: `${at}` } as const,
    ]).flat(),
    loaded,
  )
  expect(state.ticks.length).toBeLessThanOrEqual(302)
  expect(state.events).toHaveLength(200)
  expect(state.points).toHaveLength(1000)
})
