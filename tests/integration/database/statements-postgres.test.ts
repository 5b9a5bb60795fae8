import Big from 'big.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import { PostgresSession } from '#oltp/database/postgres/session.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, statement, until } from '../../support/sessions.js'
import { startTlsRelay } from '../../support/tls-relay.js'

const anyLevel = { isolation: null, readOnly: false } as const
const [engine] = engines.filter(({ name }) => name === 'postgres')
if (engine === undefined) throw new Error('no server')

describe.each([
  ['prepared', 'plain'],
  ['extended', 'plain'],
  ['prepared', 'TLS'],
] as const)('statements, %s, %s', (protocol, transport) => {
  let ground: Ground
  let session: Session
  let close = () => {}
  const execute = (text: string, parameters: readonly Value[] = [], readsRows = true) =>
    session.execute(statement(ground, text, readsRows), parameters)
  const one = async (text: string, ...parameters: Value[]) => (await execute(text, parameters)).rows[0]?.[0]

  beforeAll(async () => {
    ground = await openGround(engine, 'statements')
    await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY, label text)')
    if (transport === 'plain') {
      session = await ground.open({ protocol })
    } else {
      const relay = await startTlsRelay(ground.target.host, ground.target.port, 'localhost')
      close = relay.close
      session = await ground.open({ protocol }, { host: 'localhost', port: relay.port, tls: { mode: 'require-insecure', ca: null } })
    }
  })
  afterAll(async () => {
    await ground.close()
    close()
  })

  it('goes over the transport that the test says', async () => {
    if (!(session instanceof PostgresSession)) throw new TypeError('not a session of PostgreSQL')
    await session.use('', async client => {
      expect('encrypted' in client.connection.stream).toBe(transport === 'TLS')
      await client.query('SELECT 1')
    })
  })

  it.each<[string, Value]>([
    ['int', 0],
    ['int', -2_147_483_648],
    ['bigint', 9_007_199_254_740_991],
    ['bigint', '9223372036854775807'],
    ['numeric', new Big('-12345678901234567890.0123456789')],
    ['float8', { float: 0.1 }],
    ['float8', { float: Number.NEGATIVE_INFINITY }],
    ['text', ''],
    ['text', 'ünï ✓ 😀 \\ \' " \n'],
    ['text', 'x'.repeat(1000)],
    ['boolean', true],
    ['boolean', false],
    ['text', null],
    ['int[]', [1, null, -3]],
    ['text[]', ['a,b', 'c"\\', null, '😀']],
  ])('a parameter of type %s: %j', async (type, value) => {
    expect(await one(`SELECT CAST(? AS ${type})`, value)).toEqual(value)
  })

  it('a text with a zero byte is refused by the server, and nothing else happens', async () => {
    const failure = await failureOf(execute('SELECT CAST(? AS text)', ['a\0b']))
    expect(failure).toMatchObject({ code: '22021', sessionLost: false, message: expect.stringContaining('invalid byte sequence') })
    expect(await one('SELECT CAST(? AS text)', 'ab')).toBe('ab')
  })

  it('what is no value is refused before anything is sent', async () => {
    expect(await failureOf(execute('SELECT CAST(? AS text)', [Object.create(null)]))).toMatchObject({
      code: 'BAD_PARAMETER',
      stage: 'autocommit',
      sessionLost: false,
    })
    expect(await one('SELECT 1')).toBe(1)
  })

  it('reads the parameters before it returns: the array may serve again', async () => {
    const parameters: Value[] = [1]
    const answer = execute('SELECT CAST(? AS int)', parameters)
    parameters[0] = 2
    expect((await answer).rows).toEqual([[1]])
  })

  it('a result is valid until the next call, its rows for ever', async () => {
    const first = await execute('SELECT generate_series(1, 2)')
    const { rows } = first
    await execute("INSERT INTO t VALUES (1, 'x') ON CONFLICT DO NOTHING", [], false)
    expect(rows).toEqual([[1], [2]])
  })

  it('counts rows by the tag', async () => {
    await execute('DELETE FROM t')
    expect(await execute("INSERT INTO t SELECT n, 'x' FROM generate_series(1, 1234) n", [], false)).toMatchObject({ affected: 1234 })
    expect(await execute('SELECT id FROM t', [], false)).toMatchObject({ affected: 1234, rows: [], columns: [] })
    expect(await execute('UPDATE t SET label = NULL WHERE id < ?', [0], false)).toMatchObject({ affected: 0 })
    expect(await execute('DELETE FROM t', [], false)).toMatchObject({ affected: 1234 })
    expect(await execute('LOCK TABLE t', [], false).catch(() => ({ affected: 'refused' }))).toMatchObject({ affected: 'refused' })
    expect(await execute("SET application_name = 'x'", [], false)).toMatchObject({ affected: 0 })
    expect(await execute('-- nothing', [])).toMatchObject({ affected: 0, rows: [], columns: [] })
  })

  it('one text whose rows are read at one place and not at the other', async () => {
    for (const reads of [false, true, false, true]) {
      expect(await execute('SELECT 1 AS a, NULL AS b', [], reads)).toMatchObject({
        affected: 1,
        columns: reads ? ['a', 'b'] : [],
        rows: reads ? [[1, null]] : [],
      })
    }
  })

  it('a row of 5 MB, read and not, there and back', async () => {
    const large = 'ab✓'.repeat(1_000_000)
    expect(await one('SELECT CAST(? AS text)', large)).toBe(large)
    expect(await execute('SELECT CAST(? AS text)', [large], false)).toMatchObject({ affected: 1, rows: [] })
    expect(await one('SELECT length(?)', large)).toBe(3_000_000)
    expect(await one('SELECT CAST(? AS int)', 7)).toBe(7)
  })

  it('100,000 rows, read and not', async () => {
    const { rows } = await execute('SELECT n, n * 2 FROM generate_series(1, 100000) n')
    expect([rows.length, rows[0], rows[99_999]]).toEqual([100_000, [1, 2], [100_000, 200_000]])
    expect(await execute('SELECT n FROM generate_series(1, 100000) n', [], false)).toMatchObject({ affected: 100_000 })
  })

  it('notices, settings and notifications in between are the driver’s', async () => {
    if (!(session instanceof PostgresSession)) throw new TypeError('not a session of PostgreSQL')
    const heard: string[] = []
    await session.use('', async client => {
      client.on('notice', ({ message }) => heard.push(`notice ${message}`))
      client.on('notification', ({ channel, payload }) => heard.push(`${channel} ${payload}`))
      client.connection.on('parameterStatus', ({ parameterName, parameterValue }) => heard.push(`${parameterName} ${parameterValue}`))
      await client.query('SELECT 1')
    })
    await session.query(`CREATE OR REPLACE FUNCTION ${ground.namespace}.shout(n int) RETURNS int LANGUAGE plpgsql AS $$
      BEGIN FOR i IN 1..n LOOP RAISE NOTICE 'nö %', i; END LOOP; RETURN n; END $$`)
    expect(await one('SELECT shout(?)', 2)).toBe(2)
    expect(await one("SELECT set_config('application_name', ?, false)", 'ours')).toBe('ours')
    await execute('LISTEN news')
    expect(await one("SELECT pg_notify('news', ?)", 'own')).toBe('')
    await ground.admin.query("SELECT pg_notify('news', 'of another')")
    await until(() => heard.some(line => line.includes('of another')))
    await session.begin(anyLevel)
    await execute("NOTIFY news, 'at commit'")
    await session.commit()
    await execute('UNLISTEN news')
    expect(heard).toEqual(['notice nö 1', 'notice nö 2', 'application_name ours', 'news own', 'news of another', 'news at commit'])
  })

  it('an error carries all that the server says', async () => {
    await execute("INSERT INTO t VALUES (1, 'ä')")
    const failure = await failureOf(execute('INSERT INTO t VALUES (?)', [1]))
    expect(failure).toMatchObject({ outcome: 'constraint', code: '23505', stage: 'autocommit', sessionLost: false })
    expect(failure.cause).toMatchObject({
      severity: 'ERROR',
      detail: 'Key (id)=(1) already exists.',
      schema: ground.namespace,
      table: 't',
      constraint: 't_pkey',
      routine: '_bt_check_unique',
    })
    const wrong = await failureOf(execute('SELECT nothing FROM t'))
    expect(wrong).toMatchObject({ code: '42703', cause: expect.objectContaining({ position: '8' }) })
    // Negative control: the same text is no better known after it was refused.
    expect(await failureOf(execute('SELECT nothing FROM t'))).toMatchObject({ code: '42703' })
    expect(await one('SELECT count(*) FROM t')).toBe(1)
  })

  it('COPY is no statement of a scenario, but does no harm', async () => {
    expect(await failureOf(execute('COPY t FROM STDIN'))).toMatchObject({ code: '57014', sessionLost: false })
    expect(await execute('COPY t TO STDOUT', [], false)).toMatchObject({ affected: 1, rows: [] })
    expect(await one('SELECT 1')).toBe(1)
  })

  it('knows whether a transaction is open, whoever opened it', async () => {
    await session.query('BEGIN')
    expect(session.inTransaction).toBe(true)
    await execute('INSERT INTO t VALUES (2)')
    expect(session.inTransaction).toBe(true)
    await session.query('ROLLBACK')
    expect(session.inTransaction).toBe(false)
    await session.begin(anyLevel)
    await execute('INSERT INTO t VALUES (2)')
    expect(session.inTransaction).toBe(true)
    await session.query('SELECT 1')
    expect(session.inTransaction).toBe(true)
    expect(await failureOf(session.query('SELECT 1/0'))).toMatchObject({ code: '22012', stage: 'body' })
    expect(await failureOf(execute('SELECT 1'))).toMatchObject({ code: '25P02' })
    await session.rollback()
    expect(session.inTransaction).toBe(false)
    await ground.database.load(session, { table: 't', columns: ['id'], rows: [[3]] }, () => {})
    expect(session.inTransaction).toBe(false)
    expect(await one('SELECT count(*) FROM t WHERE id > 1')).toBe(1)
  })

  it('takes one call at a time', async () => {
    const under = execute('SELECT pg_sleep(0.05)', [], false)
    await expect(execute('SELECT 1')).rejects.toThrow(TypeError)
    await expect(session.query('SELECT 1')).rejects.toThrow(TypeError)
    expect(await under).toMatchObject({ affected: 1 })
    expect(await one('SELECT 1')).toBe(1)
  })

  it('sessions that share the thread do not read each other’s answers', async () => {
    const sessions = await Promise.all(Array.from({ length: 12 }, () => ground.open({ protocol })))
    await Promise.all(
      sessions.map(async (each, index) => {
        const text = statement(ground, 'SELECT CAST(? AS int), repeat(?, n * 500) FROM generate_series(1, 40) n')
        for (let round = 0; round < 10; round++) {
          const letter = String.fromCharCode(97 + index)
          const { rows } = await each.execute(text, [index, letter])
          expect(rows.length).toBe(40)
          for (const [n, row] of rows.entries()) expect(row).toEqual([index, letter.repeat((n + 1) * 500)])
        }
      }),
    )
  })

  it('end while a statement runs does not wait for it', async () => {
    const other = await ground.open({ protocol })
    const failure = failureOf(other.execute(statement(ground, 'SELECT pg_sleep(30)'), []))
    await other.end()
    expect(await failure).toMatchObject({ outcome: 'connection', code: 'CONNECTION_LOST', sessionLost: true })
  })
})
