import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect } from '#oltp/scenario/model.js'
import { scanSql, textFor } from '#oltp/scenario/sql.js'
import { prepareStatement } from '#oltp/scenario/statement.js'
import { statementName } from '#oltp/scenario/statement-name.js'
import { ValueError } from '#oltp/scenario/value-error.js'
import type { Value } from '#oltp/scenario/values.js'

function names(text: string, dialect: Dialect): string[] {
  const { references, problems } = scanSql(text, dialect)
  expect(problems).toEqual([])
  return references.map(({ name, list, start, end }) => {
    expect(text.slice(start, end)).toBe(`:${name}${list ? '...' : ''}`)
    return `${name}${list ? '...' : ''}`
  })
}

describe('scanSql', () => {
  for (const [text, expected] of [
    ['SELECT * FROM t WHERE a = :a AND b IN (:ids...)', ['a', 'ids...']],
    ['SELECT :a,:b+:c', ['a', 'b', 'c']],
    ["SELECT ':no', 'it''s :no', :yes", ['yes']],
    ['SELECT ":no", :yes', ['yes']],
    ['SELECT 1 -- :no\n, :yes', ['yes']],
    ['SELECT /* :no ; */ :yes', ['yes']],
    ['SELECT :yes;', ['yes']],
    ['SELECT :yes ; -- the end; of it\n /* ; */ ', ['yes']],
    ['INSERT INTO t VALUES (:a, :a)', ['a', 'a']],
  ] as const) {
    for (const dialect of ['postgres', 'mysql'] as const) {
      it(`finds the values of ${text} (${dialect})`, () => expect(names(text, dialect)).toEqual(expected))
    }
  }

  for (const [text, expected] of [
    ['SELECT :a::int, b::text', ['a']],
    ["SELECT E'it\\'s :no', :yes", ['yes']],
    ["SELECT 'a\\', :yes", ['yes']],
    ["SELECT $$ :no ' ; $$, $tag$ $$ :no $tag$, :yes", ['yes']],
    ['SELECT /* /* :no */ :no */ :yes', ['yes']],
    ['SELECT a # :bits', ['bits']],
    ["SELECT j ? 'k' AND :yes", ['yes']],
    ['SELECT a[1:2], :yes', ['yes']],
    ["SELECT U&'\\0441' || date ':no' || :yes", ['yes']],
    ['SELECT tab$1, :yes', ['yes']],
  ] as const) {
    it(`finds the values of ${text} (PostgreSQL alone)`, () => expect(names(text, 'postgres')).toEqual(expected))
  }

  for (const [text, expected] of [
    ['SELECT \'it\\\'s :no\', "it\\"s :no", `a:b`, :yes', ['yes']],
    ['SELECT 1 # :no ;\n, :yes', ['yes']],
    ['SELECT 1--:yes', ['yes']],
    ['SELECT @x := :yes', ['yes']],
    ['SELECT /* /* :no */ :yes', ['yes']],
    ['SELECT /*+ NO_INDEX(t) */ :yes', ['yes']],
    ["SELECT j->'$.a', :yes", ['yes']],
  ] as const) {
    it(`finds the values of ${text} (MySQL alone)`, () => expect(names(text, 'mysql')).toEqual(expected))
  }

  for (const [text, dialect, message, marked] of [
    ['SELECT 1; SELECT 2', 'postgres', 'one statement', 'SELECT'],
    ['SELECT 1; ; ', 'mysql', 'one statement', ';'],
    ["SELECT 'abc", 'postgres', "what `'` opens here is never closed", "'"],
    ['SELECT `abc', 'mysql', 'what ``` opens here is never closed', '`'],
    ['SELECT /* abc', 'postgres', 'this comment has no end', '/*'],
    ['SELECT /* abc', 'mysql', 'this comment has no end', '/*'],
    ['SELECT $x$ abc $y$', 'postgres', 'never closed', '$x$'],
    ['SELECT $1', 'postgres', '`$1` is a placeholder without a name', '$1'],
    ['SELECT ?', 'mysql', '`?` is a placeholder without a name', '?'],
    ['COMMIT', 'postgres', 'COMMIT is not for a step', 'COMMIT'],
    ['start transaction', 'mysql', 'START is not for a step', 'start'],
    ['/* x */ rollback', 'mysql', 'ROLLBACK is not for a step', 'rollback'],
    ['', 'postgres', 'there is no statement here', ''],
    [' -- nothing', 'mysql', 'there is no statement here', ' -- nothing'],
  ] as const) {
    it(`refuses ${text || 'the empty text'} (${dialect})`, () => {
      const [problem, ...others] = scanSql(text, dialect).problems
      expect(others).toEqual([])
      expect(problem?.message).toContain(message)
      expect(text.slice(problem?.start, problem?.end)).toBe(marked)
    })
  }

  it('loses nothing of a text, whatever it is', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '`',
      '$$',
      '$a$',
      '/*',
      '*/',
      '--',
      '#',
      '\n',
      ':a',
      ':b...',
      '::',
      ':=',
      ';',
      'x',
      ' ',
      '\\',
      '?',
      '$1',
      'e',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), fc.constantFrom<Dialect>('postgres', 'mysql', 'mariadb'), (parts, dialect) => {
        const text = parts.join('')
        const scanned = scanSql(text, dialect)
        const marks = scanned.references.map(({ start, end }) => text.slice(start, end))
        const whole = scanned.parts.map((part, index) => part + (marks[index] ?? '')).join('')
        expect(text.startsWith(whole)).toBe(true)
        if (scanned.problems.length === 0) expect(text.slice(whole.length)).toMatch(/^(;|$)/)
      }),
      { numRuns: 2000, seed: 1 },
    )
  })
})

