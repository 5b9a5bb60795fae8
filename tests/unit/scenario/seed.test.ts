import { describe, expect, it } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import type { ResolvedScenario, SeedEntry } from '#oltp/scenario/model.js'
import { type SeedTable, seedTables } from '#oltp/scenario/seed.js'
import { bindings, resolved } from '../../support/resolved.js'

function rows(table: string, count: string, columns: { readonly [name: string]: string }): SeedEntry {
  return { kind: 'rows', table, rows: parseExpression(count), columns: bindings(columns) }
}

function forEach(table: string, parent: string, count: string, columns: { readonly [name: string]: string }): SeedEntry {
  return { kind: 'for_each', table, parent, count: parseExpression(count), columns: bindings(columns) }
}

function tables(seed: readonly SeedEntry[], more: Partial<ResolvedScenario> = {}): SeedTable[] {
  return seedTables(resolved({ seed, ...more })).filter(step => step.kind === 'table')
}

function load(seed: readonly SeedEntry[], more: Partial<ResolvedScenario> = {}) {
  return Object.fromEntries(tables(seed, more).map(table => [table.table, [...table.rows()]]))
}

const accounts = (table: string) => rows(table, '$accounts', { id: 'row()', owner: "concat('user-', id)", balance: 'uniform(1, 1000000)' })
const account = accounts('account')
const parameters = { accounts: 3 }

describe('seedTables', () => {
  it('computes each row from its number, the parameters and earlier columns', () => {
    const [table] = tables([account], { parameters })
    expect(table).toMatchObject({ table: 'account', columns: ['id', 'owner', 'balance'], expectedRows: 3 })
    expect([...(table?.rows() ?? [])].map(row => row.slice(0, 2))).toEqual([
      [1, 'user-1'],
      [2, 'user-2'],
      [3, 'user-3'],
    ])
  })

  it('is the same each time, and for a seed; other tables make no difference', () => {
    const alone = load([account], { parameters })
    expect(load([account], { parameters })).toEqual(alone)
    expect(load([rows('other', '5', { x: 'uniform(1, 9)' }), account], { parameters }).account).toEqual(alone.account)
    expect(load([account], { parameters, randomSeed: 2 })).not.toEqual(alone)
    const [table] = tables([account], { parameters })
    expect([...(table?.rows() ?? [])]).toEqual([...(table?.rows() ?? [])])
    expect(load([account, accounts('copy')], { parameters }).copy).not.toEqual(alone.account)
  })

  it('makes the rows that it always made, whatever they are made of', () => {
    const columns = {
      made: "concat(digits(11), '-', text(3), 'é', digits(4), digits(0), 7)",
      alone: 'digits(9)',
      counted: 'text(row())',
      wide: "concat(text(2), '€', digits(5))",
      mixed: 'concat(digits(3), row())',
    }
    expect(load([rows('t', '2', columns)]).t).toEqual([
      ['44721957474-ocyé08257', '125403920', 'j', 'tk€45480', '2021'],
      ['74937630306-uohé24177', '491583534', 'xt', 'pz€20938', '7852'],
    ])
  })

  it('makes a text of random parts as it makes its parts one by one', () => {
    const parts = { a: 'digits(11)', b: 'text(6)', c: 'digits(0)', d: 'text(5)', whole: "concat(a, '-', b, c, '-', d)" }
    const whole = load([rows('t', '50', parts)]).t?.map(row => row[4])
    const inOneGo = "concat(digits(11), '-', text(6), digits(0), '-', text(5))"
    expect(load([rows('t', '50', { whole: inOneGo })]).t?.map(row => row[0])).toEqual(whole)
  })

  it('keeps the order, with SQL in between', () => {
    const sql: SeedEntry = { kind: 'sql', sql: { postgres: 'CREATE INDEX i ON account (owner)' } }
    const steps = seedTables(resolved({ seed: [account, sql, rows('b', '1', { x: '1' })], parameters }))
    expect(steps.map(step => (step.kind === 'sql' ? step.sql.postgres : step.table))).toEqual([
      'account',
      'CREATE INDEX i ON account (owner)',
      'b',
    ])
  })

  it('walks the rows of a parent', () => {
    const seed = [
      rows('district', '3', { id: 'row()', size: 'row() - 1' }),
      forEach('customer', 'district', "parent('size')", { id: 'row()', district: "parent('id')", number: 'index' }),
      forEach('history', 'customer', '1', { customer: "parent('id')", district: "parent('district')" }),
    ]
    expect(tables(seed).map(({ expectedRows }) => expectedRows)).toEqual([3, null, null])
    expect(load(seed)).toEqual({
      district: [
        [1, 0],
        [2, 1],
        [3, 2],
      ],
      customer: [
        [1, 2, 1],
        [2, 3, 1],
        [3, 3, 2],
      ],
      history: [
        [1, 2],
        [2, 3],
        [3, 3],
      ],
    })
  })

  it('sees in a parent what was loaded, draws and all', () => {
    const seed = [
      rows('parent', '50', { id: 'row()', code: 'uniform(1, 1000000000)' }),
      forEach('child', 'parent', 'uniform(0, 3)', { code: "parent('code')" }),
    ]
    const loaded = load(seed)
    const codes = new Set(loaded.parent?.map(row => row[1]))
    expect(loaded.child?.length).toBeGreaterThan(25)
    expect(loaded.child?.every(([code]) => codes.has(code ?? null))).toBe(true)
  })

  it('continues nothing from one entry of a table to the next but its draws differ', () => {
    const [first, second] = tables([account, account], { parameters })
    expect([...(second?.rows() ?? [])].map(([id]) => id)).toEqual([1, 2, 3])
    expect([...(second?.rows() ?? [])]).not.toEqual([...(first?.rows() ?? [])])
  })

  it('says which column of which row made no sense', () => {
    const walk = () => load([rows('t', '3', { a: 'row()', b: '6 / (a - 2)' })])
    expect(walk).toThrow(OltpError)
    expect(walk).toThrow('the seed of table t, b, row 2: division by zero')
    expect(() => load([rows('t', '-1', { a: '1' })])).toThrow('the seed of table t, rows: rows must be 0 or more, found -1')
    expect(() => load([rows('t', '1.5', { a: '1' })])).toThrow('rows must be an integer, found the decimal 1.5')
    expect(() => load([rows('t', '1', { a: '1' }), forEach('c', 't', 'null', { a: '1' })])).toThrow('the seed of table c, count')
  })

  it('hands out rows that stay as they are', () => {
    const [table] = tables([account], { parameters })
    const kept = [...(table?.rows() ?? [])]
    expect(new Set(kept).size).toBe(3)
    expect(kept[0]?.[0]).toBe(1)
  })
})
