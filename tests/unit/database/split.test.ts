import { describe, expect, it } from 'vitest'
import { migrations as mysql } from '#oltp/database/mysql/migrations.js'
import { migrations as postgres } from '#oltp/database/postgres/migrations.js'
import { splitStatements } from '#oltp/database/split.js'

const texts = (script: string, lexis = postgres.lexis) => splitStatements(script, lexis).map(statement => statement.text)

describe('splitStatements', () => {
  it('splits at semicolons, drops empty statements, and knows the line of each', () => {
    const script = '-- head\n\nCREATE TABLE a (\n  id INT\n);;\n\n  DROP TABLE a ; \n-- tail\n'
    expect(splitStatements(script, postgres.lexis)).toEqual([
      { text: 'CREATE TABLE a (\n  id INT\n)', line: 3 },
      { text: 'DROP TABLE a', line: 7 },
    ])
    expect(texts('')).toEqual([])
    expect(texts('-- nothing; here\n/* nor ; here */')).toEqual([])
    expect(texts('SELECT 1')).toEqual(['SELECT 1'])
  })

  it.each([
    ["SELECT 'a;b''c;d'"],
    ['SELECT "a;b""c;"'],
    ['SELECT 1 -- a;b\n, 2'],
    ['SELECT 1 /* a;b */ , 2'],
    ['SELECT 1 /* a /* b;c */ ; */ , 2'],
    ['SELECT $$ a;b $$'],
    ['SELECT $tag$ a; $$ ; b $tag$'],
    ["SELECT E'a\\';b'"],
    ['SELECT a$b$c, 1'],
    ["SELECT '\\'"],
  ])('PostgreSQL: %s is one statement', text => {
    expect(texts(`${text};SELECT 2`)).toEqual([text, 'SELECT 2'])
  })

  it.each([
    ["SELECT 'a\\';b'"],
    ['SELECT "a\\";b"'],
    ['SELECT `a;b``c;`'],
    ['SELECT 1 # a;b\n, 2'],
    ['SELECT 1 -- a;b\n, 2'],
    ['SELECT 1--1'],
    ['SELECT 1 /* a;b */ , 2'],
    ['/*!40101 SET NAMES utf8mb4 */'],
    ['SELECT $$'],
  ])('MySQL: %s is one statement', text => {
    expect(texts(`${text};SELECT 2`, mysql.lexis)).toEqual([text, 'SELECT 2'])
  })

  it('tells the engines apart where they differ', () => {
    const backslash = "SELECT '\\'; SELECT 2 -- '"
    expect(texts(backslash)).toHaveLength(2)
    expect(texts(backslash, mysql.lexis)).toHaveLength(1)
    const nested = '/* a /* b */ SELECT 1; */ SELECT 2'
    expect(texts(nested)).toEqual(['SELECT 2'])
    expect(texts(nested, mysql.lexis)).toHaveLength(2)
    expect(texts('SELECT 1 # a;b')).toHaveLength(2)
  })

  it('text that nobody closed runs to the end', () => {
    for (const open of ["'", '"', '$$', '/*']) expect(texts(`SELECT 1; SELECT ${open} a; b`)).toHaveLength(2)
  })
})
