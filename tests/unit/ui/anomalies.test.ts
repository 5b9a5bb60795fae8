import { expect, test } from 'vitest'
import type { RunEvent } from '#oltp/run/events.js'
import { sampleEvents } from '../../support/sample-run.js'
import { linesOf, textOf } from '../../support/screens.js'

const states: RunEvent = {
  kind: 'anomalies',
  states: [
    { name: 'lists', found: null, detail: '1,234 transactions to check after the load' },
    { name: 'counters', found: 47, detail: '47 of 900 updates lost' },
    { name: 'on call', found: 0, detail: 'seen by 0 of 80 commits' },
  ],
}

test('a running count of anomalies is among the checks', () => {
  const text = textOf(linesOf([...sampleEvents(47), states], 47, 100, 30, { view: 'checks' }))
  expect(text).toMatch(/· lists +1,234 transactions to check after the load/)
  expect(text).toMatch(/! counters +47 of 900 updates lost, 60\/min/)
  expect(text).toMatch(/✓ on call +seen by 0 of 80 commits/)
})
