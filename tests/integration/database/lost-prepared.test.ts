import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session, SessionOptions } from '#oltp/database/contract.js'
import type { Value } from '#oltp/scenario/values.js'
import { type Relay, startRelay } from '../../support/relay.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, kill, openGround, statement, until } from '../../support/sessions.js'

// As lost.test.ts, of statements of the workload, which do not go through the driver.

const anyLevel = { isolation: null, readOnly: false } as const

for (const engine of engines) {
  describe(engine.name, () => {
    let ground: Ground
    const relays: Relay[] = []
    const ids = async () => (await ground.admin.query('SELECT id FROM t ORDER BY id')).rows.flat()
    const run = (session: Session, text: string, ...parameters: Value[]) => session.execute(statement(ground, text), parameters)
    const insert = (session: Session, id: number) => run(session, 'INSERT INTO t VALUES (?)', id)
    const sleep = engine.name === 'postgres' ? 'SELECT pg_sleep(30)' : 'SELECT sleep(30) FROM t'
    beforeAll(async () => {
      ground = await openGround(engine, 'lostp')
      await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY)')
    })
    afterAll(() => ground.close())
    afterEach(async () => {
      for (const relay of relays.splice(0)) relay.close()
      await ground.admin.query('DELETE FROM t')
    })

    /** A session that has prepared its INSERT. */
    async function behindRelay(options: Partial<SessionOptions> = {}): Promise<{ relay: Relay; session: Session }> {
      const relay = await startRelay(ground.target.host, ground.target.port)
      relays.push(relay)
      const session = await ground.open(options, { host: '127.0.0.1', port: relay.port, connectTimeoutMs: 2_000 })
      await session.begin(anyLevel)
      await insert(session, 1)
      await session.rollback()
      return { relay, session }
    }

    it('an answer that is lost in a transaction: not in doubt', async () => {
      const { relay, session } = await behindRelay()
      await session.begin(anyLevel)
      relay.loseNextAnswer()
      expect(await failureOf(insert(session, 1))).toMatchObject({ outcome: 'connection', stage: 'body', sessionLost: true })
      expect(session.alive).toBe(false)
      expect(await failureOf(session.commit())).toMatchObject({ outcome: 'connection', stage: 'commit', sessionLost: true })
      expect(await ids()).toEqual([])
    })

    it('an answer that is lost outside a transaction: a write is in doubt, a read is not', async () => {
      const other = await behindRelay()
      const one = await behindRelay()
      one.relay.loseNextAnswer()
      expect(await failureOf(insert(one.session, 1))).toMatchObject({ outcome: 'ambiguous', stage: 'autocommit', sessionLost: true })
      await until(async () => (await ids()).length === 1)
      await run(other.session, 'SELECT id FROM t')
      other.relay.loseNextAnswer()
      expect(await failureOf(run(other.session, 'SELECT id FROM t'))).toMatchObject({ outcome: 'connection', stage: 'autocommit' })
    })

    it('an answer to BEGIN that is lost', async () => {
      const { relay, session } = await behindRelay()
      relay.loseNextAnswer()
      const failure = failureOf(session.begin({ isolation: 'serializable', readOnly: false }))
      expect(await failure).toMatchObject({ outcome: 'connection', stage: 'begin', sessionLost: true })
      expect([session.alive, session.inTransaction]).toEqual([false, false])
    })

    it('a server that says nothing any more is given up in the middle of a statement', async () => {
      const { relay, session } = await behindRelay({ statementTimeoutMs: 50 })
      await session.begin(anyLevel)
      relay.freeze()
      // Nor does a cancel come through, where one is sent: it asks the server itself.
      expect(await failureOf(insert(session, 1))).toMatchObject({ outcome: 'connection', code: 'ETIMEDOUT', sessionLost: true })
      expect(session.alive).toBe(false)
    })

    it('killed in the middle of a statement', async () => {
      const session = await ground.open()
      await ground.admin.query('INSERT INTO t VALUES (7)')
      await session.begin(anyLevel)
      await insert(session, 1)
      const failure = failureOf(run(session, sleep))
      await new Promise(resolve => setTimeout(resolve, 100))
      await kill(ground, session)
      expect(await failure).toMatchObject({ stage: 'body' })
      expect(await failureOf(session.commit())).toMatchObject({ outcome: 'connection', sessionLost: true })
      expect(await ids()).toEqual([7])
    })

    it('destroy ends a call that is under way', async () => {
      const session = await ground.open()
      await ground.admin.query('INSERT INTO t VALUES (7)')
      const failure = failureOf(run(session, sleep))
      await new Promise(resolve => setTimeout(resolve, 50))
      session.destroy()
      expect(await failure).toMatchObject({ outcome: 'connection', code: 'CONNECTION_LOST', sessionLost: true })
      await session.end()
    })
  })
}
