import { expect, test } from 'vitest'
import { createEventTeller, type Progress } from '#oltp/database/postgres/monitor-events.js'

const start: Progress = { timed: 4, requested: 9, deadlocks: 2, written: 1000, checkpoint_ms: 500, tables: { account: [1, 1] } }

function told(...changes: Partial<Progress>[]): string[][] {
  const tell = createEventTeller()
  let now = start
  tell(now)
  return changes.map(change => {
    now = { ...now, ...change }
    return tell(now)
  })
}

test('a checkpoint is told when it begins and when it is over, with what it wrote since', () => {
  expect(told({ timed: 5, written: 1010 }, { written: 1500 }, { written: 2300, checkpoint_ms: 3000 }, {})).toEqual([
    ['timed checkpoint began'],
    [],
    ['checkpoint finished: 1,300 buffers written'],
    [],
  ])
})

test('one that is over between two looks is told at once; so are the next ones', () => {
  expect(told({ requested: 10, written: 1047, checkpoint_ms: 510 }, { requested: 11, written: 1050, checkpoint_ms: 520 })).toEqual([
    ['requested checkpoint: 47 buffers written'],
    ['requested checkpoint: 3 buffers written'],
  ])
})

test('autovacuum by table, also of one that was not there before', () => {
  expect(told({ tables: { account: [2, 1], journal: [0, 1] } }, {})).toEqual([['autovacuum of account', 'autoanalyze of journal'], []])
})

test('deadlocks are told once: the totals have them all', () => {
  expect(told({}, { deadlocks: 5 }, { deadlocks: 9 })).toEqual([[], ['first deadlock on the server'], []])
})

test('the first look tells nothing: what was before is not of this load', () => {
  expect(createEventTeller()(start)).toEqual([])
})
