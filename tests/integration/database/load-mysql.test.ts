import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, until } from '../../support/sessions.js'

/** As many that a second session comes to help long before the end. */
const rowCount = 60_000

for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
  describe(`a long table in ${engine.name}`, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(engine, 'load')
    })
    afterEach(() => ground.admin.query('DROP TABLE IF EXISTS log, t'))
    afterAll(() => ground.close())

    function* numbered(): Generator<readonly Value[]> {
      for (let id = 1; id <= rowCount; id++) yield [id, `row ${id}`]
    }
    /** Each row tells which session brought it. */
    const create = (id = 'id INT PRIMARY KEY', more = '') =>
      ground.admin.query(`CREATE TABLE t (${id}, label VARCHAR(200), bringer BIGINT DEFAULT (CONNECTION_ID())${more})`)
    const load = (session: Session, columns = ['id', 'label'], rows: Iterable<readonly Value[]> = numbered()) =>
      ground.database.load(session, { table: 't', columns, rows }, () => {})
    const bringers = async () => (await ground.admin.query('SELECT COUNT(DISTINCT bringer) FROM t')).rows[0]?.[0]
    /** The first row that is not what it was made as, or none. */
    const wrongRow = async (rows = rowCount) => {
      const found = await ground.admin.query('SELECT id, label FROM t ORDER BY id')
      expect(found.rows.length).toBe(rows)
      return found.rows.findIndex(([id, label], index) => id !== index + 1 || label !== `row ${index + 1}`)
    }
    const sessions = async (looking = ground.admin, busyWith = ''): Promise<readonly Value[]> => {
      const doing = `COALESCE(INFO, '') LIKE '${busyWith}%'`
      const { rows } = await looking.query(`SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ${doing} ORDER BY ID`)
      return rows.map(([id]) => id ?? null)
    }
    /** The server closes a session in its own time. */
    const untilOnly = (before: readonly Value[]) => until(async () => String(await sessions()) === String(before))

    it('comes in two sessions, each row once, and the second one goes', async () => {
      await create()
      const before = await sessions()
      const totals: number[] = []
      const loaded = ground.database.load(ground.admin, { table: 't', columns: ['id', 'label'], rows: numbered() }, total =>
        totals.push(total),
      )
      expect(await loaded).toBe(rowCount)
      expect(await wrongRow()).toBe(-1)
      expect(await bringers()).toBe(2)
      expect(totals.at(-1)).toBe(rowCount)
      expect(totals).toEqual([...totals].sort((a, b) => a - b))
      await untilOnly(before)
      expect(ground.admin.inTransaction).toBe(false)
    })

    it('comes in one where the server numbers the rows, in their order', async () => {
      await create('id INT AUTO_INCREMENT PRIMARY KEY')
      await load(
        ground.admin,
        ['label'],
        [...numbered()].map(([, label]) => [label ?? null]),
      )
      expect(await bringers()).toBe(1)
      const { rows } = await ground.admin.query('SELECT label FROM t ORDER BY id')
      expect(rows.findIndex(([label], index) => label !== `row ${index + 1}`)).toBe(-1)
    })

    it('comes in one where a row points to the one before', async () => {
      await create('id INT PRIMARY KEY', ', up INT, FOREIGN KEY (up) REFERENCES t (id)')
      function* chain(): Generator<readonly Value[]> {
        for (const [id, label] of numbered()) yield [id ?? null, label ?? null, id === 1 ? null : Number(id) - 1]
      }
      await load(ground.admin, ['id', 'label', 'up'], chain())
      expect(await wrongRow()).toBe(-1)
      expect(await bringers()).toBe(1)
    })

    it('comes in one where a trigger sees the rows, without a key, and in a transaction of the caller', async () => {
      await create()
      await ground.admin.query('CREATE TABLE log (id INT)')
      await ground.admin.query('CREATE TRIGGER t_log AFTER INSERT ON t FOR EACH ROW INSERT INTO log VALUES (NEW.id)')
      await load(ground.admin)
      expect(await bringers()).toBe(1)
      await ground.admin.query('DROP TABLE t')
      await create('id INT')
      await load(ground.admin)
      expect(await bringers()).toBe(1)
      await ground.admin.query('DROP TABLE t')
      await create()
      const session = await ground.open()
      await session.begin({ isolation: null, readOnly: false })
      await load(session)
      expect(session.inTransaction).toBe(true)
      await session.rollback()
      expect(await wrongRow(0)).toBe(-1)
    })

    it('comes in one where a user may have one session only', async () => {
      const user = `t_single_${process.pid}`
      await create()
      await ground.admin.query(`CREATE USER ${user} IDENTIFIED BY 'pw' WITH MAX_USER_CONNECTIONS 1`)
      try {
        await ground.admin.query(`GRANT SELECT, INSERT ON ${ground.namespace}.* TO ${user}`)
        const session = await ground.open({}, { user, password: 'pw' })
        expect(await load(session)).toBe(rowCount)
        expect(await wrongRow()).toBe(-1)
        expect(await bringers()).toBe(1)
        await session.end()
      } finally {
        await ground.admin.query(`DROP USER ${user}`)
      }
    })

    it('goes to the database that the session is in, whatever its URL says', async () => {
      await create()
      const session = await ground.open({ namespace: null })
      await session.query(`USE ${ground.namespace}`)
      await load(session)
      expect(await wrongRow()).toBe(-1)
      expect(await bringers()).toBe(2)
    })

    it('ends both sessions when a row of either is refused, or one cannot be made', async () => {
      await create()
      const before = await sessions()
      for (const twice of [20_000, 40_000, rowCount]) {
        const rows = [...numbered()].map(([id, label]) => [id === twice ? 1 : (id ?? null), label ?? null])
        expect(await failureOf(load(ground.admin, ['id', 'label'], rows))).toMatchObject({ outcome: 'constraint', sessionLost: false })
        expect(ground.admin.inTransaction).toBe(false)
        await untilOnly(before)
        await ground.admin.query('DELETE FROM t')
      }
      function* broken(): Generator<readonly Value[]> {
        for (const row of numbered())
          if (row[0] === 50_000) throw new RangeError('no such person')
          else yield row
      }
      await expect(load(ground.admin, ['id', 'label'], broken())).rejects.toThrow(new RangeError('no such person'))
      await untilOnly(before)
      expect(ground.admin.alive).toBe(true)
    })

    it('fails when the second session is killed', async () => {
      await create()
      const onlooker = await ground.open()
      let killed: Promise<unknown> | null = null
      const before = await sessions()
      const kill = async () => {
        let helper: Value | undefined
        await until(async () => {
          helper = (await sessions(onlooker, 'INSERT')).find(id => !before.includes(id))
          return helper !== undefined
        })
        await onlooker.query(`KILL ${helper}`)
      }
      function* endless(): Generator<readonly Value[]> {
        for (let id = 1; ; id++) yield [id, 'row']
      }
      const loading = ground.database.load(ground.admin, { table: 't', columns: ['id', 'label'], rows: endless() }, () => {
        killed ??= kill()
      })
      expect(await failureOf(loading)).toMatchObject({ sessionLost: true })
      await killed
      expect(ground.admin.alive).toBe(true)
      expect(ground.admin.inTransaction).toBe(false)
    })
  })
}
