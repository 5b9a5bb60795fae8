import { expect, test } from 'vitest'
import type { RunEvent } from '#oltp/run/events.js'
import { sampleEvents } from '../../support/sample-run.js'
import { linesOf, textOf } from '../../support/screens.js'

const states: RunEvent = {
  kind: 'anomalies',
  states: [
    {
      name: 'lists',
      looked: true,
      kinds: [
        { name: 'lost update', meaning: 'both updated one version', count: 1234, perMinute: 3000 },
        { name: 'G-single', meaning: 'read skew', count: 12, perMinute: null },
      ],
      detail: 'in 2,301 of 2,865 transactions so far',
    },
    { name: 'more lists', looked: false, kinds: [], detail: 'in 0 of 10 transactions so far' },
    {
      name: 'counters',
      looked: true,
      kinds: [{ name: 'lost increment', meaning: 'x', count: 47, perMinute: 60 }],
      detail: 'in 900 commits',
    },
    { name: 'on call', looked: true, kinds: [], detail: 'in 80 commits so far' },
  ],
}

test('the view of checks tells anomalies by name, with their rates', () => {
  const text = textOf(linesOf([...sampleEvents(47), states], 47, 80, 24, { view: 'checks' }))
  expect(text).toMatch(/─ Checks, at [a-z' ]+ ─/)
  expect(text).toMatch(/! lists +1,246 in 2,301 of 2,865 transactions so far/)
  expect(text).toMatch(/lost update +1,234 +3,000\/min +both updated one version/)
  expect(text).toMatch(/G-single +12 +read skew/)
  expect(text).toMatch(/· more lists +in 0 of 10 transactions so far/)
  expect(text).toMatch(/! counters +47 in 900 commits/)
  expect(text).toMatch(/✓ on call +none in 80 commits so far/)
})

test('the overview tells how many there are, and of which rate', () => {
  const text = textOf(linesOf([...sampleEvents(47), states], 47, 120, 40, { view: 'overview' }))
  expect(text).toMatch(/! lists +1,246, 3,000\/min/)
  expect(text).toMatch(/· more lists +not yet/)
  expect(text).toMatch(/! counters +47, 60\/min/)
})
