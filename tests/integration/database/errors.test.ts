import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseError, Session } from '#oltp/database/contract.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, statement, untilBlocked } from '../../support/sessions.js'

const anyLevel = { isolation: null, readOnly: false } as const

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'
  const isMaria = engine.name === 'mariadb'

  describe(engine.name, () => {
    let ground: Ground
    let a: Session
    let b: Session
    const run = (session: Session, text: string, ...parameters: Value[]) => session.execute(statement(ground, text), parameters)
    const fail = (session: Session, text: string, ...parameters: Value[]): Promise<DatabaseError> =>
      failureOf(run(session, text, ...parameters))
    const rows = async (text: string) => (await ground.admin.query(text)).rows

    beforeAll(async () => {
      ground = await openGround(engine, 'errors')
      const { admin } = ground
      await admin.query('CREATE TABLE t (id bigint PRIMARY KEY, v bigint NOT NULL, CONSTRAINT positive CHECK (v > -1000))')
      await admin.query('CREATE TABLE child (id bigint PRIMARY KEY, t_id bigint, FOREIGN KEY (t_id) REFERENCES t (id))')
      a = await ground.open()
      b = await ground.open()
    })
    afterAll(() => ground.close())
    beforeEach(async () => {
      await a.rollback()
      await b.rollback()
      await ground.admin.query('DELETE FROM child')
      await ground.admin.query('DELETE FROM t')
      await ground.admin.query('INSERT INTO t (id, v) VALUES (1, 10), (2, 20)')
    })

    /** Both lock one row, then the other's: one of the two must lose. */
    async function deadlock(): Promise<{ failure: DatabaseError; loser: Session; winner: Session }> {
      await a.begin(anyLevel)
      await b.begin(anyLevel)
      await run(a, 'INSERT INTO t (id, v) VALUES (10, 1)')
      await run(b, 'INSERT INTO t (id, v) VALUES (11, 1)')
      await run(a, 'UPDATE t SET v = v + 1 WHERE id = 1')
      await run(b, 'UPDATE t SET v = v + 1 WHERE id = 2')
      const first = run(a, 'UPDATE t SET v = v + 1 WHERE id = 2')
      first.catch(() => {})
      await untilBlocked(ground, a)
      const second = run(b, 'UPDATE t SET v = v + 1 WHERE id = 1')
      const [one] = await Promise.allSettled([first, second])
      const lost = one.status === 'rejected' ? a : b
      return { failure: await failureOf(lost === a ? first : second), loser: lost, winner: lost === a ? b : a }
    }

    it('deadlock', async () => {
      const { failure, loser, winner } = await deadlock()
      expect(failure).toMatchObject({
        outcome: 'deadlock',
        code: isPostgres ? '40P01' : '1213',
        stage: 'body',
        sessionLost: false,
        fatal: false,
      })
      await loser.rollback()
      await winner.commit()
      expect((await rows('SELECT count(*) FROM t'))[0]).toEqual([3])
    })

    it('after a deadlock nothing of that attempt goes on, least of all by itself', async () => {
      const { failure, loser } = await deadlock()
      const after = await fail(loser, 'INSERT INTO t (id, v) VALUES (99, 1)')
      expect(after.code).toBe(isPostgres ? '25P02' : 'TRANSACTION_GONE')
      expect(await rows('SELECT id FROM t WHERE id = 99')).toEqual([])
      const commit = await failureOf(loser.commit())
      expect(commit).toMatchObject({ code: 'COMMIT_ROLLED_BACK', outcome: failure.outcome, stage: 'commit', sessionLost: false })
      await loser.rollback()
      expect(loser.inTransaction).toBe(false)
      await loser.begin(anyLevel)
      await run(loser, 'UPDATE t SET v = v WHERE id = 12')
      await loser.commit()
    })

    it('lock time-out, with the rest of the transaction still there until ROLLBACK', async () => {
      const impatient = await ground.open({ settings: isPostgres ? { lock_timeout: '50ms' } : { innodb_lock_wait_timeout: '1' } })
      await a.begin(anyLevel)
      await run(a, 'UPDATE t SET v = 0 WHERE id = 1')
      await impatient.begin(anyLevel)
      await run(impatient, 'UPDATE t SET v = 0 WHERE id = 2')
      const failure = await fail(impatient, 'UPDATE t SET v = 1 WHERE id = 1')
      expect(failure).toMatchObject({ outcome: 'lock_timeout', code: isPostgres ? '55P03' : '1205', sessionLost: false, fatal: false })
      expect(impatient.inTransaction).toBe(true)
      await impatient.rollback()
      await a.commit()
      expect(await rows('SELECT v FROM t ORDER BY id')).toEqual([[0], [20]])
    })

    it('NOWAIT', async () => {
      await a.begin(anyLevel)
      await run(a, 'UPDATE t SET v = 0 WHERE id = 1')
      const failure = await fail(b, 'SELECT v FROM t WHERE id = 1 FOR UPDATE NOWAIT')
      expect(failure).toMatchObject({ outcome: 'lock_timeout', code: isPostgres ? '55P03' : isMaria ? '1205' : '3572' })
      await a.rollback()
    })

    it('statement time-out of a read', async () => {
      const hurried = await ground.open({ statementTimeoutMs: 100 })
      const slow = isPostgres
        ? 'SELECT count(*) FROM generate_series(1, 1000000000)'
        : 'SELECT count(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c'
      const failure = await fail(hurried, slow)
      expect(failure).toMatchObject({
        outcome: 'statement_timeout',
        code: isPostgres ? '57014' : isMaria ? '1969' : '3024',
        sessionLost: false,
      })
      expect((await run(hurried, 'SELECT 1')).rows).toEqual([[1]])
    })

    it('statement time-out of a write that waits for a lock, after which the session serves on', async () => {
      const hurried = await ground.open({ statementTimeoutMs: 100 })
      await a.begin(anyLevel)
      await run(a, 'UPDATE t SET v = 0 WHERE id = 1')
      await hurried.begin(anyLevel)
      await run(hurried, 'UPDATE t SET v = 0 WHERE id = 2')
      const failure = await fail(hurried, 'UPDATE t SET v = 1 WHERE id = 1')
      expect(failure).toMatchObject({
        outcome: 'statement_timeout',
        code: isPostgres ? '57014' : isMaria ? '1969' : '1317',
        stage: 'body',
        sessionLost: false,
      })
      await hurried.rollback()
      for (let time = 0; time < 20; time++) expect((await run(hurried, 'SELECT ?', 'x')).rows).toEqual([['x']])
      await a.rollback()
      expect(await rows('SELECT v FROM t ORDER BY id')).toEqual([[10], [20]])
    })

    it.each([
      ['unique', 'INSERT INTO t (id, v) VALUES (1, 1)', '23505', '1062', '1062'],
      ['NOT NULL', 'INSERT INTO t (id, v) VALUES (3, NULL)', '23502', '1048', '1048'],
      ['foreign key, child', 'INSERT INTO child (id, t_id) VALUES (1, 99)', '23503', '1452', '1452'],
      ['CHECK', 'UPDATE t SET v = -5000', '23514', '3819', '4025'],
    ])('constraint: %s', async (_, text, postgres, mysql, maria) => {
      const code = isPostgres ? postgres : isMaria ? maria : mysql
      expect(await fail(a, text)).toMatchObject({ outcome: 'constraint', code, stage: 'autocommit', sessionLost: false, fatal: false })
      await a.begin(anyLevel)
      expect(await fail(a, text)).toMatchObject({ outcome: 'constraint', code, stage: 'body' })
      expect(a.inTransaction).toBe(true)
      await a.rollback()
    })

    it('constraint: foreign key, parent', async () => {
      await run(a, 'INSERT INTO child (id, t_id) VALUES (1, 1)')
      expect(await fail(a, 'DELETE FROM t WHERE id = 1')).toMatchObject({ outcome: 'constraint', code: isPostgres ? '23503' : '1451' })
    })

    it('a savepoint absorbs a constraint error', async () => {
      await a.begin(anyLevel)
      await run(a, 'INSERT INTO t (id, v) VALUES (3, 3)')
      await a.savepoint('s "`')
      await fail(a, 'INSERT INTO t (id, v) VALUES (1, 1)')
      await a.rollbackToSavepoint('s "`')
      await a.savepoint('u')
      await run(a, 'INSERT INTO t (id, v) VALUES (4, 4)')
      await a.releaseSavepoint('u')
      await a.commit()
      expect(await rows('SELECT id FROM t ORDER BY id')).toEqual([[1], [2], [3], [4]])
    })

    it('a COMMIT of an aborted transaction is no commit', async () => {
      if (!isPostgres) return void (await expectNoTransaction())
      await a.begin(anyLevel)
      await run(a, 'INSERT INTO t (id, v) VALUES (3, 3)')
      await fail(a, 'INSERT INTO t (id, v) VALUES (1, 1)')
      expect(await failureOf(a.commit())).toMatchObject({
        code: 'COMMIT_ROLLED_BACK',
        outcome: 'constraint',
        stage: 'commit',
        sessionLost: false,
      })
      expect(a.inTransaction).toBe(false)
      expect(await rows('SELECT id FROM t WHERE id = 3')).toEqual([])
      await expectNoTransaction()
    })

    async function expectNoTransaction(): Promise<void> {
      expect(await failureOf(a.commit())).toMatchObject({ code: 'NO_TRANSACTION', stage: 'commit' })
    }

    it('a second BEGIN, which would commit the first on MySQL', async () => {
      await a.begin(anyLevel)
      await run(a, 'INSERT INTO t (id, v) VALUES (3, 3)')
      expect(await failureOf(a.begin(anyLevel))).toMatchObject({ code: 'TRANSACTION_OPEN', stage: 'begin' })
      await a.rollback()
      expect(await rows('SELECT id FROM t WHERE id = 3')).toEqual([])
    })

    it('a write in a READ ONLY transaction is the scenario’s mistake', async () => {
      await a.begin({ isolation: 'repeatable read', readOnly: true })
      expect(await fail(a, 'UPDATE t SET v = 1')).toMatchObject({
        outcome: 'other',
        code: isPostgres ? '25006' : '1792',
        sessionLost: false,
      })
      await a.rollback()
    })

    it('SQL that is wrong', async () => {
      expect(await fail(a, 'SELEKT 1')).toMatchObject({
        outcome: 'other',
        sqlstate: isPostgres ? '42601' : '42000',
        fatal: false,
        sessionLost: false,
      })
      expect(await fail(a, 'SELECT nope FROM t')).toMatchObject({ outcome: 'other', code: isPostgres ? '42703' : '1054' })
      expect((await run(a, 'SELECT 1')).rows).toEqual([[1]])
    })

    it('a setting that does not exist', async () => {
      const failure = await failureOf(ground.open({ settings: { no_such_setting: '1' } }))
      expect(failure).toMatchObject({ stage: 'connect', fatal: true, sessionLost: true })
      expect(failure.message).toContain('no_such_setting')
    })
  })
}
