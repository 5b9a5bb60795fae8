import { describe, expect, test } from 'vitest'
import { effectOf, hasReply, normalise, type Recording } from '#oltp/server/stub/recording.js'
import { Shapes } from '#oltp/server/stub/shapes.js'

describe('texts that differ in the length of a list only', () => {
  test.each([
    ['postgres', 'SELECT 1 FROM t WHERE id IN ($1, $2, $3) AND v > $4', 'SELECT 1 FROM t WHERE id IN ($1) AND v > $2'],
    ['mysql', 'SELECT 1 FROM t WHERE id IN (?, ?, ?) AND v > ?', 'SELECT 1 FROM t WHERE id IN (?) AND v > ?'],
  ] as const)('are alike on %s', (engine, long, short) => {
    expect(normalise(long, engine)).toBe(normalise(short, engine))
  })

  test('are not alike where anything else differs', () => {
    expect(normalise('SELECT a FROM t WHERE id = $1', 'postgres')).not.toBe(normalise('SELECT b FROM t WHERE id = $1', 'postgres'))
    expect(normalise('SELECT ? + ?', 'mysql')).not.toBe(normalise('SELECT ?', 'mysql'))
  })
})

test.each([
  ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'begin'],
  ['  start transaction READ ONLY', 'begin'],
  ['COMMIT', 'end'],
  ['rollback', 'end'],
  ['ROLLBACK TO SAVEPOINT "a"', 'back to savepoint'],
  ['ROLLBACK WORK TO `a`', 'back to savepoint'],
  ['SAVEPOINT a', 'none'],
  ['SELECT commit FROM begin', 'none'],
  ['UPDATE t SET a = 1', 'none'],
])('what %s does to the transaction: %s', (text, effect) => {
  expect(effectOf(text)).toBe(effect)
})

test('a text has a reply when it, or one like it, was executed', () => {
  const statement = { text: 'DELETE FROM t WHERE id IN ($1, $2)', description: Buffer.of(1), portal: null, query: null }
  const recording = (execute: Buffer | null): Recording => ({
    engine: 'postgres',
    parameters: Buffer.of(),
    statements: [{ ...statement, execute }],
  })
  expect(hasReply(recording(Buffer.of(1)), 'DELETE FROM t WHERE id IN ($1)')).toBe(true)
  expect(hasReply(recording(Buffer.of(1)), 'DELETE FROM t')).toBe(false)
  expect(hasReply(recording(null), 'DELETE FROM t WHERE id IN ($1)')).toBe(false)
})

describe('of several replies to one request', () => {
  test('the usual one is kept, and of its shape the first', () => {
    const shapes = new Shapes<string>()
    for (const [shape, reply] of [
      ['one row', 'a'],
      ['no row', 'b'],
      ['one row', 'c'],
    ] as const)
      shapes.add(shape, false, () => reply)
    expect(shapes.usual()).toBe('a')
  })

  test('an error is kept only where there is nothing else', () => {
    const shapes = new Shapes<string>()
    expect(shapes.usual()).toBeNull()
    for (let count = 0; count < 9; count++) shapes.add('error', true, () => 'deadlock')
    expect(shapes.usual()).toBe('deadlock')
    shapes.add('one row', false, () => 'fine')
    expect(shapes.usual()).toBe('fine')
  })
})
