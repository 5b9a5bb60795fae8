import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scrollTo } from '#oltp/ui/demo/scroll.js'
import { type Line, line } from '#oltp/ui/line.js'
import { textOf } from '../../../support/screens.js'

const blocks = (...heights: number[]): Line[][] =>
  heights.map((height, at) => Array.from({ length: height }, (_, row) => line(`${at}.${row}`)))
const shown = (heights: number[], focus: number, rows: number, by = 0) =>
  textOf(scrollTo(blocks(...heights), focus, rows, by).lines).split('\n')

test('what fits is shown from its beginning', () => {
  expect(scrollTo(blocks(1, 2, 1), 2, 10, 0)).toMatchObject({ above: 0, below: 0, lines: { length: 4 } })
})

test('what is in focus is whole, with something of what follows', () => {
  expect(shown([2, 2, 2, 2, 2, 2], 3, 8)).toEqual(['1.0', '1.1', '2.0', '2.1', '3.0', '3.1', '4.0', '4.1'])
  expect(shown([2, 2, 2, 2, 2, 2], 5, 4)).toEqual(['4.0', '4.1', '5.0', '5.1'])
  expect(shown([1, 9, 1], 1, 4)).toEqual(['1.0', '1.1', '1.2', '1.3'])
})

test('it is moved by hand, no further than there is anything', () => {
  expect(shown([2, 2, 2], 2, 2, -1)).toEqual(['1.1', '2.0'])
  expect(shown([2, 2, 2], 2, 2, -99)).toEqual(['0.0', '0.1'])
  expect(shown([2, 2, 2], 0, 2, 99)).toEqual(['2.0', '2.1'])
})

test('the beginning of the block in focus is always to be seen', () => {
  const heights = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(heights, fc.nat(), fc.integer({ min: 1, max: 20 }), (all, at, rows) => {
      const focus = at % all.length
      const { lines, above, below } = scrollTo(blocks(...all), focus, rows, 0)
      const total = all.reduce((sum, height) => sum + height, 0)
      expect(lines).toHaveLength(Math.min(rows, total))
      expect(above + lines.length + below).toBe(total)
      const text = textOf(lines).split('\n')
      expect(text).toContain(`${focus}.0`)
      if ((all[focus] ?? 0) <= rows) expect(text).toContain(`${focus}.${(all[focus] ?? 0) - 1}`)
    }),
  )
})
