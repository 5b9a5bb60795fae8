import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayWidth } from '#oltp/format.js'
import { clauseLines, statementLines } from '#oltp/scenario/demo/statement-lines.js'

test('a statement that fits stays in one line', () => {
  expect(statementLines('SELECT qty FROM products WHERE id = 1', 40)).toEqual(['SELECT qty FROM products WHERE id = 1'])
})

test('one that does not is broken before a clause, then at spaces', () => {
  expect(statementLines('SELECT qty FROM products WHERE id = 1', 30)).toEqual(['SELECT qty FROM products', '  WHERE id = 1'])
  expect(statementLines('UPDATE accounts SET balance = balance + 10, version = version + 1 WHERE id = 2', 30)).toEqual([
    'UPDATE accounts',
    '  SET balance = balance + 10,',
    '    version = version + 1',
    '  WHERE id = 2',
  ])
})

test('lines that were written as lines stay so where they fit', () => {
  const written = 'SELECT qty\n  FROM products\n WHERE id = 1'
  expect(statementLines(written, 20)).toEqual(['SELECT qty', '  FROM products', ' WHERE id = 1'])
  expect(statementLines(written, 60)).toHaveLength(3)
  expect(statementLines(written, 12)[0]).toBe('SELECT qty')
})

test('quotes and brackets are no place to break at', () => {
  expect(clauseLines("INSERT INTO log VALUES ('from where', (SELECT 1 FROM t))", 80)).toEqual([
    'INSERT INTO log',
    "VALUES ('from where', (SELECT 1 FROM t))",
  ])
  expect(clauseLines('DELETE FROM t WHERE id = 1', 80)).toEqual(['DELETE FROM t', 'WHERE id = 1'])
  expect(clauseLines('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', 80)).toHaveLength(1)
  expect(clauseLines('SELECT id FROM jobs LIMIT 1 FOR UPDATE SKIP LOCKED', 80).at(-1)).toBe('FOR UPDATE SKIP LOCKED')
})

test('nothing of it is left out, and no line is too long', () => {
  const words = fc.array(fc.stringMatching(/^[a-zA-Z0-9=,('")]{1,20}$/), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(words, fc.integer({ min: 12, max: 60 }), (parts, width) => {
      const sql = parts.join(' ')
      for (const lines of [statementLines(sql, width), clauseLines(sql, width)]) {
        expect(lines.join('').replaceAll(' ', '')).toBe(sql.replaceAll(' ', ''))
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width)
      }
    }),
  )
})
