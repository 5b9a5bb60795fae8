import { readFileSync, statSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { identify } from '#oltp/server/identity.js'
import { startLocalServer } from '#oltp/server/local.js'
import { ask, makeHome, serverEnvironment, serverPid } from '../support/local-server.js'
import { oltp } from '../support/oltp.js'

const home = makeHome()
const env = { OLTP_HOME: home, OLTP_MYSQLD: process.env.OLTP_TEST_MYSQLD ?? '', OLTP_MARIADBD: process.env.OLTP_TEST_MARIADBD ?? '' }
const server = (...args: string[]) => oltp(['server', ...args], { env })

describe.each([
  { engine: 'postgres', product: 'PostgreSQL', client: 'psql postgres://postgres@127.0.0.1:' },
  { engine: 'mysql', product: 'MySQL', client: 'mysql -h 127.0.0.1 -P' },
  { engine: 'mariadb', product: 'MariaDB', client: 'mariadb -h 127.0.0.1 -P' },
] as const)('oltp server --engine $engine', ({ engine, product, client }) => {
  const start = (maxConnections: number) => startLocalServer({ engine, maxConnections, env: serverEnvironment(home) })
  afterAll(() => server('stop', '--engine', engine))

  test('says that nothing is running, and what starts it', async () => {
    expect(await server('status', '--engine', engine)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('oltp server start') })
    expect(await server('stop', '--engine', engine)).toMatchObject({ exitCode: 0, stdout: 'no server is kept running' })
  })

  test('starts one that outlives the command, and says how to connect without saying the password', async () => {
    const { exitCode, stdout, stderr } = await server('start', '--engine', engine)
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`${product} `)
    expect(stdout).toContain(client)
    expect(stderr).toContain(`starting ${product}`)
    const file = /password {2}in (\S+)/.exec(stdout)?.[1] ?? ''
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(stdout + stderr).not.toContain(readFileSync(file, 'utf8'))
    expect((await server('status')).stdout).toContain(`${product} `)
  })

  test('is started once', async () => {
    expect(await server('start', '--engine', engine)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is running already') })
    expect(await server('start', '--engine', engine, '--max-connections', '5000')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('oltp server stop'),
    })
  })

  test('is used by a run, and goes on after it; a second run at the same time gets its own', async () => {
    const first = await start(10)
    const second = await start(10)
    expect([first.kept, second.kept]).toEqual([true, false])
    await second.stop()
    await first.stop()
    const again = await start(10)
    expect(again.kept).toBe(true)
    expect(await ask(again.target, 'SELECT 1')).toEqual([[1]])
    await again.stop()
  })

  test('is not used by a run that needs more connections', async () => {
    const large = await start(600)
    expect(large.kept).toBe(false)
    await large.stop()
  })

  test('is stopped', async () => {
    const used = await start(10)
    const pid = serverPid(used.dataDirectory)
    await used.stop()
    expect(await server('stop', '--engine', engine)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`stopped ${product}`) })
    expect(identify(pid)).toBeNull()
  })

  test('is forgotten when somebody kills it', async () => {
    await server('start', '--engine', engine)
    const used = await start(10)
    expect(used.kept).toBe(true)
    process.kill(serverPid(used.dataDirectory), 'SIGKILL')
    await used.stop()
    await expect.poll(async () => (await server('status', '--engine', engine)).stdout).toContain('no server')
    const next = await start(10)
    expect(next).toMatchObject({ kept: false, dataDirectory: used.dataDirectory })
    await next.stop()
  })
})

test('oltp server takes no engine that it does not know', async () => {
  expect(await server('start', '--engine', 'oracle')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('postgres') })
})
