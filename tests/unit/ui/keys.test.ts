import { expect, test } from 'vitest'
import { initialControls, keyBindings, press, views } from '#oltp/ui/keys.js'
import { windows } from '#oltp/ui/window.js'

const after = (...keys: string[]) => keys.reduce(press, initialControls)

test('every key does what the help says', () => {
  expect(after('q').stops).toBe(1)
  expect(after('q', 'ctrl+c').stops).toBe(2)
  expect([after('space').frozen, after('space', 'space').frozen]).toEqual([true, false])
  expect(['1', '2', '3', '4'].map(key => after(key).view)).toEqual(views)
  expect([1, 2, 3, 4].map(times => after(...new Array<string>(times).fill('tab')).view)).toEqual([
    'transactions',
    'errors',
    'checks',
    'overview',
  ])
  expect([0, 1, 2, 3].map(times => after(...new Array<string>(times).fill('t')).window)).toEqual(['60s', '5m', 'all', '10s'])
  expect(windows).toContain(initialControls.window)
  expect([after('?').help, after('?', '?').help, after('?', '2').help]).toEqual([true, false, false])
  expect(after('3', '?', 'escape')).toEqual(initialControls)
})

test('a key that means nothing changes nothing, and no key means two things', () => {
  expect(after('x', 'ctrl+z', '')).toEqual(initialControls)
  const all = keyBindings.flatMap(({ keys }) => keys)
  expect(new Set(all).size).toBe(all.length)
})
