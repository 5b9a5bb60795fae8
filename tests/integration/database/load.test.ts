import Big from 'big.js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { BulkTable, Session } from '#oltp/database/contract.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, kill, openGround } from '../../support/sessions.js'

const awkward = ['', ' ', '\\', '\\N', "it's", '"', '\t', '\n', '\r\n', 'ü€😀', '\\.', '%_?', '$1', "\\'; DROP TABLE t; --", 'NULL', "''"]

for (const engine of engines) {
  describe(engine.name, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(engine, 'load')
      await ground.admin.query(
        'CREATE TABLE t (id bigint PRIMARY KEY, label varchar(200), amount decimal(38,10), ratio double precision, flag boolean, big bigint)',
      )
    })
    afterAll(() => ground.close())
    afterEach(() => ground.admin.query('DELETE FROM t'))

    const load = (
      session: Session,
      rows: Iterable<readonly Value[]>,
      columns: BulkTable['columns'] = ['id', 'label'],
      onRows = (_: number) => {},
    ) => ground.database.load(session, { table: 't', columns, rows }, onRows)
    const count = async () => (await ground.admin.query('SELECT count(*) FROM t')).rows[0]?.[0]
    function* numbered(rows: number): Generator<readonly Value[]> {
      for (let id = 1; id <= rows; id++) yield [id, `row ${id}`]
    }

    it('loads every kind of value exactly', async () => {
      const rows: Value[][] = [
        [1, null, null, null, null, null],
        [2, 'x', new Big('12345678901234567890.0123456789'), { float: 1e21 }, true, '9223372036854775807'],
        [3, 'y', new Big('-0.1'), { float: 5e-324 }, false, -5],
      ]
      expect(await load(ground.admin, rows, ['id', 'label', 'amount', 'ratio', 'flag', 'big'])).toBe(3)
      const [yes, no] = engine.name === 'postgres' ? [true, false] : [1, 0]
      expect((await ground.admin.query('SELECT * FROM t ORDER BY id')).rows).toEqual([
        [1, null, null, null, null, null],
        [2, 'x', new Big('12345678901234567890.0123456789'), { float: 1e21 }, yes, '9223372036854775807'],
        [3, 'y', new Big('-0.1'), { float: 5e-324 }, no, -5],
      ])
    })

    it('escapes text under every sql_mode', async () => {
      for (const mode of engine.name === 'postgres' ? [null] : ['', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES']) {
        const session = await ground.open(mode === null ? {} : { settings: { sql_mode: mode } })
        await load(
          session,
          awkward.map((text, id) => [id, text]),
        )
        expect((await ground.admin.query('SELECT label FROM t ORDER BY id')).rows).toEqual(awkward.map(text => [text]))
        await ground.admin.query('DELETE FROM t')
      }
    })

    it('loads texts with everything in them, wherever a chunk or a statement ends', async () => {
      const text = (id: number) => awkward[id % awkward.length] + String(id) + awkward[(id * 7) % awkward.length]
      function* awkwardRows(): Generator<readonly Value[]> {
        for (let id = 0; id < 20_000; id++) yield [id, text(id)]
      }
      await load(ground.admin, awkwardRows())
      const { rows } = await ground.admin.query('SELECT label FROM t ORDER BY id')
      expect(rows.length).toBe(20_000)
      expect(rows.findIndex(([label], id) => label !== text(id))).toBe(-1)
    })

    it('adds to the rows that are there', async () => {
      await ground.admin.query("INSERT INTO t (id, label) VALUES (0, 'there before')")
      await load(ground.admin, numbered(1000))
      await load(ground.admin, [[1001, 'one more']])
      expect(await count()).toBe(1002)
      expect((await ground.admin.query('SELECT label FROM t WHERE id = 0')).rows).toEqual([['there before']])
    })

    it('tells the running total, up to the number of rows', async () => {
      const totals: number[] = []
      expect(await load(ground.admin, numbered(30_000), undefined, total => totals.push(total))).toBe(30_000)
      expect(await count()).toBe(30_000)
      expect(totals.at(-1)).toBe(30_000)
      expect(totals.length).toBeGreaterThan(3)
      expect(totals).toEqual([...totals].sort((a, b) => a - b))
      expect(ground.admin.inTransaction).toBe(false)
      await ground.database.gatherStatistics(ground.admin, ['t'])
    })

    it('loads no rows at all', async () => {
      expect(await load(ground.admin, [])).toBe(0)
      expect(ground.admin.inTransaction).toBe(false)
    })

    it('fails as a statement does, and the session serves on', async () => {
      const failure = await failureOf(load(ground.admin, [...numbered(3), [2, 'again']]))
      expect(failure).toMatchObject({ outcome: 'constraint', sessionLost: false })
      expect(ground.admin.inTransaction).toBe(false)
      expect(await count()).toBe(0)
      expect(await load(ground.admin, numbered(3))).toBe(3)
    })

    it('fails in the first row of many as in the last', async () => {
      await ground.admin.query('INSERT INTO t (id) VALUES (1)')
      for (let time = 0; time < 5; time++) {
        expect(await failureOf(load(ground.admin, numbered(20_000)))).toMatchObject({ outcome: 'constraint', sessionLost: false })
      }
      expect(await count()).toBe(1)
    })

    it('lets through what making the rows threw, and loads nothing', async () => {
      function* broken(): Generator<readonly Value[]> {
        yield [1, 'one']
        throw new RangeError('no such person')
      }
      await expect(load(ground.admin, broken())).rejects.toThrow(new RangeError('no such person'))
      expect(await count()).toBe(0)
      expect(ground.admin.alive).toBe(true)
    })

    it('stays within a transaction of the caller', async () => {
      const session = await ground.open()
      await session.begin({ isolation: null, readOnly: false })
      await load(session, numbered(20_000))
      expect(session.inTransaction).toBe(true)
      await session.rollback()
      expect(await count()).toBe(0)
    })

    it('reports a session that is killed meanwhile', async () => {
      const session = await ground.open()
      let killed: Promise<void> | null = null
      const failure = await failureOf(
        load(session, numbered(5_000_000), undefined, () => {
          killed ??= kill(ground, session)
        }),
      )
      await killed
      expect(['connection', 'ambiguous']).toContain(failure.outcome)
      expect(session.alive).toBe(false)
    })
  })
}
