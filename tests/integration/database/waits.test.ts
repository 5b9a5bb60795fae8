import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Dialogue } from '#oltp/database/dialogue.js'
import { OltpError } from '#oltp/errors.js'
import { engines } from '../../support/servers.js'
import { until } from '../../support/sessions.js'
import { openTalks, type Talks } from '../../support/talks.js'

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'
  const isMariadb = engine.name === 'mariadb'
  const either = <Value>(postgres: Value, mysql: Value) => (isPostgres ? postgres : mysql)

  describe(engine.name, () => {
    let talks: Talks
    let talking: Promise<unknown>[]
    beforeAll(async () => {
      talks = await openTalks(engine, 'waits')
    })
    afterAll(async () => {
      await talks?.close()
    })
    beforeEach(async () => {
      const { admin } = talks.ground
      await admin.query('DROP TABLE IF EXISTS t')
      await admin.query('CREATE TABLE t (id INT PRIMARY KEY, v INT)')
      await admin.query('INSERT INTO t VALUES (1, 10), (2, 20)')
      talking = []
    })
    afterEach(async () => {
      await talks.hush()
      await Promise.all(talking)
    })

    const people = async (count: number): Promise<Dialogue[]> => Promise.all(Array.from({ length: count }, () => talks.talk()))
    /** Says what will not be answered soon. */
    const say = (one: Dialogue, text: string) => void talking.push(one.tell(text).catch(() => {}))
    const idsOf = (everyone: readonly Dialogue[]) => everyone.map(({ id }) => id)

    it('sees a queue for a row, each behind the one before or all behind the first', async () => {
      const [a, b, c] = (await people(3)) as [Dialogue, Dialogue, Dialogue]
      await a.tell('BEGIN')
      await a.tell('UPDATE t SET v = 1 WHERE id = 1')
      say(b, 'UPDATE t SET v = 2 WHERE id = 1')
      expect(await talks.blockersOf(b, [a, b, c])).toEqual([0])
      say(c, 'UPDATE t SET v = 3 WHERE id = 1')
      // PostgreSQL lets C stand behind B alone; InnoDB tells of everybody in front.
      expect((await talks.blockersOf(c, [a, b, c])).toSorted()).toEqual(either([1], [0, 1]))
      expect(idsOf([b, c]).toSorted()).toEqual((await talks.watch.waits(idsOf([a, b, c]))).map(({ waiting }) => waiting).toSorted())
      const { lock } = await talks.untilWaiting(b, [a, c])
      expect(lock).toMatch(either(/^transactionid ShareLock$/, /^X.* on t\.PRIMARY 1$/))
      await a.tell('COMMIT')
      await until(async () => (await talks.watch.waits(idsOf([a, b, c]))).length === 0)
    })

    it('says nothing of others, nor of those who do not wait', async () => {
      const [a, b, c] = (await people(3)) as [Dialogue, Dialogue, Dialogue]
      expect(await talks.watch.waits(idsOf([a, b, c]))).toEqual([])
      await a.tell('BEGIN')
      await a.tell('UPDATE t SET v = 1 WHERE id = 1')
      say(b, 'UPDATE t SET v = 2 WHERE id = 1')
      await talks.untilWaiting(b, [a])
      expect(await talks.watch.waits([a.id, c.id])).toEqual([])
    })

    it('sees who waits for readers', async () => {
      const [a, b, c] = (await people(3)) as [Dialogue, Dialogue, Dialogue]
      const share = isMariadb ? 'LOCK IN SHARE MODE' : 'FOR SHARE'
      for (const one of [a, b]) {
        await one.tell('BEGIN')
        await one.tell(`SELECT v FROM t WHERE id = 1 ${share}`)
      }
      say(c, 'UPDATE t SET v = 2 WHERE id = 1')
      const { blockers, inferred } = await talks.inTheWayOf(c, [a, b, c])
      // MariaDB does not name who has only read: those are who else there is.
      expect(isMariadb ? blockers : inferred).toEqual([])
      expect([...blockers, ...inferred].length).toBeGreaterThan(0)
      expect([...blockers, ...inferred]).not.toContain(2)
      await a.tell('COMMIT')
      const left = isMariadb ? { blockers: [], inferred: [1] } : { blockers: [1], inferred: [] }
      await until(async () => JSON.stringify(await talks.inTheWayOf(c, [a, b, c])) === JSON.stringify(left))
      await b.tell('COMMIT')
      await until(async () => (await talks.watch.waits(idsOf([a, b, c]))).length === 0)
    })

    it('does not take one that stands behind for one in the way', async () => {
      const [reader, writer, late] = (await people(3)) as [Dialogue, Dialogue, Dialogue]
      const share = isMariadb ? 'LOCK IN SHARE MODE' : 'FOR SHARE'
      for (const one of [reader, writer, late]) await one.tell('BEGIN')
      await reader.tell(`SELECT v FROM t WHERE id = 2 ${share}`)
      await late.tell(`SELECT v FROM t WHERE id = 1 ${share}`)
      say(writer, 'UPDATE t SET v = 2 WHERE id = 2')
      await talks.untilWaiting(writer, [reader, late])
      if (isPostgres) return void expect(await talks.blockersOf(writer, [reader, writer, late])).toEqual([0])
      // InnoDB lets a reader stand behind a writer who waits.
      say(late, `SELECT v FROM t WHERE id = 2 ${share}`)
      expect(await talks.blockersOf(late, [reader, writer, late])).toEqual([1])
      const inTheWay = isMariadb ? { blockers: [], inferred: [0] } : { blockers: [0], inferred: [] }
      expect(await talks.inTheWayOf(writer, [reader, writer, late])).toEqual(inTheWay)
    })

    it('sees two who want the same new key, and nobody in their own way', async () => {
      const [a, b, c] = (await people(3)) as [Dialogue, Dialogue, Dialogue]
      for (const one of [a, b, c]) await one.tell('BEGIN')
      await a.tell('INSERT INTO t VALUES (7, 1)')
      say(b, 'INSERT INTO t VALUES (7, 2)')
      expect(await talks.blockersOf(b, [a, b, c])).toEqual([0])
      say(
        c,
        either(
          'INSERT INTO t VALUES (7, 3) ON CONFLICT (id) DO UPDATE SET v = 3',
          'INSERT INTO t VALUES (7, 3) ON DUPLICATE KEY UPDATE v = 3',
        ),
      )
      const blockers = await talks.blockersOf(c, [a, b, c])
      expect(blockers).toContain(0)
      expect(blockers).not.toContain(2)
    })

    it('sees who waits for a table that is altered, and for whom that waits', async () => {
      const [reader, alter, late] = (await people(3)) as [Dialogue, Dialogue, Dialogue]
      await reader.tell('BEGIN')
      await reader.tell('SELECT v FROM t')
      say(alter, 'ALTER TABLE t ADD COLUMN note VARCHAR(10)')
      const first = await talks.blockersOf(alter, [reader, alter, late])
      say(late, 'SELECT v FROM t')
      const second = await talks.blockersOf(late, [reader, alter, late])
      // MariaDB tells that they wait, and not for whom: then it is nobody that we would know of.
      expect(await talks.inTheWayOf(alter, [reader, alter, late])).toEqual({ blockers: first, inferred: [] })
      expect([first, second]).toEqual(isMariadb ? [[], []] : [[0], [1]])
      const { lock } = await talks.untilWaiting(late, [reader, alter])
      const expected = {
        postgres: 'relation AccessShareLock on t',
        mysql: 'SHARED_READ on table t',
        mariadb: 'a metadata lock on the table',
      }
      expect(lock).toBe(expected[engine.name])
      await reader.tell('COMMIT')
      await until(async () => (await talks.watch.waits(idsOf([reader, alter, late]))).length === 0)
    })

    it('sees who waits for a lock of our own naming', async () => {
      const [a, b] = (await people(2)) as [Dialogue, Dialogue]
      const take = either('SELECT pg_advisory_lock(42)', `SELECT GET_LOCK('${talks.ground.namespace}', 30)`)
      await a.tell(take)
      say(b, take)
      expect(await talks.inTheWayOf(b, [a, b])).toEqual({ blockers: [0], inferred: [] })
      const { lock } = await talks.untilWaiting(b, [a])
      const expected = {
        postgres: 'advisory ExclusiveLock',
        mysql: `EXCLUSIVE on user lock ${talks.ground.namespace}`,
        mariadb: `user lock ${talks.ground.namespace}`,
      }
      expect(lock).toBe(expected[engine.name])
    })

    if (!isPostgres) {
      it('knows the holder of a lock whose name is computed where the server lists it, and invents none elsewhere', async () => {
        const [a, b] = (await people(2)) as [Dialogue, Dialogue]
        const take = `SELECT GET_LOCK(CONCAT('${talks.ground.namespace}', '_c'), 30)`
        await a.tell(take)
        say(b, take)
        expect(await talks.inTheWayOf(b, [a, b])).toEqual({ blockers: isMariadb ? [] : [0], inferred: [] })
      })

      it('sees nobody wait for a lock of our own naming once its release was answered', async () => {
        const [a, b] = (await people(2)) as [Dialogue, Dialogue]
        const name = `${talks.ground.namespace}_r`
        for (let round = 0; round < 10; round++) {
          await a.tell(`SELECT GET_LOCK('${name}', 30)`)
          const waiting = b.tell(`SELECT GET_LOCK('${name}', 30)`)
          expect(await talks.blockersOf(b, [a, b])).toEqual([0])
          await a.tell(`SELECT RELEASE_LOCK('${name}')`)
          expect(await talks.watch.waits(idsOf([a, b]))).toEqual([])
          await waiting
          await b.tell(`SELECT RELEASE_LOCK('${name}')`)
        }
      })
    }

    it('does not take a slow statement for one that waits', async () => {
      const [a] = (await people(1)) as [Dialogue]
      say(a, either('SELECT pg_sleep(20)', 'SELECT SLEEP(20)'))
      const asleep = either(
        `SELECT 1 FROM pg_stat_activity WHERE pid = ${a.id} AND wait_event = 'PgSleep'`,
        `SELECT 1 FROM information_schema.processlist WHERE id = ${a.id} AND state = 'User sleep'`,
      )
      await until(async () => (await talks.ground.admin.query(asleep)).rows.length > 0)
      for (let look = 0; look < 5; look++) expect(await talks.watch.waits([a.id])).toEqual([])
    })

    it('sees nothing any more once the COMMIT of the one in the way was answered', async () => {
      const [a, b] = (await people(2)) as [Dialogue, Dialogue]
      for (let round = 0; round < 20; round++) {
        await a.tell('BEGIN')
        await a.tell('UPDATE t SET v = v + 1 WHERE id = 1')
        const waiting = b.tell('UPDATE t SET v = v + 1 WHERE id = 1')
        expect(await talks.blockersOf(b, [a, b])).toEqual([0])
        await a.tell('COMMIT')
        expect(await talks.watch.waits(idsOf([a, b]))).toEqual([])
        await waiting
      }
    })

    it('lists what is held and what is asked for', async () => {
      const [a, b] = (await people(2)) as [Dialogue, Dialogue]
      await a.tell('BEGIN')
      await a.tell('UPDATE t SET v = 1 WHERE id = 1')
      say(b, 'UPDATE t SET v = 2 WHERE id = 1')
      await talks.untilWaiting(b, [a])
      const locks = await talks.watch.locks(idsOf([a, b]))
      expect(locks.every(({ session }) => idsOf([a, b]).includes(session))).toBe(true)
      const held = locks.filter(({ session, granted }) => session === a.id && granted).map(({ object, mode }) => `${object} ${mode}`)
      const asked = locks.filter(({ session, granted }) => session === b.id && !granted).map(({ object, mode }) => `${object} ${mode}`)
      expect(held).toContain({ postgres: 't RowExclusiveLock', mysql: 't.PRIMARY 1 X,REC_NOT_GAP', mariadb: 't.PRIMARY 1 X' }[engine.name])
      if (isPostgres) expect(asked).toEqual([expect.stringMatching(/^transaction \d+ ShareLock$/)])
      else expect(asked).toEqual([isMariadb ? 't.PRIMARY 1 X' : 't.PRIMARY 1 X,REC_NOT_GAP'])
      expect(locks.some(({ object }) => object.startsWith('pg_'))).toBe(false)
    })

    if (isPostgres) {
      it('sees who waits for a snapshot in which nothing can go wrong', async () => {
        const [a, b] = (await people(2)) as [Dialogue, Dialogue]
        await a.tell('BEGIN ISOLATION LEVEL SERIALIZABLE')
        await a.tell('SELECT v FROM t')
        await b.tell('BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE')
        say(b, 'SELECT v FROM t')
        expect(await talks.blockersOf(b, [a, b])).toEqual([0])
        expect((await talks.untilWaiting(b, [a])).lock).toBe('a safe snapshot')
        await a.tell('COMMIT')
        await until(async () => (await talks.watch.waits(idsOf([a, b]))).length === 0)
      })
    }

    ordinaryRole(() => talks)
  })

  function ordinaryRole(talks: () => Talks): void {
    it(isPostgres ? 'works for a role without any privilege' : 'tells a user without the privilege which grant is missing', async () => {
      const { ground } = talks()
      const { database, namespace, admin } = ground
      const name = `${namespace}_plain`
      const password = 'plain-secret'
      await admin.query(either(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`, `CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`))
      await admin.query(either(`GRANT ALL ON SCHEMA ${namespace} TO ${name}`, `GRANT ALL ON ${namespace}.* TO '${name}'@'%'`))
      await admin.query(either(`GRANT ALL ON t TO ${name}`, 'DO 0'))
      const role = { user: name, password }
      const observer = await ground.open({}, role)
      const watch = database.watchWaits(observer, await database.inspect(admin))
      try {
        if (isPostgres) {
          const [a, b] = [await talks().talk({}, role), await talks().talk({}, role)]
          await a.tell('BEGIN')
          await a.tell('UPDATE t SET v = 1 WHERE id = 1')
          const waiting = b.tell('UPDATE t SET v = 2 WHERE id = 1')
          await until(async () => (await watch.waits([a.id, b.id])).length > 0)
          expect(await watch.waits([a.id, b.id])).toEqual([
            { waiting: b.id, blockers: [a.id], inferred: [], lock: 'transactionid ShareLock' },
          ])
          expect((await watch.locks([a.id])).map(({ mode }) => mode)).toContain('RowExclusiveLock')
          await a.tell('COMMIT')
          await waiting
          await talks().hush()
        } else {
          for (const look of [watch.waits, watch.locks]) {
            const error = await look([observer.id]).then(
              () => null,
              reason => reason,
            )
            expect(error).toBeInstanceOf(OltpError)
            expect(error).toMatchObject({
              code: 'WAITS_FORBIDDEN',
              exitCode: 3,
              hint: expect.stringContaining(isMariadb ? 'GRANT PROCESS ON *.*' : 'GRANT SELECT ON performance_schema.*'),
            })
            expect(`${error.message} ${error.hint}`).not.toContain(password)
          }
        }
      } finally {
        await observer.end()
        if (isPostgres) await admin.query(`DROP OWNED BY ${name}`)
        await admin.query(either(`DROP ROLE ${name}`, `DROP USER '${name}'@'%'`))
      }
    })
  }
}
