import { expect, test } from 'vitest'
import { waitsOf, withoutWaits } from '#oltp/run/without-waits.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { phase } from '../../support/inline-load.js'
import { resolved, step, transaction } from '../../support/resolved.js'

const idle = resolved({
  phases: [phase({ durationMs: 1000, rate: { from: 10, to: 10 } }), phase({ durationMs: 1000 })],
  transactions: [
    transaction('slow', [step.sleep(5), step.sql('SELECT 1'), step.if('1 = 1', [step.sleep(5), step.sql('SELECT 2')], [step.sleep(5)])], {
      think: parseExpression('10'),
      keying: parseExpression('10'),
      afterCommit: [step.savepoint('a', [step.repeat('2', {}, [step.sleep(5), step.sql('SELECT 3')])])],
    }),
  ],
})

test('rates, think times and sleeps are left out, wherever they are, and nothing else is', () => {
  const { phases, transactions, ...rest } = withoutWaits(idle)
  expect(phases.map(({ rate }) => rate)).toEqual([null, null])
  expect(phases.map(({ clients }) => clients)).toEqual(idle.phases.map(({ clients }) => clients))
  expect(transactions).toEqual([
    transaction('slow', [step.sql('SELECT 1'), step.if('1 = 1', [step.sql('SELECT 2')], [])], {
      afterCommit: [step.savepoint('a', [step.repeat('2', {}, [step.sql('SELECT 3')])])],
    }),
  ])
  expect(rest).toEqual({ ...idle, phases: undefined, transactions: undefined })
})

test('what is left out is said, and nothing where there is nothing', () => {
  expect(waitsOf(idle)).toEqual([expect.stringMatching(/^the rate/), 'think times', 'sleeps'])
  expect(waitsOf(withoutWaits(idle))).toEqual([])
})
