import { describe, expect, it } from 'vitest'
import { isNamedIn, objectsMadeBy } from '#oltp/demo/made-objects.js'

describe('what a statement will make', () => {
  it.each([
    ['CREATE TABLE Products (id INT)', 'table products', 'table Products'],
    ['  create table if not exists "Products" (id INT)', 'table Products', 'table Products'],
    ['CREATE UNLOGGED TABLE t (id INT)', 'table t', 'table t'],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', 'view v', 'view v'],
    ['CREATE SEQUENCE s', 'sequence s', 'sequence s'],
    ["CREATE TYPE mood AS ENUM ('ok')", 'type mood', 'type mood'],
    ['CREATE DOMAIN price AS NUMERIC', 'type price', 'type price'],
    ['CREATE TABLE Größe (id INT)', 'table größe', 'table Größe'],
  ])('%s', (sql, postgres, mysql) => {
    const made = (storedName: (name: string) => string) => objectsMadeBy([sql], storedName).map(({ kind, name }) => `${kind} ${name}`)
    expect([made(name => name.toLowerCase()), made(name => name)]).toEqual([[postgres], [mysql]])
  })

  it('is nothing where it makes none, or none that stays', () => {
    const texts = ['INSERT INTO t VALUES (1)', 'CREATE TEMPORARY TABLE t (id INT)', 'CREATE INDEX i ON t (id)', 'DROP TABLE t', '']
    expect(objectsMadeBy(texts, name => name)).toEqual([])
  })
})

describe('what statements speak of', () => {
  const statements = [
    'CREATE TABLE Stock (id INT)',
    'CREATE TRIGGER watch AFTER INSERT ON stock EXECUTE FUNCTION f()',
    'ALTER TABLE stock RENAME TO "old stock"',
  ]

  it.each([
    ['table', 'stock', true],
    ['table', 'old stock', true],
    ['function', 'f(integer, text)', true],
    ['trigger', 'watch on elsewhere', true],
    ['table', 'stocks', false],
    ['table', 'old', true],
    ['table', 'new stock', false],
    ['table', 'theirs', false],
  ])('%s %s: %s', (kind, name, named) => {
    expect(isNamedIn({ kind, name }, statements)).toBe(named)
  })
})
