import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, statement } from '../../support/sessions.js'

const anyLevel = { isolation: null, readOnly: false } as const

for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
  describe(`errors of ${engine.name} alone`, () => {
    let ground: Ground
    let a: Session
    const run = (session: Session, text: string, ...parameters: Value[]) => session.execute(statement(ground, text), parameters)
    beforeAll(async () => {
      ground = await openGround(engine, 'myerrors')
      await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY, v int)')
      await ground.admin.query('INSERT INTO t VALUES (1, 1), (2, 1)')
      a = await ground.open()
    })
    afterAll(() => ground.close())

    it('a statement that commits behind our back ends the attempt', async () => {
      await a.begin(anyLevel)
      await run(a, 'INSERT INTO t VALUES (60, 1)')
      await run(a, 'CREATE TABLE other (id int PRIMARY KEY)')
      expect(a.inTransaction).toBe(false)
      expect(await failureOf(run(a, 'INSERT INTO t VALUES (61, 1)'))).toMatchObject({ code: 'TRANSACTION_GONE' })
      expect(await failureOf(a.commit())).toMatchObject({ code: 'COMMIT_ROLLED_BACK' })
      await a.rollback()
      expect((await ground.admin.query('SELECT id FROM t WHERE id >= 60')).rows).toEqual([[60]])
    })

    it('asks for a level only when it changes, and for the default when nobody asked', async () => {
      const session = await ground.open()
      const count = async () => Number((await session.query("SHOW SESSION STATUS LIKE 'Questions'")).rows[0]?.[1])
      const level = async () =>
        (await session.query(`SELECT @@session.${engine.name === 'mariadb' ? 'tx' : 'transaction'}_isolation`)).rows[0]?.[0]
      const roundTrips: number[] = []
      for (const [isolation, expected] of [
        ['read committed', 'READ-COMMITTED'],
        ['read committed', 'READ-COMMITTED'],
        [null, 'REPEATABLE-READ'],
        ['serializable', 'SERIALIZABLE'],
      ] as const) {
        const before = await count()
        await session.begin({ isolation, readOnly: false })
        roundTrips.push((await count()) - before - 1)
        expect(await level()).toBe(expected)
        await session.rollback()
      }
      expect(roundTrips).toEqual([2, 1, 2, 2])
    })

    it('too many connections of one user is worth another try', async () => {
      await ground.admin.query(`CREATE USER ${ground.namespace} IDENTIFIED BY 'poor' WITH MAX_USER_CONNECTIONS 1`)
      await ground.admin.query(`GRANT SELECT ON ${ground.namespace}.* TO ${ground.namespace}`)
      const poor = { user: ground.namespace, password: 'poor' }
      const session = await ground.open({}, poor)
      expect(await failureOf(ground.open({}, poor))).toMatchObject({ outcome: 'connection', code: '1226', fatal: false })
      expect(await failureOf(run(session, 'DELETE FROM t'))).toMatchObject({ outcome: 'other', code: '1142', fatal: true })
      await session.end()
      await ground.admin.query(`DROP USER ${ground.namespace}`)
    })
  })
}
