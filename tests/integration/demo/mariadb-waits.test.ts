import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { DemoState } from '#oltp/demo/facts.js'
import { Stepper } from '#oltp/demo/stepper.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import { type LocalServer, startLocalServer } from '#oltp/server/local.js'
import { demoOf } from '../../support/demo-plots.js'
import { makeHome, serverEnvironment } from '../../support/local-server.js'
import { openStage, readDemo } from '../../support/stage.js'
import { statuses, steps } from '../../support/stepping.js'
import { openTalks, type Talks } from '../../support/talks.js'

/** A server that lists metadata locks, which MariaDB by itself does not, and lets deadlocks stand. */
const settings = [
  '--performance-schema=ON',
  '--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON',
  '--innodb-deadlock-detect=OFF',
]

let server: LocalServer
let opened: Awaited<ReturnType<typeof openStage>>
let talks: Talks
let playing: Stepper | null = null

beforeAll(async () => {
  const home = makeHome()
  const program = join(home, 'mariadbd')
  writeFileSync(program, `#!/bin/sh\nexec ${process.env.OLTP_TEST_MARIADBD} "$@" ${settings.join(' ')}\n`)
  chmodSync(program, 0o755)
  server = await startLocalServer({ engine: 'mariadb', maxConnections: 50, env: { ...serverEnvironment(home), OLTP_MARIADBD: program } })
  const { user, password, host, port } = server.target
  const engine = { name: 'mariadb', url: `mariadb://${user}:${password}@${host}:${port}/` } as const
  opened = await openStage(engine.url)
  talks = await openTalks(engine, 'listed')
})
afterEach(async () => {
  await playing?.close()
  playing = null
  await talks.hush()
})
afterAll(async () => {
  await opened?.close()
  await talks?.close()
  await server?.stop()
})

async function begin({ plot }: Demo): Promise<Stepper> {
  await opened.stage.reset(plot)
  playing = await Stepper.open(opened.stage, plot, 'read committed')
  return playing
}

describe('where MariaDB lists metadata locks', () => {
  it('tells for whom an ALTER waits, and who waits behind it', async () => {
    const { waits, cycle } = await steps(await begin(readDemo('lock-convoy')), 4)
    expect(waits).toEqual([
      { session: 'DBA', blockers: ['ANALYST'], inferred: [], lock: 'EXCLUSIVE on table products' },
      { session: 'WEB', blockers: ['DBA'], inferred: [], lock: 'SHARED_READ on table products' },
    ])
    expect(cycle).toBeNull()
  })

  it('tells who holds a user lock whatever way its name was found', async () => {
    const [a, b] = [await talks.talk(), await talks.talk()]
    const take = `SELECT GET_LOCK(CONCAT('${talks.ground.namespace}', '_c'), 30)`
    await a.tell(take)
    const waiting = b.tell(take).catch(() => {})
    expect(await talks.inTheWayOf(b, [a, b])).toEqual({ blockers: [0], inferred: [] })
    await talks.hush()
    await waiting
  })

  it('goes by what sessions say of themselves where the user may not see the list', async () => {
    const { ground } = talks
    const { admin, namespace, database } = ground
    await admin.query(`CREATE USER '${namespace}'@'%' IDENTIFIED BY 'plain-secret'`)
    await admin.query(`GRANT PROCESS ON *.* TO '${namespace}'@'%'`)
    const watch = database.watchWaits(
      await ground.open({ namespace: null }, { user: namespace, password: 'plain-secret', database: null }),
      await database.inspect(admin),
    )
    await admin.query('CREATE TABLE t (id INT PRIMARY KEY)')
    const [reader, alter] = [await talks.talk(), await talks.talk()]
    await reader.tell('BEGIN')
    await reader.tell('SELECT * FROM t')
    const waiting = alter.tell('ALTER TABLE t ADD COLUMN note INT').catch(() => {})
    expect(await talks.inTheWayOf(alter, [reader, alter])).toEqual({ blockers: [0], inferred: [] })
    expect(await watch.waits([reader.id, alter.id])).toEqual([
      { waiting: alter.id, blockers: [], inferred: [], lock: 'a metadata lock on the table' },
    ])
    await talks.hush()
    await waiting
    await admin.query(`DROP USER '${namespace}'@'%'`)
  })
})

describe('where deadlocks stand', () => {
  const update = (id: number) => `UPDATE t SET v = v + 1 WHERE id = ${id}`
  const crossing = (ofB: (id: number) => string) =>
    demoOf(
      ['A: BEGIN', 'B: BEGIN', `A: ${update(2)}`, `B: ${ofB(1)}`, `A: ${update(1)}`, `B: ${ofB(2)}`, 'A: COMMIT', 'B: COMMIT'],
      'session: { mysql: { innodb_lock_wait_timeout: 3 } }',
    )

  const codes = ({ facts }: DemoState) => facts.flatMap(({ error }) => error?.code ?? [])

  it('a circle of waits that the server tells is shown while it stands', async () => {
    const stepper = await begin(crossing(update))
    const { waits, cycle } = await steps(stepper, 6)
    expect(waits.map(({ blockers, inferred }) => [blockers, inferred])).toEqual([
      [['B'], []],
      [['A'], []],
    ])
    expect(cycle).toEqual(['A', 'B'])
    expect(codes(await stepper.finish())).toContain('1205')
  })

  it('one with a reader in it, whom it does not name, is none, and ends all the same', async () => {
    const stepper = await begin(crossing(id => `SELECT v FROM t WHERE id = ${id} LOCK IN SHARE MODE`))
    const stands = await steps(stepper, 6)
    expect(stands.waits.map(({ session, blockers, inferred }) => [session, blockers, inferred])).toEqual([
      ['A', [], ['B']],
      ['B', ['A'], []],
    ])
    expect(stands).toMatchObject({ cycle: null, finished: false, next: 6 })
    expect(statuses(stands).slice(4)).toEqual(['A waiting', 'B waiting', 'A planned', 'B planned'])
    const over = await stepper.finish()
    expect(over.finished).toBe(true)
    expect(codes(over)).toContain('1205')
  })
})
