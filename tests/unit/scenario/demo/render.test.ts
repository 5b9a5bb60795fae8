import { describe, expect, it } from 'vitest'
import { decimal } from '#oltp/scenario/decimal.js'
import { literal, writeOut } from '#oltp/scenario/demo/render.js'
import type { Value } from '#oltp/scenario/values.js'

const write = (sql: string, values: { readonly [name: string]: Value } = {}, dialect: 'postgres' | 'mysql' = 'postgres') =>
  writeOut(sql, dialect, new Map(Object.entries(values)))

describe('a value as SQL text', () => {
  it.each<[Value, string, string]>([
    [null, 'NULL', 'NULL'],
    [0, '0', '0'],
    [-5, '-5', '-5'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991', '9007199254740991'],
    [true, 'TRUE', 'TRUE'],
    [false, 'FALSE', 'FALSE'],
    [decimal('12.50'), '12.5', '12.5'],
    [decimal('-0.000000000000000001'), '-0.000000000000000001', '-0.000000000000000001'],
    [decimal('1e30'), '1000000000000000000000000000000', '1000000000000000000000000000000'],
    [{ float: 4 }, '4.0', '4.0'],
    [{ float: 0.1 }, '0.1', '0.1'],
    [{ float: 1e-9 }, '1E-9', '1E-9'],
    [{ float: Number.NaN }, "'NaN'", "'NaN'"],
    [{ float: Number.NEGATIVE_INFINITY }, "'-Infinity'", "'-Infinity'"],
    ['', "''", "''"],
    ["it's", "'it''s'", "'it''s'"],
    ['say "hi"; -- `x`', '\'say "hi"; -- `x`\'', '\'say "hi"; -- `x`\''],
    ['C:\\new', "E'C:\\\\new'", "'C:\\\\new'"],
    ["\\'", "E'\\\\'''", "'\\\\'''"],
    ['Grüße 🎟', "'Grüße 🎟'", "'Grüße 🎟'"],
  ])('%o', (value, postgres, mysql) => {
    expect([literal(value, 'postgres'), literal(value, 'mysql'), literal(value, 'mariadb')]).toEqual([postgres, mysql, mysql])
  })
})

describe('a statement with its values written out', () => {
  it('leaves names without a value as they are', () => {
    expect(write('UPDATE t SET a = :a, b = :b WHERE id IN (:ids...)', { a: 1 })).toBe('UPDATE t SET a = 1, b = :b WHERE id IN (:ids...)')
  })

  it('leaves alone what only looks like a name', () => {
    const sql = 'SELECT a::int, \':a\', ":a", $$ :a $$ FROM t -- :a\n WHERE x[1:a] = /* :a */ :a'
    expect(write(sql, { a: 7 })).toBe(sql.replace('1:a', '1 7').replace(/:a$/, '7'))
    expect(write("SELECT ':a', @x := `:a`, :a # :a", { a: 7 }, 'mysql')).toBe("SELECT ':a', @x := `:a`, 7 # :a")
  })

  it('writes lists, an empty one so that nothing is in it', () => {
    expect(write('SELECT 1 WHERE id IN (:ids...)', { ids: [1, 'b', null] })).toBe("SELECT 1 WHERE id IN (1, 'b', NULL)")
    expect(write('SELECT 1 WHERE id IN (:ids...)', { ids: [] })).toBe('SELECT 1 WHERE id IN (NULL)')
    expect(() => write('SELECT :ids', { ids: [1] })).toThrow(':ids is a list; write :ids... for its items')
    expect(() => write('SELECT :id...', { id: 1 })).toThrow(':id... needs a list; write :id')
  })

  it('lets a value change nothing around it', () => {
    expect(write('SELECT qty-:n FROM t', { n: -5 })).toBe('SELECT qty- -5 FROM t')
    expect(write('SELECT qty-:n FROM t', { n: 5 })).toBe('SELECT qty-5 FROM t')
    expect(write('SELECT E:s', { s: 'a' })).toBe("SELECT E 'a'")
    expect(write("SELECT 'a':s", { s: 'b' })).toBe("SELECT 'a' 'b'")
    expect(write('SELECT LIMIT:n', { n: 5 })).toBe('SELECT LIMIT 5')
    expect(write('SELECT LIMIT:n')).toBe('SELECT LIMIT:n')
  })

  it('is not looked through for names again', () => {
    expect(write('SELECT :a, :b', { a: ':b', b: 1 })).toBe("SELECT ':b', 1")
  })

  it('ends before its semicolon', () => {
    expect(write('  SELECT 1 ; ')).toBe('SELECT 1')
    expect(write("SELECT ';'")).toBe("SELECT ';'")
  })
})
