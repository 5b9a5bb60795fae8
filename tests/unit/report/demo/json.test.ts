import Big from 'big.js'
import { expect, it } from 'vitest'
import { demoJson } from '#oltp/report/demo/json.js'

it('a document has values as a reader expects them', () => {
  const rows = [[1, new Big('9.50'), { float: 2.5 }, 'x', null, true]]
  expect(JSON.parse(demoJson({ rows, float: { float: 1, other: 2 } }))).toEqual({
    rows: [[1, '9.5', 2.5, 'x', null, true]],
    float: { float: 1, other: 2 },
  })
})