describe('textFor', () => {
  it('gives MariaDB the text of MySQL unless it has its own', () => {
    const sql = { postgres: 'p', mysql: 'm' }
    expect([textFor(sql, 'postgres'), textFor(sql, 'mysql'), textFor(sql, 'mariadb')]).toEqual(['p', 'm', 'm'])
    expect(textFor({ ...sql, mariadb: 'own' }, 'mariadb')).toBe('own')
    expect([textFor({ postgres: 'p' }, 'mysql'), textFor({ mariadb: 'own' }, 'mysql')]).toEqual([null, null])
  })
})

describe('prepareStatement', () => {
  const facts = { index: 3, name: 't/s', readsRows: true, last: false }
  const slots: { readonly [name: string]: number } = { a: 0, ids: 1 }
  const prepare = (text: string, dialect: Dialect) => prepareStatement(text, dialect, facts, name => slots[name] ?? -1)

  it('gives every occurrence a placeholder of its own', () => {
    const template = prepare(' SELECT :a, :a ; ', 'postgres')
    expect(template.text).toBe('SELECT $1, $2')
    expect(template.bind([7])).toEqual({ statement: { ...facts, text: 'SELECT $1, $2' }, parameters: [7, 7] })
    expect(prepare('SELECT :a, :a', 'mariadb').bind([null])).toEqual({
      statement: { ...facts, text: 'SELECT ?, ?' },
      parameters: [null, null],
    })
  })

  it('spreads a list, and keeps one statement per length', () => {
    const template = prepare('SELECT 1 WHERE x IN (:ids...) AND y = :a', 'postgres')
    const bind = (ids: Value[]) => template.bind([9, ids])
    expect(bind([1, 2, 3])).toEqual({
      statement: { ...facts, text: 'SELECT 1 WHERE x IN ($1, $2, $3) AND y = $4' },
      parameters: [1, 2, 3, 9],
    })
    expect(bind([]).statement.text).toBe('SELECT 1 WHERE x IN (NULL) AND y = $1')
    expect(bind([]).parameters).toEqual([9])
    expect(bind([4, 5]).statement).toBe(bind([6, 7]).statement)
    expect(bind([4]).statement).not.toBe(bind([6, 7]).statement)
    expect(prepare('SELECT 1 WHERE x IN (:ids...)', 'mysql').bind([0, [1, 2]]).statement.text).toBe('SELECT 1 WHERE x IN (?, ?)')
  })

  it('fills the same array at every call', () => {
    const plain = prepare('SELECT :a, :a', 'postgres')
    const { parameters } = plain.bind([1])
    expect(plain.bind([2]).parameters).toBe(parameters)
    expect(parameters).toEqual([2, 2])
    const list = prepare('SELECT :a, :ids...', 'postgres')
    expect(list.bind([1, [2, 3]]).parameters).toBe(list.bind([4, [5, 6]]).parameters)
    expect([list.bind([1, [2]]).parameters, list.bind([4, [5, 6]]).parameters]).toEqual([
      [1, 2],
      [4, 5, 6],
    ])
  })

  it('says where a list and a value are mistaken for each other', () => {
    expect(() => prepare('SELECT :ids', 'postgres').bind([0, [1]])).toThrow(
      new ValueError(':ids is a list; write :ids... to bind its items'),
    )
    expect(() => prepare('SELECT :a...', 'postgres').bind([5])).toThrow(':a... needs a list, found the integer 5; write :a')
    expect(() => prepare('SELECT :a...', 'postgres').bind([null])).toThrow('found null')
  })

  it('binds what looks like SQL as the value that it is', () => {
    const evil = "'; DROP TABLE t; --"
    expect(prepare('SELECT :a', 'postgres').bind([evil])).toEqual({ statement: { ...facts, text: 'SELECT $1' }, parameters: [evil] })
  })
})

describe('statementName', () => {
  for (const [text, name] of [
    ['SELECT balance FROM account WHERE id = :id', 'select_account'],
    ['select 1', null],
    ['INSERT INTO "Orders" (id) VALUES (1)', 'insert_orders'],
    ['INSERT IGNORE INTO `orders` VALUES (1)', 'insert_orders'],
    ['UPDATE bank.account SET x = 1', 'update_account'],
    ['DELETE FROM only_t', 'delete_only_t'],
    ['-- SELECT FROM x\n/* y */ delete from job', 'delete_job'],
    ['WITH due AS (SELECT id FROM job) UPDATE job SET x = 1', null],
    ['WITH due AS (SELECT id FROM job) SELECT * FROM due', 'with_due'],
    ['CALL settle()', null],
  ] as const) {
    it(`calls ${text} ${name}`, () => expect(statementName(text)).toBe(name))
  }
})
