import { expect, test } from 'vitest'
import { describeServer, rowBetween, type ServerColumn, type ServerSample } from '#oltp/measure/server-rows.js'

const columns: readonly ServerColumn[] = [
  { name: 'commits', kind: 'counter' },
  { name: 'waiting', kind: 'gauge' },
  { name: 'secret', kind: 'counter' },
]

function rowsOf(...samples: ServerSample[]) {
  return samples.slice(1).map((sample, at) => rowBetween(columns, samples[at] as ServerSample, sample))
}

test('counters are told as what they have grown by, gauges as they are', () => {
  const rows = rowsOf(
    { t_s: -0.25, values: [1000, 7, null] },
    { t_s: 1.0004, values: [1250, 3, null] },
    { t_s: 2, values: [1250, 0, null] },
  )
  expect(rows).toEqual([
    { t_s: 1.0004, interval_s: 1.2504, values: { commits: 250, waiting: 3, secret: null } },
    { t_s: 2, interval_s: expect.closeTo(0.9996), values: { commits: 0, waiting: 0, secret: null } },
  ])
  expect(describeServer(columns, rows, 'secret: not for you')).toEqual({
    missing: 'secret: not for you',
    columns: ['t_s', 'commits', 'waiting', 'secret'],
    rows: [
      [1, 250, 3, null],
      [2, 0, 0, null],
    ],
    // What nobody could read is no zero.
    totals: { commits: 250 },
  })
})

test('a counter that begins anew, because the server did, has grown by what it shows', () => {
  const rows = rowsOf(
    { t_s: 0, values: [1000, 0, 5] },
    { t_s: 1, values: [1100, 0, 6] },
    { t_s: 2, values: [30, 0, 7] },
    { t_s: 3, values: [50, 0, 8] },
  )
  expect(rows.map(({ values }) => values.commits)).toEqual([100, 30, 20])
  expect(describeServer(columns, rows, null).totals).toEqual({ commits: 150, secret: 3 })
})

test('without a row there is nothing but the reason', () => {
  expect(describeServer(columns, [], 'no connection')).toEqual({ missing: 'no connection', columns: [], rows: [], totals: {} })
})

test('a sample of other columns is refused', () => {
  const good: ServerSample = { t_s: 0, values: [1, 2, 3] }
  for (const values of [[1, 2], [1, 2, 3, 4], [Number.NaN, 2, 3], []]) {
    expect(() => rowBetween(columns, good, { t_s: 1, values })).toThrow(TypeError)
    expect(() => rowBetween(columns, { t_s: 0, values }, good)).toThrow(TypeError)
  }
})
