import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import type { Isolation } from '#oltp/scenario/model.js'
import { type Relay, startRelay } from '../../support/relay.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, statement } from '../../support/sessions.js'

for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
  describe(`round trips, ${engine.name}`, () => {
    let ground: Ground
    const relays: Relay[] = []
    beforeAll(async () => {
      ground = await openGround(engine, 'trips')
      await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY)')
    })
    afterEach(() => {
      for (const relay of relays.splice(0)) relay.close()
    })
    afterAll(() => ground.close())

    async function behindRelay(): Promise<{ relay: Relay; session: Session }> {
      const relay = await startRelay(ground.target.host, ground.target.port)
      relays.push(relay)
      return { relay, session: await ground.open({}, { host: '127.0.0.1', port: relay.port }) }
    }

    const variable = engine.name === 'mariadb' ? '@@session.tx_isolation' : '@@session.transaction_isolation'
    const ping = (session: Session) => session.execute(statement(ground, 'DO ?', false), [1])
    const ask = async (session: Session) => (await session.execute(statement(ground, `SELECT ${variable}`), [])).rows

    /** Round trips of a transaction of one statement. */
    async function trips({ relay, session }: { relay: Relay; session: Session }, isolation: Isolation | null): Promise<number> {
      const before = relay.turns()
      await session.begin({ isolation, readOnly: false })
      await ping(session)
      await session.commit()
      return relay.turns() - before
    }

    it('a level costs none, be it always the same or another each time', async () => {
      const through = await behindRelay()
      await ping(through.session)
      for (const levels of [
        [null, null, null],
        ['serializable', 'serializable', 'serializable'],
        ['read committed', 'serializable', 'repeatable read', null, 'read uncommitted'],
      ] as const) {
        for (const level of levels) expect(await trips(through, level)).toBe(3)
      }
      // Negative control: what is not sent together is counted.
      const before = through.relay.turns()
      await through.session.query('SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE')
      expect((await trips(through, null)) + 1).toBe(through.relay.turns() - before)
    })

    it('every transaction has the level that it asked for', async () => {
      const { session } = await behindRelay()
      for (const [isolation, expected] of [
        ['read committed', 'READ-COMMITTED'],
        ['serializable', 'SERIALIZABLE'],
        [null, 'REPEATABLE-READ'],
        ['read uncommitted', 'READ-UNCOMMITTED'],
      ] as const) {
        await session.begin({ isolation, readOnly: false })
        expect(await ask(session)).toEqual([[expected]])
        await session.rollback()
      }
    })

    it('a level that is refused leaves no transaction behind, and the next one asks again', async () => {
      const { relay, session } = await behindRelay()
      relay.change('LEVEL SERIALIZABLE', 'LEVEL SERIALIZIBLE')
      const failure = await failureOf(session.begin({ isolation: 'serializable', readOnly: false }))
      expect(failure).toMatchObject({ stage: 'begin', code: '1064', sessionLost: false })
      expect(session.inTransaction).toBe(false)
      // Left open, it would be taken back with the connection.
      await session.execute(statement(ground, 'INSERT INTO t VALUES (?)'), [1])
      expect((await ground.admin.query('SELECT id FROM t')).rows).toEqual([[1]])
      relay.change('nothing', 'nothing')
      await session.begin({ isolation: 'serializable', readOnly: false })
      expect(await ask(session)).toEqual([['SERIALIZABLE']])
      await session.rollback()
    })

    it('a BEGIN that is refused after its level', async () => {
      const { relay, session } = await behindRelay()
      relay.change('START TRANSACTION', 'START TRANSACTIOM')
      const failure = await failureOf(session.begin({ isolation: 'serializable', readOnly: false }))
      expect(failure).toMatchObject({ stage: 'begin', code: '1064', sessionLost: false })
      relay.change('nothing', 'nothing')
      expect(session.inTransaction).toBe(false)
      await session.begin({ isolation: 'serializable', readOnly: false })
      expect(await ask(session)).toEqual([['SERIALIZABLE']])
      await session.rollback()
    })

    it('one for a statement, and one more when it is prepared', async () => {
      const { relay, session } = await behindRelay()
      const count = async () => {
        const before = relay.turns()
        await ask(session)
        return relay.turns() - before
      }
      expect([await count(), await count(), await count()]).toEqual([2, 1, 1])
    })
  })
}
