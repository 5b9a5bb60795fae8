import { expect, test } from 'vitest'
import { createPlainProgress } from '#oltp/report/plain.js'
import type { RunEvent } from '#oltp/run/events.js'
import { sampleResult } from '../../support/sample-result.js'
import { sampleEvents, samplePreparation } from '../../support/sample-run.js'

/** Everything written; the clock moves by `stepMs` at each look at it. */
function told(events: readonly RunEvent[], intervalMs: number, stepMs = 0): string {
  let text = ''
  let now = 0
  const listener = createPlainProgress(
    piece => {
      text += piece
    },
    intervalMs,
    () => (now += stepMs),
  )
  for (const event of events) listener(event)
  return text
}

test('a run in plain lines', () => {
  const end: RunEvent[] = [
    { kind: 'notice', level: 'warning', t_s: 11.2, text: 'a \x1b[31mcheckpoint\x1b[0m began' },
    {
      kind: 'invariants',
      states: [{ name: 'money is conserved', status: 'broken', checkedAt_s: 12, detail: 'expected 10, found 9' }],
    },
    { kind: 'stopping', how: 'drain' },
    { kind: 'result', result: sampleResult() },
  ]
  expect(told([...sampleEvents(12), ...end], 5000)).toMatchInlineSnapshot(`
    "✓ start the server: PostgreSQL 18.4 on port 54123
    ✓ migrate bank: 2 files
    … seed account: 43%, 4,300 of 10,000 rows, 410,000/s, 1 s left
    ✓ seed account: 10,000 rows

    transfers · pessimistic on PostgreSQL 18.4 at localhost:5432/bench, seed 42

       time  phase  clients      tps  p50 ms  p95 ms  p99 ms  retries/s  failed
       0:00  phase warmup: 8 clients, closed loop, 5 s, not measured
       0:01  first 40001 (retried) in transfer: could not serialize access due to concurrent update
       0:03  first 40P01 (retried) in transfer: deadlock detected
       0:05  warmup       8    1,002    1.93    8.39    13.6       34.4       0
       0:05  phase steady: 16 clients, closed loop, 60 s
       0:10  steady      16    2,023    1.72    8.07    13.1       36.4       0
       0:11  warning: a checkpoint began
       0:12  invariant broken: money is conserved: expected 10, found 9
    stopping: finishing what is in flight; once more stops now

    "
  `)
})

test('a rate of arrivals has those that wait told as well', () => {
  const events = sampleEvents(6).map((event): RunEvent => {
    if (event.kind === 'tick') return { ...event, tick: { ...event.tick, backlog: 1234 } }
    if (event.kind !== 'load') return event
    const phases = event.scenario.phases.map(phase => ({ ...phase, rate: { from: 500, to: 500 } }))
    return { ...event, scenario: { ...event.scenario, phases } }
  })
  const lines = told(events, 5000).split('\n')
  expect(lines.find(line => line.includes('p95 ms'))).toMatch(/failed {2}waiting$/)
  expect(lines.find(line => / {2}warmup {2}/.test(line))).toMatch(/ 0 {4}1,234$/)
})

test('a line per second where that is asked for, and the lines have one width', () => {
  const lines = told(sampleEvents(8), 1000).split('\n')
  const numbers = lines.filter(line => /^ +\d+:\d\d {2}(warmup|steady) /.test(line))
  expect(numbers).toHaveLength(8)
  expect(new Set([...numbers, ...lines.filter(line => line.includes('p95 ms'))].map(line => line.length)).size).toBe(1)
})

test('the last second of a phase is told before the next phase begins', () => {
  const [phase, tick] = sampleEvents(6)
    .filter(event => event.kind === 'phase' || event.kind === 'tick')
    .slice(-2)
  if (!phase || tick?.kind !== 'tick') throw new Error('the sample has changed')
  const late: RunEvent = { kind: 'tick', tick: { ...tick.tick, t_s: 5, phase: 0 } }
  const text = told([...sampleEvents(0), phase, late, tick], 1000)
  expect(text.indexOf('  warmup ')).toBeLessThan(text.indexOf('phase steady'))
  expect(text.indexOf('phase steady')).toBeLessThan(text.indexOf('  steady '))
})

test('progress that comes too fast is held back; the beginning and the end of a step are always told', () => {
  const progress = Array.from(
    { length: 20 },
    (_, at): RunEvent => ({
      kind: 'preparation',
      step: { id: 'seed', label: 'seed account', state: 'running', detail: `${at} rows`, fraction: at / 20 },
    }),
  )
  const done: RunEvent = { kind: 'preparation', step: { id: 'seed', label: 'seed account', state: 'done', detail: '20 rows', fraction: 1 } }
  expect(told([...progress, done], 1000)).toBe('… seed account: 0%, 0 rows\n✓ seed account: 20 rows\n')
  expect(told([...progress, done], 1000, 400).split('\n').length).toBeGreaterThan(5)
})

test('a step that failed is marked', () => {
  const failed: RunEvent = {
    kind: 'preparation',
    step: { id: 'x', label: 'connect', state: 'failed', detail: 'no route to host', fraction: null },
  }
  expect(told([failed], 1000)).toBe('✗ connect\n')
  expect(told([...samplePreparation], 1000)).toContain('✓ migrate bank: 2 files')
})

test('a kind of error and a broken invariant are told once', () => {
  const broken: RunEvent = { kind: 'invariants', states: [{ name: 'sum', status: 'broken', checkedAt_s: 1, detail: 'found 9' }] }
  const text = told([...sampleEvents(12), broken, broken], 1000)
  expect(text.match(/first 40001/g)).toHaveLength(1)
  expect(text.match(/invariant broken/g)).toHaveLength(1)
})
