import { expect, test } from 'vitest'
import type { DemoState } from '#oltp/demo/facts.js'
import { locksPanel } from '#oltp/ui/demo/locks-panel.js'
import { bWaits, sceneOf, viewOf, waiting } from '../../../support/demo-scene.js'
import { textOf } from '../../../support/screens.js'

const wants = { session: 'B', object: 't.PRIMARY 1', mode: 'X', granted: false }
const unnamed = { waits: bWaits.waits.map(wait => ({ ...wait, blockers: [], inferred: ['A'] })) }
const drawn = (waits: Pick<DemoState, 'waits'>, locks: readonly (typeof wants)[], rows = 10) =>
  textOf(locksPanel(viewOf(sceneOf(waiting, waits), { locks }), 60, rows))
    .split('\n')
    .slice(1)

test('who may hold what another wants is not among what the server lists, and marked', () => {
  expect(drawn(bWaits, [wants])).toEqual([' B  … wants X  t.PRIMARY 1'])
  expect(drawn(unnamed, [wants])).toEqual([' A  ? may hold what B wants', ' B  … wants X  t.PRIMARY 1'])
  expect(drawn(unnamed, [])).toEqual([' A  ? may hold what B wants'])
  expect(drawn(bWaits, [])).toEqual([' none'])
})

test('what has no room is counted', () => {
  expect(drawn(unnamed, [wants, { ...wants, session: 'A' }, { ...wants, granted: true }], 3)).toEqual([
    ' A  ? may hold what B wants',
    ' … 3 more',
  ])
})
