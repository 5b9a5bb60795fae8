import { expect, test } from 'vitest'
import { tableLines } from '#oltp/ui/demo/answer-table.js'
import { lineWidth } from '#oltp/ui/line.js'
import { textOf } from '../../../support/screens.js'

const doctors = {
  columns: ['id', 'name', 'on_call'],
  rows: [
    [1, 'Alice', true],
    [12, 'Bob', null],
  ],
}

test('numbers stand right, texts left, nulls are said', () => {
  expect(textOf(tableLines(doctors, 40, 6))).toMatchInlineSnapshot(`
    "id  name   on_call
     1  Alice  true
    12  Bob    null"
  `)
})

test('what there is no room for is counted, or cut with a mark', () => {
  expect(textOf(tableLines({ columns: ['n'], rows: [[1], [2], [3]] }, 40, 2))).toMatchInlineSnapshot(`
    "n
    1
    2
    … 1 more"
  `)
  const narrow = tableLines({ columns: ['id', 'description'], rows: [[1, 'something long to say']] }, 14, 6)
  expect(textOf(narrow)).toMatchInlineSnapshot(`
    "id  descripti…
     1  something…"
  `)
  expect(Math.max(...tableLines({ columns: [...'abcdefghij'], rows: [] }, 11, 6).map(lineWidth))).toBeLessThanOrEqual(11)
})

test('an empty answer is an answer', () => {
  expect(textOf(tableLines({ columns: ['id'], rows: [] }, 40, 6))).toBe('id\nno rows')
})
