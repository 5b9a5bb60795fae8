import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bundledSets, readMigrationSet } from '#oltp/database/migration-files.js'
import { migrations as mysql } from '#oltp/database/mysql/migrations.js'
import { migrations as postgres } from '#oltp/database/postgres/migrations.js'
import { OltpError } from '#oltp/errors.js'
import { bundledMigrations } from '#oltp/run/prepare.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (path: string, text = 'SELECT 1;') => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const pair = (path: string, up = 'CREATE TABLE a (id INT);', down = 'DROP TABLE a;') => {
  write(`${path}.up.sql`, up)
  write(`${path}.down.sql`, down)
}
const read = (name: string, scenarioFile: string | null = join(folder, 'shop.yaml')) =>
  readMigrationSet({ name, scenarioFile, bundled: bundledMigrations, engine: 'postgres', lexis: postgres.lexis })
const problem = (name = 'shop') => {
  try {
    read(name)
  } catch (error) {
    if (error instanceof OltpError) return error
    throw error
  }
  return expect.fail('nothing was wrong')
}

describe('readMigrationSet', () => {
  it('finds a folder beside the scenario, else a bundled set', () => {
    pair('shop/postgres/0002_b')
    pair('shop/postgres/0001_a')
    expect(read('shop')).toMatchObject({ name: 'shop', migrations: [{ name: '0001_a' }, { name: '0002_b' }] })
    expect(read('bank').migrations.map(migration => migration.name)).toEqual(['0001_account'])
    pair('bank/postgres/0001_own')
    expect(read('bank').migrations.map(migration => migration.name)).toEqual(['0001_own'])
    expect(read('bank', null).migrations.map(migration => migration.name)).toEqual(['0001_account'])
  })

  it('has the same migrations for every engine in every bundled set', () => {
    expect(bundledSets(bundledMigrations)).toEqual(['anomalies', 'bank', 'counters', 'pgbench', 'sysbench'])
    for (const name of bundledSets(bundledMigrations)) {
      const source = { name, scenarioFile: null, bundled: bundledMigrations }
      const [one, other] = [
        readMigrationSet({ ...source, engine: 'postgres', lexis: postgres.lexis }),
        readMigrationSet({ ...source, engine: 'mysql', lexis: mysql.lexis }),
      ]
      expect(one.migrations.map(migration => migration.name)).toEqual(other.migrations.map(migration => migration.name))
    }
  })

  it('a checksum is of the text, not of its line ends', () => {
    pair('shop/postgres/0001_a', 'CREATE TABLE a (\n  id INT\n);\n')
    const before = read('shop').migrations[0]?.up.checksum
    write('shop/postgres/0001_a.up.sql', 'CREATE TABLE a (\r\n  id INT\r\n);\r\n')
    expect(read('shop').migrations[0]?.up.checksum).toBe(before)
    write('shop/postgres/0001_a.up.sql', 'CREATE TABLE a (\n  id  INT\n);\n')
    expect(read('shop').migrations[0]?.up.checksum).not.toBe(before)
  })

  it.each([
    ['no such set', 'nothing', () => {}, /there are no migrations «nothing»/],
    ['nothing for the engine', 'shop', () => pair('shop/mysql/0001_a'), /have nothing for postgres/],
    ['an empty folder', 'shop', () => mkdirSync(join(folder, 'shop/postgres'), { recursive: true }), /are empty/],
    ['another kind of file', 'shop', () => write('shop/postgres/0001_a.js'), /0001_a\.js is not a migration/],
    ['no down', 'shop', () => write('shop/postgres/0001_a.up.sql'), /0001_a has no \.down\.sql/],
    ['no up', 'shop', () => write('shop/postgres/0001_a.down.sql'), /0001_a has no \.up\.sql/],
    ['an empty script', 'shop', () => pair('shop/postgres/0001_a', 'SELECT 1;', '-- later'), /0001_a\.down\.sql has no statement/],
    [
      'one number twice',
      'shop',
      () => {
        pair('shop/postgres/0001_a')
        pair('shop/postgres/0001_b')
      },
      /two migrations numbered 0001/,
    ],
    ['a way out', '../shop', () => {}, /lie outside/],
    ['an absolute path', '/etc', () => {}, /lie outside/],
  ])('refuses %s', (_, name, prepare, message) => {
    prepare()
    const error = problem(name)
    expect(error.message).toMatch(message)
    expect(error.exitCode).toBe(2)
    expect(error.hint).toBeTruthy()
  })

  it('refuses links that lead out of the folder', () => {
    const outside = mkdtempSync(join(tmpdir(), 'oltp-outside-'))
    try {
      mkdirSync(join(outside, 'postgres'))
      writeFileSync(join(outside, 'postgres/0001_a.up.sql'), 'SELECT 1;')
      symlinkSync(outside, join(folder, 'shop'))
      expect(problem().message).toMatch(/link/)
      rmSync(join(folder, 'shop'))
      pair('shop/postgres/0001_a')
      rmSync(join(folder, 'shop/postgres/0001_a.up.sql'))
      symlinkSync(join(outside, 'postgres/0001_a.up.sql'), join(folder, 'shop/postgres/0001_a.up.sql'))
      expect(problem().message).toMatch(/is a link/)
    } finally {
      rmSync(outside, { recursive: true, force: true })
    }
  })

  it.each([
    'COMMIT',
    'begin',
    'START TRANSACTION',
    'ROLLBACK',
    'USE production',
    'DELIMITER //',
    '\\connect production',
    'SET search_path TO public',
    'CREATE SCHEMA other',
    'DROP DATABASE production',
    'CREATE EXTENSION dblink',
    'CREATE TABLE public.account (id INT)',
    'CREATE TABLE IF NOT EXISTS "public"."account" (id INT)',
    'ALTER TABLE production.account ADD x INT',
    'DROP TABLE `production`.`account`',
    'DROP TABLE IF EXISTS production.account',
    'TRUNCATE production.account',
    'INSERT INTO production.account VALUES (1)',
    'UPDATE production.account SET balance = 0',
    'DELETE FROM ONLY production.account',
    'CREATE INDEX i ON production.account (id)',
    'CREATE UNIQUE INDEX i ON "production" . "account" (id)',
  ])('refuses %s', statement => {
    pair('shop/postgres/0001_a', `CREATE TABLE ok (id INT);\n${statement};`)
    const error = problem()
    expect(error.code).toBe('MIGRATIONS_INVALID')
    expect(error.message).toContain('0001_a.up.sql:2')
  })

  it.each([
    'CREATE TABLE account (id INT DEFAULT 1.5, CHECK (id > 0))',
    'UPDATE account SET balance = account.balance + 1',
    'INSERT INTO account SELECT a.id FROM account a JOIN other o ON o.id = a.id',
    'CREATE VIEW v AS SELECT a.id FROM account a',
    'CREATE VIEW v AS SELECT hen.id FROM hen JOIN egg ON egg.hen_id = hen.id',
    'CREATE INDEX i ON account (id)',
    'CREATE TABLE use_log (id INT)',
    'DROP TABLE IF EXISTS account',
  ])('lets %s pass', statement => {
    pair('shop/postgres/0001_a', `${statement};`)
    expect(read('shop').migrations).toHaveLength(1)
  })
})
