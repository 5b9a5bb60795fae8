import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround } from '../../support/sessions.js'

const rowCount = 5000

for (const engine of engines.filter(({ name }) => name === 'postgres')) {
  describe('rows that PostgreSQL is given frozen', () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(engine, 'freeze')
    })
    afterEach(() => ground.admin.query('DROP TABLE IF EXISTS child, t'))
    afterAll(() => ground.close())

    function* numbered(): Generator<readonly Value[]> {
      for (let id = 1; id <= rowCount; id++) yield [id, `row ${id}`]
    }
    const create = (more = '') => ground.admin.query(`CREATE TABLE t (id int PRIMARY KEY, label varchar(200))${more}`)
    const load = (session: Session, rows: Iterable<readonly Value[]> = numbered()) =>
      ground.database.load(session, { table: 't', columns: ['id', 'label'], rows }, () => {})
    /** Rows that an index alone does not answer for: none of them, where every page is known to be visible to all. */
    const unfrozen = async (): Promise<unknown> => {
      await ground.admin.query('SET enable_seqscan = off; SET enable_bitmapscan = off')
      const { rows } = await ground.admin.query('EXPLAIN (ANALYZE, FORMAT JSON, COSTS off) SELECT id FROM t')
      return JSON.parse(String(rows[0]?.[0]))[0].Plan['Heap Fetches']
    }

    it('are so in a new table, and in one that was emptied', async () => {
      await create()
      expect(await load(ground.admin)).toBe(rowCount)
      expect(await unfrozen()).toBe(0)
      await ground.admin.query('TRUNCATE t')
      await load(ground.admin)
      expect(await unfrozen()).toBe(0)
      expect(ground.admin.inTransaction).toBe(false)
    })

    it('are not so, but there, in a transaction of the caller', async () => {
      await create()
      const session = await ground.open()
      await session.begin({ isolation: null, readOnly: false })
      await load(session)
      await session.commit()
      expect(await unfrozen()).toBe(rowCount)
    })

    it('are not so, but there, in a table that has rows, or had some', async () => {
      await create()
      await ground.admin.query("INSERT INTO t VALUES (0, 'there before')")
      await load(ground.admin)
      expect(await unfrozen()).toBe(rowCount + 1)
      await ground.admin.query('DELETE FROM t')
      await load(ground.admin)
      expect((await ground.admin.query('SELECT count(*) FROM t')).rows).toEqual([[rowCount]])
    })

    it('are not so, but there, where foreign keys point at the table', async () => {
      await create()
      await ground.admin.query('CREATE TABLE child (t int REFERENCES t)')
      await load(ground.admin)
      expect(await unfrozen()).toBe(rowCount)
    })

    it('are so where the table points at itself', async () => {
      await create()
      await ground.admin.query('ALTER TABLE t ADD COLUMN up int REFERENCES t')
      await load(ground.admin)
      expect(await unfrozen()).toBe(0)
    })

    it('are not so, but there, in a table of partitions', async () => {
      await create(' PARTITION BY RANGE (id)')
      await ground.admin.query('CREATE TABLE child PARTITION OF t DEFAULT')
      await load(ground.admin)
      expect((await ground.admin.query('SELECT count(*) FROM t')).rows).toEqual([[rowCount]])
      // Its storage is that of the partitions: nothing must be lost on the way.
      await load(ground.admin, [[0, 'one more']])
      expect((await ground.admin.query('SELECT count(*) FROM t')).rows).toEqual([[rowCount + 1]])
    })

    it('are not so, but there, for a role that may not empty the table; one that may needs not own it', async () => {
      const role = `t_loader_${process.pid}`
      await create()
      await ground.admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`)
      try {
        await ground.admin.query(`GRANT USAGE ON SCHEMA ${ground.namespace} TO ${role}; GRANT SELECT, INSERT ON t TO ${role}`)
        const session = await ground.open({}, { user: role, password: 'pw' })
        await load(session)
        expect(await unfrozen()).toBe(rowCount)
        await ground.admin.query(`TRUNCATE t; GRANT TRUNCATE ON t TO ${role}`)
        await load(session)
        expect(await unfrozen()).toBe(0)
        await ground.database.gatherStatistics(session, ['t'])
        await session.end()
      } finally {
        await ground.admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
      }
    })

    it('wake no trigger that they would not wake otherwise', async () => {
      await create()
      await ground.admin.query(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not this one''; END';
         CREATE TRIGGER guard BEFORE TRUNCATE ON t EXECUTE FUNCTION refuse()`,
      )
      await load(ground.admin)
      expect(await unfrozen()).toBe(rowCount)
      await ground.admin.query('DROP TRIGGER guard ON t; DROP FUNCTION refuse()')
    })

    it('leave an empty table as it was when one of them cannot be made, or is refused', async () => {
      await create()
      function* broken(): Generator<readonly Value[]> {
        yield* numbered()
        throw new RangeError('no such person')
      }
      await expect(load(ground.admin, broken())).rejects.toThrow(new RangeError('no such person'))
      expect(await failureOf(load(ground.admin, [...numbered(), [1, 'again']]))).toMatchObject({ outcome: 'constraint' })
      expect(ground.admin.inTransaction).toBe(false)
      expect((await ground.admin.query('SELECT count(*) FROM t')).rows).toEqual([[0]])
      await load(ground.admin)
      expect(await unfrozen()).toBe(0)
    })

    it('are missed by nobody who looks meanwhile: others wait until they are there', async () => {
      await create()
      const onlooker = await ground.open()
      let looked: Promise<unknown> | null = null
      function* watched(): Generator<readonly Value[]> {
        yield* numbered()
        looked = onlooker.query('SELECT count(*) FROM t').then(({ rows }) => rows[0]?.[0])
      }
      await load(ground.admin, watched())
      expect(await looked).toBe(rowCount)
    })

    it('are counted, and written to disk, by a role of few rights too', async () => {
      const role = `t_settler_${process.pid}`
      await create()
      await ground.admin.query(
        `CREATE ROLE ${role} LOGIN PASSWORD 'pw' CONNECTION LIMIT 1; GRANT pg_checkpoint TO ${role};
         GRANT USAGE ON SCHEMA ${ground.namespace} TO ${role}; ALTER TABLE t OWNER TO ${role}`,
      )
      const lastCheckpoint = async () => (await ground.admin.query('SELECT checkpoint_lsn::text FROM pg_control_checkpoint()')).rows[0]?.[0]
      const counted = async () => (await ground.admin.query("SELECT reltuples FROM pg_class WHERE oid = 't'::regclass")).rows
      try {
        const single = await ground.open({}, { user: role, password: 'pw' })
        for (const session of [ground.admin, single]) {
          await ground.admin.query('TRUNCATE t')
          await load(session)
          const before = await lastCheckpoint()
          await ground.database.gatherStatistics(session, ['t'])
          await ground.database.checkpoint(session)
          expect(await lastCheckpoint()).not.toBe(before)
          expect(await counted()).toEqual([[{ float: rowCount }]])
        }
        await expect(ground.database.gatherStatistics(single, ['nowhere'])).rejects.toThrow(/nowhere/)
        await single.end()
      } finally {
        await ground.admin.query(`DROP TABLE t; DROP OWNED BY ${role}; DROP ROLE ${role}`)
      }
    })
  })
}
