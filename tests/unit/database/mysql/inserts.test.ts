import { describe, expect, it } from 'vitest'
import { type Insert, Inserts } from '#oltp/database/mysql/inserts.js'
import type { Value } from '#oltp/scenario/values.js'

function insertsOf(columns: readonly string[], rows: Iterable<readonly Value[]>): Insert[] {
  const inserts = new Inserts({ table: 't', columns, rows })
  const all: Insert[] = []
  for (let insert = inserts.next(); insert !== null; insert = inserts.next()) all.push(insert)
  return all
}

function* numbered(count: number, label = (id: number): Value => id): Generator<readonly Value[]> {
  for (let id = 1; id <= count; id++) yield [id, label(id)]
}

describe('Inserts', () => {
  it.each([0, 1, 2, 255, 256, 257, 1000])('hold each of %d rows once, in order', count => {
    const inserts = insertsOf(['id', 'label'], numbered(count))
    expect(inserts.flatMap(insert => insert.values)).toEqual([...numbered(count)].flat())
    for (const { rows, values } of inserts) expect(values.length).toBe(rows * 2)
  })

  it('name the columns, and have a place for each value', () => {
    const [insert] = insertsOf(['id', 'a`b'], numbered(2))
    expect(insert?.statement.text).toBe('INSERT INTO `t` (`id`, `a``b`) VALUES (?, ?), (?, ?)')
    for (const { statement, values } of insertsOf(['id', 'label'], numbered(700)))
      expect(statement.text.match(/\?/g)?.length).toBe(values.length)
  })

  it('come in few sizes, however long the texts are: each size is a statement that the server prepares', () => {
    const long = insertsOf(
      ['id', 'label'],
      numbered(5000, id => 'x'.repeat((id * 37) % 20_000)),
    )
    expect(long.flatMap(insert => insert.values.filter(value => typeof value === 'number'))).toEqual([...numbered(5000)].map(([id]) => id))
    expect(new Set(long.map(insert => insert.statement)).size).toBeLessThanOrEqual(9)
    expect(new Set(long.map(insert => insert.statement.text)).size).toBe(new Set(long.map(insert => insert.statement)).size)
    for (const { values } of long) expect(values.reduce<number>((sum, value) => sum + String(value).length, 0)).toBeLessThan(600_000)
  })

  it('have no more parameters than a statement may have', () => {
    const columns = Array.from({ length: 1017 }, (_, index) => `c${index}`)
    const inserts = insertsOf(
      columns,
      Array.from({ length: 300 }, (_, row) => columns.map(() => row)),
    )
    expect(inserts.reduce((sum, insert) => sum + insert.rows, 0)).toBe(300)
    for (const { values } of inserts) expect(values.length).toBeLessThanOrEqual(65_535)
  })

  it('let through what making the rows throws', () => {
    function* broken(): Generator<readonly Value[]> {
      yield [1, 1]
      throw new RangeError('no such person')
    }
    expect(() => insertsOf(['id', 'label'], broken())).toThrow(new RangeError('no such person'))
  })
})
