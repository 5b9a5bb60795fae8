import { describe, expect, it } from 'vitest'
import { stepsAgain } from '#oltp/demo/retry.js'
import { decide, keep, previewOf, stepsFor, textOf } from '#oltp/demo/script.js'
import type { StatementStep } from '#oltp/scenario/demo/model.js'
import type { Value } from '#oltp/scenario/values.js'
import { demoOf } from '../../support/demo-plots.js'

const stepOf = (step: string): StatementStep => {
  const [first, second] = demoOf(['A: SELECT 1, save: [qty, price], save_count: count', step]).plot.schedule
  return (second ?? first) as StatementStep
}
const known = (values: { readonly [name: string]: Value }) => new Map(Object.entries(values))

describe('the steps that an engine runs', () => {
  it('are those that have a text there', () => {
    const { plot } = demoOf(['A: { mysql: DO 0 }', 'A: { postgres: SELECT 1 }', 'wait: A', 'A: { mariadb: DO 1 }', 'A: SELECT 2'])
    expect([stepsFor(plot, 'postgres'), stepsFor(plot, 'mysql'), stepsFor(plot, 'mariadb')]).toEqual([
      [1, 2, 4],
      [0, 2, 4],
      [0, 2, 3, 4],
    ])
  })
})

describe('a step', () => {
  it('computes in order, each with those before', () => {
    const saved = known({ qty: 10 })
    expect(decide(stepOf('A: "SELECT :c", set: { b: qty + 1, c: b * 2 }'), saved)).toBe(true)
    expect(Object.fromEntries(saved)).toEqual({ qty: 10, b: 11, c: 22 })
  })

  it('computes nothing where it is not sent', () => {
    const saved = known({ qty: 10 })
    expect(decide(stepOf('A: SELECT 1, set: { b: qty }, if: qty > 10'), saved)).toBe(false)
    expect(decide(stepOf('A: SELECT 1, set: { b: qty }, if: price > 10'), saved)).toBe(false)
    expect([...saved.keys()]).toEqual(['qty'])
  })

  it('keeps the first row by its names, whichever way they are written, and nothing as null', () => {
    const saved = known({})
    const step = stepOf('A: SELECT 1, save: [qty, price], save_count: count')
    keep(
      step,
      {
        columns: ['QTY', 'other'],
        rows: [
          [1, 2],
          [3, 4],
        ],
        affected: 2,
        tag: null,
      },
      saved,
    )
    expect(Object.fromEntries(saved)).toEqual({ qty: 1, price: null, count: 2 })
    keep(step, { columns: [], rows: [], affected: 5, tag: null }, saved)
    expect(Object.fromEntries(saved)).toEqual({ qty: null, price: null, count: 5 })
  })

  it('is sent with null for what was never read, and shown with its name', () => {
    const step = stepOf('A: "UPDATE t SET v = :qty, w = :sum", set: { sum: qty + 1 }')
    expect(textOf(step, 'postgres', known({}))).toBe('UPDATE t SET v = NULL, w = NULL')
    expect(previewOf(step, 'postgres', known({}))).toBe('UPDATE t SET v = :qty, w = :sum')
    expect(previewOf(step, 'postgres', known({ qty: 1 }))).toBe('UPDATE t SET v = 1, w = 2')
    expect(previewOf(step, 'postgres', known({ sum: 9 }))).toBe('UPDATE t SET v = :qty, w = :sum')
  })

  it('is shown as it is written where it cannot be computed, and says so when it is sent', () => {
    const step = stepOf('A: "UPDATE t SET v = :sum", set: { sum: qty + 1 }')
    expect(previewOf(step, 'postgres', known({ qty: 'many' }))).toBe('UPDATE t SET v = :sum')
    expect(() => decide(step, known({ qty: 'many' }))).toThrow('session A, «sum: qty + 1»')
    expect(() => textOf(stepOf('A: "SELECT :qty"'), 'postgres', known({ qty: [1] }))).toThrow('session A, «SELECT :qty»')
  })
})

describe('what is said again of a transaction that failed', () => {
  const steps = [
    'A: SELECT 1',
    'A: BEGIN',
    'B: BEGIN',
    'A: SELECT 2',
    'wait: A',
    'A: "COMMIT", if: 1 = 1',
    'A: ROLLBACK',
    'A: BEGIN',
    'A: COMMIT',
    'B: COMMIT',
  ]

  it('is from its BEGIN to its last end, of this session alone', () => {
    const { plot } = demoOf(steps, 'retry: A')
    expect([3, 5].map(failed => stepsAgain(plot, 'mysql', 'A', failed))).toEqual([
      [1, 3, 5, 6],
      [1, 3, 5, 6],
    ])
    expect(stepsAgain(plot, 'mysql', 'A', 8)).toEqual([7, 8])
  })

  it('is nothing outside a transaction, or for a session that gives up', () => {
    expect(stepsAgain(demoOf(steps, 'retry: A').plot, 'mysql', 'A', 0)).toEqual([])
    expect(stepsAgain(demoOf(steps).plot, 'mysql', 'A', 3)).toEqual([])
    expect(stepsAgain(demoOf(['A: BEGIN', 'A: CREATE TABLE made (id INT)'], 'retry: A\nengines: [mysql]').plot, 'mysql', 'A', 1)).toEqual(
      [],
    )
  })
})
