import Big from 'big.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dialogue } from '#oltp/database/dialogue.js'
import { writeOut } from '#oltp/scenario/demo/render.js'
import { formatValue } from '#oltp/scenario/format-value.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { openTalks, type Talks } from '../../support/talks.js'

/** No text of a database has a zero in it. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom("'", '\\', '"', '`', ':a', '--', '/*', '$$', '?', 'é', '🎟', '\n') }),
)
const texts = text.filter(each => !each.includes('\0'))
const decimals = fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 })).map(([digits, scale]) => new Big(`${digits}e-${scale}`))
const floats = fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e15, max: 1e15 }).map(float => ({ float }))
const values = fc.oneof<fc.Arbitrary<Value>[]>(texts, fc.maxSafeInteger(), decimals, floats, fc.boolean(), fc.constant(null))

for (const engine of engines) {
  describe(engine.name, () => {
    let talks: Talks
    let talk: Dialogue
    beforeAll(async () => {
      talks = await openTalks(engine, 'literals')
      talk = await talks.talk()
    })
    afterAll(async () => {
      await talks?.close()
    })

    /** What comes back of values that were written into a statement. */
    async function thereAndBack(sent: readonly Value[], write = writeOut): Promise<readonly Value[]> {
      const names = new Map(sent.map((value, index) => [`v${index}`, value]))
      const sql = `SELECT ${sent.map((_, index) => `:v${index} AS c${index}`).join(', ')}`
      return (await talk.tell(write(sql, engine.name, names))).rows[0] ?? []
    }

    /** As text: MySQL has numbers for booleans, and literals have the type of their looks. */
    function looks(value: Value): string {
      if (typeof value === 'boolean') return engine.name === 'postgres' ? String(value) : value ? '1' : '0'
      if (value !== null && typeof value === 'object' && 'float' in value) return new Big(value.float).toFixed()
      return typeof value === 'string' ? `«${value}»` : formatValue(value)
    }

    it('gives back every value that is written into a statement', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 8 }), async sent => {
          expect((await thereAndBack(sent)).map(looks)).toEqual(sent.map(looks))
        }),
        { numRuns: 150 },
      )
    })

    it('would not, were quotes not doubled', async () => {
      const naive: typeof writeOut = (sql, _, names) => sql.replace(/:(v\d+)/g, (_all, name) => `'${names.get(name)}'`)
      await expect(thereAndBack(["it's"], naive)).rejects.toThrow()
      await expect(thereAndBack(['its'], naive)).resolves.toEqual(['its'])
    })

    it('computes with negative numbers as with others', async () => {
      const sql = writeOut('SELECT 10-:n AS a, 10 - :n AS b, :n * 2 AS c', engine.name, new Map([['n', -5]]))
      expect((await talk.tell(sql)).rows).toEqual([[15, 15, -10]])
    })

    it('divides by a float as by a float', async () => {
      const sql = writeOut('SELECT 1 / :n AS a', engine.name, new Map([['n', { float: 4 }]]))
      expect(Number(formatValue((await talk.tell(sql)).rows[0]?.[0] ?? null))).toBe(0.25)
    })
  })
}
