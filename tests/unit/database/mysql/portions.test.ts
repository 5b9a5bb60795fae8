import { describe, expect, it } from 'vitest'
import { Inserts } from '#oltp/database/mysql/inserts.js'
import { Portions } from '#oltp/database/mysql/portions.js'
import type { Value } from '#oltp/scenario/values.js'

function makePortions(rows: number): { readonly portions: Portions; readonly made: () => number } {
  let made = 0
  function* numbered(): Generator<readonly Value[]> {
    while (made < rows) yield [++made]
  }
  return { portions: new Portions(new Inserts({ table: 't', columns: ['id'], rows: numbered() })), made: () => made }
}

describe('Portions', () => {
  it.each([0, 1, 300, 16_384, 16_385, 50_000])('give out each of %d rows once, in order, whoever makes them', rows => {
    for (const ahead of [0, 1, 5]) {
      const { portions } = makePortions(rows)
      const found: Value[] = []
      for (let portion = portions.take(); portion !== null; portion = portions.take()) {
        for (const insert of portion) found.push(...insert.values)
        for (let time = 0; time < ahead; time++) portions.makeAhead()
      }
      expect(found).toEqual(Array.from({ length: rows }, (_, index) => index + 1))
      expect(portions.take()).toBeNull()
    }
  })

  it('are neighbours inside, and as long as a transaction should be', () => {
    const { portions } = makePortions(100_000)
    const sizes: number[] = []
    for (let portion = portions.take(); portion !== null; portion = portions.take()) {
      const ids = portion.flatMap(insert => insert.values.map(Number))
      expect((ids.at(-1) ?? 0) - (ids[0] ?? 0)).toBe(ids.length - 1)
      sizes.push(portion.length)
    }
    expect(sizes.slice(0, -1).every(size => size === 64)).toBe(true)
  })

  it('are made ahead while there is time, but never far', () => {
    const { portions, made } = makePortions(1_000_000)
    portions.take()
    const first = made()
    for (let time = 0; time < 1000; time++) portions.makeAhead()
    expect(made() - first).toBe(2 * first)
    portions.take()
    expect(made()).toBe(3 * first)
  })
})
