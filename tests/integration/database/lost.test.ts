import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session, SessionOptions } from '#oltp/database/contract.js'
import { type Relay, startRelay } from '../../support/relay.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, kill, openGround, until } from '../../support/sessions.js'

const killedSession = fileURLToPath(new URL('../../support/killed-session.js', import.meta.url))
const anyLevel = { isolation: null, readOnly: false } as const

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'

  describe(engine.name, () => {
    let ground: Ground
    const relays: Relay[] = []
    const ids = async () => (await ground.admin.query('SELECT id FROM t ORDER BY id')).rows.flat()
    const sleep = isPostgres ? 'SELECT pg_sleep(30)' : 'SELECT sleep(30)'
    beforeAll(async () => {
      ground = await openGround(engine, 'lost')
      await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY)')
    })
    afterAll(() => ground.close())
    afterEach(async () => {
      for (const relay of relays.splice(0)) relay.close()
      await ground.admin.query('DELETE FROM t')
    })

    async function behindRelay(options: Partial<SessionOptions> = {}): Promise<{ relay: Relay; session: Session }> {
      const relay = await startRelay(ground.target.host, ground.target.port)
      relays.push(relay)
      return { relay, session: await ground.open(options, { host: '127.0.0.1', port: relay.port }) }
    }

    it('killed while idle: the next call says so, and nothing is in doubt', async () => {
      const session = await ground.open()
      await session.begin(anyLevel)
      await session.query('INSERT INTO t VALUES (1)')
      await kill(ground, session)
      await until(() => !session.alive)
      expect(session.inTransaction).toBe(false)
      for (const call of [
        () => session.query('SELECT 1'),
        () => session.commit(),
        () => session.rollback(),
        () => session.begin(anyLevel),
      ]) {
        expect(await failureOf(call())).toMatchObject({ outcome: 'connection', sessionLost: true, fatal: false })
      }
      expect(await ids()).toEqual([])
      await session.end()
    })

    it('killed in the middle of a statement', async () => {
      const session = await ground.open()
      await session.begin(anyLevel)
      await session.query('INSERT INTO t VALUES (1)')
      const failure = failureOf(session.query(`${sleep} FROM t`))
      await new Promise(resolve => setTimeout(resolve, 100))
      await kill(ground, session)
      expect(await failure).toMatchObject({
        stage: 'body',
        ...(isPostgres ? { outcome: 'connection', code: '57P01', sessionLost: true } : {}),
      })
      expect(await failureOf(session.commit())).toMatchObject({ outcome: 'connection', sessionLost: true })
      expect(session.alive).toBe(false)
      expect(await ids()).toEqual([])
    })

    it('COMMIT whose answer is lost: in doubt, and here it was applied', async () => {
      const { relay, session } = await behindRelay()
      await session.begin(anyLevel)
      await session.query('INSERT INTO t VALUES (1)')
      relay.loseAnswerTo('COMMIT')
      expect(await failureOf(session.commit())).toMatchObject({ outcome: 'ambiguous', stage: 'commit', sessionLost: true })
      expect(await ids()).toEqual([1])
    })

    it('COMMIT that is lost itself: in doubt, and here it was not applied', async () => {
      const { relay, session } = await behindRelay()
      await session.begin(anyLevel)
      await session.query('INSERT INTO t VALUES (1)')
      relay.loseRequest('COMMIT')
      expect(await failureOf(session.commit())).toMatchObject({ outcome: 'ambiguous', stage: 'commit', sessionLost: true })
      expect(await ids()).toEqual([])
    })

    it('a write in a transaction whose answer is lost: not in doubt', async () => {
      const { relay, session } = await behindRelay()
      await session.begin(anyLevel)
      relay.loseAnswerTo('INSERT')
      expect(await failureOf(session.query('INSERT INTO t VALUES (1)'))).toMatchObject({
        outcome: 'connection',
        stage: 'body',
        sessionLost: true,
      })
      expect(await ids()).toEqual([])
    })

    it('outside a transaction a write is in doubt from its first byte, a read never', async () => {
      const one = await behindRelay()
      one.relay.loseAnswerTo('INSERT')
      expect(await failureOf(one.session.query('INSERT INTO t VALUES (1)'))).toMatchObject({ outcome: 'ambiguous', stage: 'autocommit' })
      await until(async () => (await ids()).length === 1)
      const other = await behindRelay()
      other.relay.loseAnswerTo('SELECT id')
      expect(await failureOf(other.session.query('SELECT id FROM t'))).toMatchObject({ outcome: 'connection', stage: 'autocommit' })
    })

    it('a server that says nothing any more is given up', async () => {
      const { relay, session } = await behindRelay({ statementTimeoutMs: 50 })
      await session.begin(anyLevel)
      await session.query('INSERT INTO t VALUES (1)')
      relay.freeze()
      expect(await failureOf(session.commit())).toMatchObject({ outcome: 'ambiguous', code: 'ETIMEDOUT', sessionLost: true })
      expect(session.alive).toBe(false)
    })

    it('a server that never answers is given up while connecting', async () => {
      const relay = await startRelay(ground.target.host, ground.target.port)
      relays.push(relay)
      relay.freeze()
      const slow = { host: '127.0.0.1', port: relay.port, connectTimeoutMs: 200 }
      expect(await failureOf(ground.open({}, slow))).toMatchObject({
        outcome: 'connection',
        code: 'ETIMEDOUT',
        stage: 'connect',
        fatal: false,
      })
    })

    it('end and destroy leave no session behind, nor do they wait for one that is gone', async () => {
      const count = async () => {
        const processes = isPostgres ? 'SELECT pid FROM pg_stat_activity' : 'SELECT id FROM information_schema.processlist'
        return (await ground.admin.query(processes)).rows.flat()
      }
      const polite = await ground.open()
      const rude = await ground.open()
      const frozen = await behindRelay()
      expect(await count()).toEqual(expect.arrayContaining([polite.id, rude.id, frozen.session.id]))
      await polite.end()
      rude.destroy()
      frozen.relay.freeze()
      await frozen.session.end()
      expect([polite.alive, rude.alive, frozen.session.alive]).toEqual([false, false, false])
      expect(await failureOf(rude.query('SELECT 1'))).toMatchObject({ outcome: 'connection' })
      await until(async () => {
        const left = await count()
        return !left.includes(polite.id) && !left.includes(rude.id)
      })
      await rude.end()
    })

    it('destroy ends a call that is under way', async () => {
      const session = await ground.open()
      const failure = failureOf(session.query(sleep))
      await new Promise(resolve => setTimeout(resolve, 50))
      session.destroy()
      expect(await failure).toMatchObject({ outcome: 'connection', code: 'CONNECTION_LOST', sessionLost: true })
      await session.end()
    })

    it('a killed session does not end the process; a bare driver’s does', async () => {
      const ours = await runChild(engine.url, 'ours')
      expect(ours).toMatchObject({ exitCode: 0, stdout: 'still here' })
      const bare = await runChild(engine.url, 'bare')
      expect(bare.exitCode).not.toBe(0)
      expect(bare.stdout).not.toContain('still here')
    })
  })
}

