import { expect, test } from 'vitest'
import { waitLines } from '#oltp/ui/demo/wait-lines.js'
import { textOf } from '../../../support/screens.js'

/** Whom the server does not name stands with a question mark. */
const wait = (session: string, ...all: string[]) => ({
  session,
  blockers: all.filter(name => !name.endsWith('?')),
  inferred: all.filter(name => name.endsWith('?')).map(name => name.slice(0, -1)),
  lock: 'X',
})
const drawn = (waits: readonly ReturnType<typeof wait>[], cycle: readonly string[] | null = null) => textOf(waitLines({ waits, cycle }))

test('nobody waits', () => {
  expect(drawn([])).toBe('')
})

test('one waits, several wait in a row, and for several', () => {
  expect(drawn([wait('B', 'A')])).toBe(' B ──▶ A  X')
  expect(drawn([wait('B', 'A'), wait('C', 'B')])).toBe(' C ──▶ B ──▶ A  X')
  expect(drawn([wait('B', 'A'), wait('C', 'A')])).toBe(' B ──▶ A  X\n C ──▶ A  X')
  expect(drawn([wait('C', 'A', 'B')])).toBe(' C ──▶ A, B  X')
  expect(drawn([wait('B')])).toBe(' B ──▶ ?  X')
})

test('what the server has not told is drawn another way, and with a question mark', () => {
  expect(drawn([wait('B', 'A?')])).toBe(' B ┄┄▶ A?  X')
  expect(drawn([wait('B', 'A?'), wait('C', 'B')])).toBe(' C ──▶ B ┄┄▶ A?  X')
  expect(drawn([wait('B', 'A'), wait('C', 'B?')])).toBe(' C ┄┄▶ B? ──▶ A  X')
  expect(drawn([wait('C', 'A', 'B?')])).toBe(' C ──▶ A, B?  X')
  expect(drawn([wait('A', 'B?'), wait('B', 'A?')])).toBe(' A ┄┄▶ B? ┄┄▶ A?  X')
})

test('a cycle comes back to where it began, whoever waits outside it', () => {
  expect(drawn([wait('A', 'B'), wait('B', 'A')], ['A', 'B'])).toBe(' A ──▶ B ──▶ A  deadlock  space tells how it ends')
  const outside = drawn([wait('A', 'B'), wait('B', 'A'), wait('C', 'A')], ['A', 'B'])
  expect(outside).toBe(' A ──▶ B ──▶ A  deadlock  space tells how it ends\n C ──▶ A  X')
})

test('every wait is drawn once, also where no chain has a beginning', () => {
  const ring = [wait('A', 'B'), wait('B', 'C'), wait('C', 'A')]
  expect(drawn(ring)).toBe(' A ──▶ B ──▶ C ──▶ A  X')
})
