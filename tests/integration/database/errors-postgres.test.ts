import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, statement } from '../../support/sessions.js'

describe('errors of postgres alone', () => {
  const [engine] = engines.filter(({ name }) => name === 'postgres')
  if (engine === undefined) throw new Error('no server')
  let ground: Ground
  let a: Session
  let b: Session
  const run = (session: Session, text: string, ...parameters: Value[]) => session.execute(statement(ground, text), parameters)
  beforeAll(async () => {
    ground = await openGround(engine, 'pgerrors')
    await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1), (2, 1)')
    a = await ground.open()
    b = await ground.open()
  })
  afterAll(() => ground.close())

  it('serialization: a concurrent update', async () => {
    await a.begin({ isolation: 'repeatable read', readOnly: false })
    await run(a, 'SELECT * FROM t')
    await run(b, 'UPDATE t SET v = v + 1')
    expect(await failureOf(run(a, 'UPDATE t SET v = v + 1'))).toMatchObject({ outcome: 'serialization', code: '40001', stage: 'body' })
    expect(await failureOf(a.commit())).toMatchObject({ outcome: 'serialization', code: 'COMMIT_ROLLED_BACK' })
  })

  it('serialization: write skew, found out at COMMIT', async () => {
    await a.begin({ isolation: 'serializable', readOnly: false })
    await b.begin({ isolation: 'serializable', readOnly: false })
    for (const [session, id] of [
      [a, 1],
      [b, 2],
    ] as const) {
      await run(session, 'SELECT sum(v) FROM t')
      await run(session, 'UPDATE t SET v = 0 WHERE id = ?', id)
    }
    await a.commit()
    expect(await failureOf(b.commit())).toMatchObject({ outcome: 'serialization', code: '40001', stage: 'commit', sessionLost: false })
    expect(b.inTransaction).toBe(false)
    await run(b, 'SELECT 1')
  })

  it('a server made read-only is left, a fail-over may be on', async () => {
    const standby = await ground.open({ settings: { default_transaction_read_only: 'on' } })
    expect(await failureOf(run(standby, 'UPDATE t SET v = 1'))).toMatchObject({ outcome: 'connection', code: '25006', sessionLost: true })
    expect(standby.alive).toBe(false)
  })

  it('forgotten prepared statements cost the session, not the run', async () => {
    const session = await ground.open()
    await run(session, 'SELECT v FROM t WHERE id = ?', 1)
    await session.query('DISCARD ALL')
    expect(await failureOf(run(session, 'SELECT v FROM t WHERE id = ?', 1))).toMatchObject({
      outcome: 'connection',
      code: '26000',
      sessionLost: true,
    })
  })

  it('a table changed under a prepared statement costs the session', async () => {
    const session = await ground.open()
    await run(session, 'SELECT * FROM t WHERE id = ?', 1)
    await ground.admin.query('ALTER TABLE t ADD COLUMN w int')
    expect(await failureOf(run(session, 'SELECT * FROM t WHERE id = ?', 1))).toMatchObject({
      outcome: 'connection',
      code: '0A000',
      sessionLost: true,
    })
  })

  it('a right that is not there stops the run', async () => {
    await ground.admin.query(`CREATE ROLE ${ground.namespace} LOGIN PASSWORD 'poor' CONNECTION LIMIT 1`)
    await ground.admin.query(`GRANT USAGE ON SCHEMA ${ground.namespace} TO ${ground.namespace}`)
    const poor = { user: ground.namespace, password: 'poor' }
    const session = await ground.open({}, poor)
    expect(await failureOf(run(session, 'SELECT * FROM t'))).toMatchObject({ outcome: 'other', code: '42501', fatal: true })
    expect(await failureOf(ground.open({}, poor))).toMatchObject({ outcome: 'connection', code: '53300', stage: 'connect', fatal: false })
    await ground.database.checkpoint(session)
    expect(session.alive).toBe(true)
    expect(await ground.database.inspect(session)).toMatchObject({ product: 'PostgreSQL' })
    await session.end()
    await ground.admin.query(`DROP OWNED BY ${ground.namespace}`)
    await ground.admin.query(`DROP ROLE ${ground.namespace}`)
  })

  it('several statements in one text, and a notice, are fine', async () => {
    expect((await ground.admin.query("DO $$ BEGIN RAISE WARNING 'x'; END $$; SELECT 1; SELECT 2")).rows).toEqual([[2]])
  })
})