function runChild(url: string, which: 'ours' | 'bare') {
  return execa(process.execPath, [killedSession, which], { env: { KILLED_URL: url }, reject: false, timeout: 20_000 })
}

describe('postgres alone', () => {
  const [engine] = engines.filter(({ name }) => name === 'postgres')
  if (engine === undefined) throw new Error('no server')
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(engine, 'pglost')
    await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY)')
  })
  afterAll(() => ground.close())

  it.each([
    ['idle in a transaction for too long', { idle_in_transaction_session_timeout: '50ms' }, true, '25P03'],
    ['idle for too long', { idle_session_timeout: '50ms' }, false, '57P05'],
  ] as const)('%s: the server’s reason is what the next call says', async (_, settings, begins, code) => {
    const session = await ground.open({ settings })
    if (begins) await session.begin(anyLevel)
    await until(() => !session.alive)
    expect(await failureOf(session.query('SELECT 1'))).toMatchObject({ outcome: 'connection', code, sessionLost: true })
  })

  it('terminated during COMMIT: in doubt, whatever the server says', async () => {
    await ground.admin.query(`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()`)
    const session = await ground.open()
    await session.begin(anyLevel)
    await session.query('INSERT INTO t VALUES (1)')
    const failure = failureOf(session.commit())
    await until(
      async () =>
        (await ground.admin.query(`SELECT 1 FROM pg_stat_activity WHERE pid = ${session.id} AND query = 'COMMIT'`)).rows.length > 0,
    )
    await kill(ground, session)
    expect(await failure).toMatchObject({ outcome: 'ambiguous', code: '57P01', stage: 'commit', sessionLost: true })
  })
})
