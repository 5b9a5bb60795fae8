import { expect, it } from 'vitest'
import { InvariantLog } from '#oltp/run/invariant-log.js'
import type { Invariant } from '#oltp/scenario/model.js'

const invariant: Invariant = { name: 'sum', sql: { postgres: 'SELECT 1' }, equals: 'before', check: ['during', 'after'], everyMs: 1000 }
const finding = (found: string) => ({ name: 'sum', held: found === '100', found, expected: '100' })

it('says what was found last, while it holds', () => {
  const log = new InvariantLog([invariant])
  expect(log.states()[0]?.status).toBe('not checked yet')
  log.record('during', 1.5, [finding('100')])
  log.record('after', null, [finding('100')])
  expect(log.results()).toEqual([{ name: 'sum', held: true, checks: 2, expected: '100', found: '100', when: 'after', at_s: null }])
})

it('stays broken once it was, with the first finding that shows it', () => {
  const log = new InvariantLog([invariant])
  log.record('during', 1.5, [finding('99')])
  log.record('during', 2.5, [finding('98')])
  log.record('after', null, [finding('100')])
  expect(log.results()).toEqual([{ name: 'sum', held: false, checks: 3, expected: '100', found: '99', when: 'during', at_s: 1.5 }])
  expect(log.states()[0]).toMatchObject({ status: 'broken', detail: 'found 99, expected 100' })
})
