import { expect, test } from 'vitest'
import { isThatValue } from '#oltp/demo/explain/literals.js'

test.each([
  ['21', '21', true],
  ['5.00', '5', true],
  ['true', 'TRUE', true],
  ['1', 'TRUE', true],
  ['ann  ', 'ann', true],
  ['18', '21', false],
  ['Ann', 'Ben', false],
  ['2024-01-01T00:00:00Z', '2024-01-01', null],
  ['10:00:00', '10:00', null],
])('%s is what was written as %s: %s', (shown, literal, same) => {
  expect(isThatValue(shown, literal)).toBe(same)
})
