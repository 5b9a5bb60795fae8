import Big from 'big.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SessionOptions } from '#oltp/database/contract.js'
import type { Dialogue } from '#oltp/database/dialogue.js'
import { engines } from '../../support/servers.js'
import { failureOf, until } from '../../support/sessions.js'
import { openTalks, type Talks } from '../../support/talks.js'

type Settings = SessionOptions['settings']

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'
  /** By PostgreSQL's way and by MySQL's. */
  const either = <Value>(postgres: Value, mysql: Value) => (isPostgres ? postgres : mysql)

  const detectsAfter = (time: string) => either<Settings>({ deadlock_timeout: time }, {})

  describe(engine.name, () => {
    let talks: Talks
    beforeAll(async () => {
      talks = await openTalks(engine, 'dialogue')
    })
    afterAll(async () => {
      await talks?.close()
    })
    beforeEach(async () => {
      const { admin } = talks.ground
      await admin.query('DROP TABLE IF EXISTS t')
      await admin.query('CREATE TABLE t (id INT PRIMARY KEY, v INT, price NUMERIC(10, 2), name VARCHAR(20))')
      await admin.query("INSERT INTO t VALUES (1, 10, 2.50, 'one'), (2, 20, NULL, NULL)")
    })
    afterEach(async () => {
      await talks.hush()
    })

    it('answers with rows, counts and tags', async () => {
      const a = await talks.talk()
      expect(await a.tell('SELECT id, v, price, name FROM t ORDER BY id')).toEqual({
        columns: ['id', 'v', 'price', 'name'],
        rows: [
          [1, 10, new Big('2.50'), 'one'],
          [2, 20, null, null],
        ],
        ...{ affected: 2, tag: either('SELECT', null) },
      })
      expect(await a.tell('UPDATE t SET v = v')).toMatchObject({ columns: [], rows: [], affected: 2, tag: either('UPDATE', null) })
      expect(await a.tell('SELECT id FROM t WHERE id = 9')).toMatchObject({ columns: ['id'], rows: [], affected: 0 })
      expect(await a.tell('BEGIN')).toMatchObject({ tag: either('BEGIN', null) })
      expect(await a.tell('COMMIT')).toMatchObject({ tag: either('COMMIT', null) })
    })

    it('lives in the namespace with the settings it was given', async () => {
      const level = talks.ground.database.isolationSetting('serializable', await talks.ground.database.inspect(talks.ground.admin))
      const a = await talks.talk(level)
      const { rows } = await a.tell(either('SHOW transaction_isolation', 'SELECT @@transaction_isolation'))
      expect(rows).toEqual([[either('serializable', 'SERIALIZABLE')]])
    })

    it('names the server as its session', async () => {
      const a = await talks.talk()
      expect((await a.tell(either('SELECT pg_backend_pid()', 'SELECT connection_id()'))).rows).toEqual([[a.id]])
    })

    it('knows after every statement whether a transaction is open', async () => {
      const a = await talks.talk()
      const openAfter = async (text: string) => {
        await a.tell(text).catch(() => {})
        return a.inTransaction
      }
      expect(a.inTransaction).toBe(false)
      expect(await openAfter('SELECT 1')).toBe(false)
      expect(await openAfter('UPDATE t SET v = 11 WHERE id = 1')).toBe(false)
      expect(await openAfter('SELEC 1')).toBe(false)
      expect(await openAfter('BEGIN')).toBe(true)
      expect(await openAfter('SELECT v FROM t')).toBe(true)
      expect(await openAfter('UPDATE t SET v = 12 WHERE id = 1')).toBe(true)
      expect(await openAfter("INSERT INTO t VALUES (1, 1, 1, '')")).toBe(true)
      expect(await openAfter('SELECT v FROM t')).toBe(true)
      expect(await openAfter('ROLLBACK')).toBe(false)
      expect(await openAfter('START TRANSACTION READ ONLY')).toBe(true)
      expect(await openAfter('SAVEPOINT s')).toBe(true)
      expect(await openAfter('ROLLBACK TO SAVEPOINT s')).toBe(true)
      expect(await openAfter('COMMIT AND CHAIN')).toBe(true)
      expect(await openAfter('COMMIT')).toBe(false)
      expect(await openAfter('COMMIT')).toBe(false)
    })

    it('hears of a transaction that DDL has committed, or has not', async () => {
      const a = await talks.talk()
      for (const [ddl, stays] of [
        ['CREATE TABLE u (id INT)', isPostgres],
        ['DROP TABLE u', isPostgres],
        ['DROP TABLE nothing', isPostgres],
        [either('ANALYZE t', 'ANALYZE TABLE t'), isPostgres],
      ] as const) {
        await a.tell('BEGIN')
        await a.tell('UPDATE t SET v = v + 1 WHERE id = 1')
        await a.tell(ddl).catch(() => {})
        expect(a.inTransaction, ddl).toBe(stays)
        await a.tell('COMMIT')
        if (ddl === 'CREATE TABLE u (id INT)') expect(a.inTransaction).toBe(false)
      }
    })

    it('knows whether the server refuses what is left of a transaction', async () => {
      const a = await talks.talk()
      const failedAfter = async (text: string) => {
        await a.tell(text).catch(() => {})
        return a.inFailedTransaction
      }
      expect(await failedAfter('SELEC 1')).toBe(false)
      expect(await failedAfter('BEGIN')).toBe(false)
      expect(await failedAfter('SAVEPOINT s')).toBe(false)
      expect(await failedAfter('SELEC 1')).toBe(isPostgres)
      expect(await failedAfter('SELECT 1')).toBe(isPostgres)
      expect(await failedAfter('ROLLBACK TO SAVEPOINT s')).toBe(false)
      expect(await failedAfter('SELEC 1')).toBe(isPostgres)
      expect(await failedAfter('ROLLBACK')).toBe(false)
    })

    it('answers ROLLBACK to the COMMIT of a transaction that failed, where that ends it', async () => {
      const a = await talks.talk()
      await a.tell('BEGIN')
      await a.tell('UPDATE t SET v = 11 WHERE id = 1')
      await failureOf(a.tell("INSERT INTO t VALUES (1, 1, 1, '')"))
      if (isPostgres) expect(await failureOf(a.tell('SELECT 1'))).toMatchObject({ code: '25P02' })
      expect([a.inTransaction, a.inFailedTransaction]).toEqual([true, isPostgres])
      expect((await a.tell('COMMIT')).tag).toBe(either('ROLLBACK', null))
      expect([a.inTransaction, a.inFailedTransaction]).toEqual([false, false])
      expect((await a.tell('SELECT v FROM t WHERE id = 1')).rows).toEqual([[either(10, 11)]])
    })

    it('says what the server says of an error, and goes on', async () => {
      const a = await talks.talk()
      const duplicate = await failureOf(a.tell("INSERT INTO t VALUES (1, 1, 1, '')"))
      expect(duplicate).toMatchObject({ code: either('23505', '1062'), outcome: 'constraint', sessionLost: false })
      expect(duplicate.message).toMatch(/duplicate/i)
      expect(duplicate.detail).toBe(either('Key (id)=(1) already exists.', null))
      const unknown = await failureOf(a.tell('SELECT id FROM t WHERE vv = 1'))
      expect(unknown).toMatchObject({
        code: either('42703', '1054'),
        hint: either('Perhaps you meant to reference the column "t.v".', null),
      })
      expect(a.alive).toBe(true)
      expect((await a.tell('SELECT 1')).rows).toEqual([[1]])
    })

    it('is of use after errors for which a load would give its session up', async () => {
      const a = await talks.talk()
      await a.tell('START TRANSACTION READ ONLY')
      expect(await failureOf(a.tell('UPDATE t SET v = 1'))).toMatchObject({ code: either('25006', '1792'), sessionLost: false })
      await a.tell('ROLLBACK')
      const unknown = await failureOf(a.tell('EXECUTE nobody'))
      expect(unknown).toMatchObject({ code: either('26000', '1243'), sessionLost: false })
      expect(a.alive).toBe(true)
      expect((await a.tell('SELECT 1')).rows).toEqual([[1]])
    })

    it('hears of a deadlock, and who of the two is out of its transaction', async () => {
      const [a, b] = [await talks.talk(detectsAfter('50ms')), await talks.talk(detectsAfter('1min'))]
      for (const one of [a, b]) await one.tell('BEGIN')
      await a.tell('UPDATE t SET v = 1 WHERE id = 1')
      await b.tell('UPDATE t SET v = 2 WHERE id = 2')
      const waiting = b.tell('UPDATE t SET v = 2 WHERE id = 1').catch(error => error)
      await talks.untilWaiting(b, [a])
      const closing = a.tell('UPDATE t SET v = 1 WHERE id = 2').catch(error => error)
      const [first, second] = await Promise.race([closing.then(one => [a, one] as const), waiting.then(one => [b, one] as const)])
      const victim = second instanceof Error ? first : first === a ? b : a
      const survivor = victim === a ? b : a
      const failure = await (victim === a ? closing : waiting)
      expect(failure).toMatchObject({ code: either('40P01', '1213'), outcome: 'deadlock', sessionLost: false })
      if (isPostgres) expect(failure.detail).toContain(`Process ${victim.id} waits for`)
      await (victim === a ? waiting : closing)
      expect([victim.inTransaction, survivor.inTransaction]).toEqual([isPostgres, true])
      await survivor.tell('COMMIT')
      await victim.tell('ROLLBACK')
    })

    it('stays in its transaction after a lock time-out', async () => {
      const [a, b] = [await talks.talk(), await talks.talk(either<Settings>({ lock_timeout: '50ms' }, { innodb_lock_wait_timeout: '1' }))]
      for (const one of [a, b]) await one.tell('BEGIN')
      await a.tell('UPDATE t SET v = 1 WHERE id = 1')
      const failure = await failureOf(b.tell('UPDATE t SET v = 2 WHERE id = 1'))
      expect(failure).toMatchObject({ code: either('55P03', '1205'), outcome: 'lock_timeout' })
      expect(b.inTransaction).toBe(true)
      expect((await b.tell('COMMIT')).tag).toBe(either('ROLLBACK', null))
    })

    if (engine.name === 'mariadb') {
      it('is out of its transaction after a write to a row newer than its snapshot', async () => {
        const [a, b] = [await talks.talk({ innodb_snapshot_isolation: 'ON' }), await talks.talk()]
        await a.tell('BEGIN')
        await a.tell('SELECT v FROM t WHERE id = 1')
        await b.tell('UPDATE t SET v = 11 WHERE id = 1')
        expect(await failureOf(a.tell('UPDATE t SET v = 12 WHERE id = 1'))).toMatchObject({
          code: '1020',
          outcome: 'serialization',
          sessionLost: false,
        })
        expect([a.alive, a.inTransaction]).toEqual([true, false])
      })
    }

    it('is lost when the server ends it, busy or not', async () => {
      const [a, b] = [await talks.talk(), await talks.talk()]
      const end = (one: Dialogue) => talks.ground.admin.query(either(`SELECT pg_terminate_backend(${one.id})`, `KILL ${one.id}`))
      await a.tell('BEGIN')
      await end(a)
      await until(() => !a.alive)
      expect(await failureOf(a.tell('SELECT 1'))).toMatchObject({ outcome: 'connection', sessionLost: true })
      expect(a.inTransaction).toBe(false)

      const sleeping = failureOf(b.tell(either('SELECT pg_sleep(30)', 'SELECT SLEEP(30)')))
      await until(async () => (await talks.ground.admin.query(isAsleep(b))).rows.length > 0)
      await end(b)
      expect(await sleeping).toMatchObject({ outcome: 'connection', sessionLost: true })
      await until(() => !b.alive)
      await a.end()
      await b.end()
    })

    const isAsleep = ({ id }: Dialogue) =>
      either(
        `SELECT 1 FROM pg_stat_activity WHERE pid = ${id} AND wait_event = 'PgSleep'`,
        `SELECT 1 FROM information_schema.processlist WHERE id = ${id} AND state = 'User sleep'`,
      )

    it('is gone from the server when it was ended, killed while it waits too', async () => {
      const [a, b, c] = [await talks.talk(), await talks.talk(), await talks.talk()]
      await a.tell('BEGIN')
      await a.tell('UPDATE t SET v = 1 WHERE id = 1')
      const waiting = failureOf(b.tell('UPDATE t SET v = v + 1 WHERE id = 1'))
      await talks.untilWaiting(b, [a])
      await b.kill()
      expect(await waiting).toMatchObject({ sessionLost: true })
      await a.end()
      await c.end()
      expect([a.alive, b.alive, c.alive]).toEqual([false, false, false])
      const there = either('SELECT 1 FROM pg_stat_activity WHERE pid IN', 'SELECT 1 FROM information_schema.processlist WHERE id IN')
      await until(async () => (await talks.ground.admin.query(`${there} (${a.id}, ${b.id}, ${c.id})`)).rows.length === 0)
      expect((await talks.ground.admin.query('SELECT v FROM t WHERE id = 1')).rows).toEqual([[10]])
    })

    it('listens no harder the longer it talks', async () => {
      const warnings: Error[] = []
      const note = (warning: Error) => void warnings.push(warning)
      process.on('warning', note)
      const a = await talks.talk()
      for (let count = 0; count < 30; count++) await a.tell('SELECT 1')
      await new Promise(resolve => setImmediate(resolve))
      process.off('warning', note)
      expect(warnings).toEqual([])
    })

    it('tells no password when it cannot begin', async () => {
      const { password } = talks.ground.target
      const refused = await failureOf(talks.talk({ no_such_setting: 'x' }))
      expect(refused).toMatchObject({ stage: 'connect', sessionLost: true })
      expect(JSON.stringify({ ...refused, message: refused.message })).not.toContain(String(password))
    })
  })
}
