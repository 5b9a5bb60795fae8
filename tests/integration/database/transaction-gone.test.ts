import mysql from 'mysql2/promise'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, untilBlocked } from '../../support/sessions.js'

// The server has rolled back everything, and the client does not know: what it sends next would be a transaction of its own.

for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
  describe(engine.name, () => {
    let ground: Ground
    beforeEach(async () => {
      ground = await openGround(engine, 'gone')
      await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY, v int)')
      await ground.admin.query('INSERT INTO t VALUES (1, 1), (2, 1)')
    })
    afterEach(() => ground.close())

    const idsFrom50 = async () => (await ground.admin.query('SELECT id FROM t WHERE id >= 50 ORDER BY id')).rows.flat()

    /** Makes the victim of a deadlock of whoever runs these statements; resolves when the other has taken back all its own. */
    async function deadlock(victim: (text: string) => Promise<unknown>, failed: (work: Promise<unknown>) => Promise<unknown>) {
      const other = await ground.open()
      await other.begin({ isolation: null, readOnly: false })
      await victim('UPDATE t SET v = 2 WHERE id = 1')
      await victim('INSERT INTO t VALUES (50, 1)')
      // The one who has changed more rows wins.
      await other.query('INSERT INTO t VALUES (30, 1), (31, 1), (32, 1), (33, 1), (34, 1)')
      await other.query('UPDATE t SET v = 2 WHERE id = 2')
      const waits = other.query('UPDATE t SET v = 2 WHERE id = 1')
      await untilBlocked(ground, other)
      await failed(victim('UPDATE t SET v = 2 WHERE id = 2'))
      await waits
      await other.rollback()
    }

    it('after a deadlock the driver alone goes on, and its next statement commits by itself', async () => {
      const driver = await connectDriver(ground)
      await driver.query('START TRANSACTION')
      await deadlock(
        text => driver.query(text),
        work => expect(work).rejects.toMatchObject({ errno: 1213 }),
      )
      await driver.query('INSERT INTO t VALUES (51, 1)')
      await driver.query('ROLLBACK')
      await driver.end()
      expect(await idsFrom50()).toEqual([51])
    })

    it('after a deadlock our session refuses to go on until it is rolled back', async () => {
      const session = await ground.open()
      await session.begin({ isolation: null, readOnly: false })
      await deadlock(
        text => session.query(text),
        async work => expect(await failureOf(work)).toMatchObject({ outcome: 'deadlock', code: '1213' }),
      )
      expect(await failureOf(session.query('INSERT INTO t VALUES (51, 1)'))).toMatchObject({
        code: 'TRANSACTION_GONE',
        outcome: 'deadlock',
      })
      expect(await idsFrom50()).toEqual([])
      await session.rollback()
      await session.query('INSERT INTO t VALUES (52, 1)')
      expect(await idsFrom50()).toEqual([52])
    })
  })
}

describe('mariadb, when the snapshot has changed', () => {
  const [engine] = engines.filter(({ name }) => name === 'mariadb')
  if (engine === undefined) throw new Error('no server')
  let ground: Ground
  beforeEach(async () => {
    ground = await openGround(engine, 'snapshot')
    await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY, v int)')
    await ground.admin.query('INSERT INTO t VALUES (1, 1)')
  })
  afterEach(() => ground.close())

  const rows = async () => (await ground.admin.query('SELECT id, v FROM t ORDER BY id')).rows

  it('after 1020 the driver alone goes on, and its next statement commits by itself', async () => {
    const driver = await connectDriver(ground)
    await driver.query("SET SESSION innodb_snapshot_isolation = 'ON', tx_isolation = 'REPEATABLE-READ'")
    await driver.query('START TRANSACTION')
    await driver.query('SELECT * FROM t')
    await driver.query('INSERT INTO t VALUES (2, 1)')
    await ground.admin.query('UPDATE t SET v = 2 WHERE id = 1')
    await expect(driver.query('UPDATE t SET v = 3 WHERE id = 1')).rejects.toMatchObject({ errno: 1020 })
    await driver.query('INSERT INTO t VALUES (3, 1)')
    await driver.query('ROLLBACK')
    await driver.end()
    expect(await rows()).toEqual([
      [1, 2],
      [3, 1],
    ])
  })

  it('after 1020 our session refuses to go on, and its COMMIT is none', async () => {
    const session = await ground.open({ settings: { innodb_snapshot_isolation: 'ON' } })
    await session.begin({ isolation: 'repeatable read', readOnly: false })
    await session.query('SELECT * FROM t')
    await session.query('INSERT INTO t VALUES (2, 1)')
    await ground.admin.query('UPDATE t SET v = 2 WHERE id = 1')
    expect(await failureOf(session.query('UPDATE t SET v = 3 WHERE id = 1'))).toMatchObject({ outcome: 'serialization', code: '1020' })
    expect(session.inTransaction).toBe(false)
    expect(await failureOf(session.query('INSERT INTO t VALUES (3, 1)'))).toMatchObject({
      code: 'TRANSACTION_GONE',
      outcome: 'serialization',
    })
    expect(await failureOf(session.commit())).toMatchObject({ code: 'COMMIT_ROLLED_BACK', outcome: 'serialization' })
    await session.rollback()
    expect(await rows()).toEqual([[1, 2]])
  })
})

/** The driver as everybody uses it, without a session of ours around it. */
function connectDriver({ target, namespace }: Ground): Promise<mysql.Connection> {
  const { host, port, user, password } = target
  return mysql.createConnection({ host, port, user, password: password ?? '', database: namespace })
}
