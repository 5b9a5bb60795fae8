import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '#oltp/database/contract.js'
import { makeFolder } from '#oltp/server/home.js'
import { isRunning, ownIdentity } from '#oltp/server/identity.js'
import { type LocalServer, startLocalServer } from '#oltp/server/local.js'
import { sweepOrphans } from '#oltp/server/slots.js'
import { provide, testCache } from './debian.js'

const variables = { postgres: 'OLTP_TEST_POSTGRES_URL', mysql: 'OLTP_TEST_MYSQL_URL', mariadb: 'OLTP_TEST_MARIADB_URL' } as const

type TestEngine = keyof typeof variables

/** The servers under test, as superuser. */
export const engines: readonly { readonly name: TestEngine; readonly url: string }[] = (['postgres', 'mysql', 'mariadb'] as const).map(
  name => ({
    name,
    get url() {
      const url = process.env[variables[name]]
      if (url) return url
      throw new Error(`${variables[name]} is not set: run the tests through vitest, whose set-up starts the servers`)
    },
  }),
)

/**
 * Before all tests: real servers, one of each, from `OLTP_TEST_*_URL` where set, else started from the embedded PostgreSQL and Debian's packages.
 * `OLTP_HOME` is a folder of this run's own. Both projects that need servers call this, and share what the first call starts.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env.OLTP_TEST_RUN) return async () => {}
  const cache = testCache()
  await removeDeadRuns(cache)
  // Needed whichever servers the tests talk to: they test the program's own start of each, too.
  process.env.OLTP_TEST_MYSQLD = await provide('mysqld')
  process.env.OLTP_TEST_MARIADBD = await provide('mariadbd')
  process.env.OLTP_TEST_TMUX = await provide('tmux')
  const home = makeRunHome(cache)
  process.env.OLTP_TEST_RUN = home
  process.env.OLTP_HOME = home
  const started: LocalServer[] = []
  const teardown = async () => {
    for (const server of started) await server.stop()
    await removeRun(home)
  }
  try {
    for (const { name } of engines) {
      if (process.env[variables[name]]) continue
      const server = await startTestServer(name)
      started.push(server)
      process.env[variables[name]] = urlOf(name, server.target)
      process.stderr.write(`testing on ${server.product} ${server.version}\n`)
    }
  } catch (error) {
    await teardown()
    throw error
  }
  return teardown
}

async function startTestServer(engine: TestEngine): Promise<LocalServer> {
  const binaries = { OLTP_MYSQLD: process.env.OLTP_TEST_MYSQLD, OLTP_MARIADBD: process.env.OLTP_TEST_MARIADBD }
  try {
    return await startLocalServer({ engine, maxConnections: 300, env: { ...process.env, ...binaries } })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`cannot start a ${engine} server for the tests: ${reason}\nSet ${variables[engine]} to the URL of one.`, { cause })
  }
}

function urlOf(engine: TestEngine, target: Target): string {
  return `${engine}://${target.user}:${target.password}@${target.host}:${target.port}/${target.database ?? ''}`
}

/** A home for this run; the binaries are shared by all. */
function makeRunHome(cache: string): string {
  const home = makeFolder(join(cache, 'runs', `${process.pid}-${Date.now()}`))
  symlinkSync(makeFolder(join(cache, 'binaries')), join(home, 'binaries'))
  writeFileSync(join(home, 'owner'), JSON.stringify(ownIdentity()))
  return home
}

/** What a killed run of the tests left: its servers are stopped, its data removed. */
async function removeDeadRuns(cache: string): Promise<void> {
  const runs = join(cache, 'runs')
  for (const name of existsSync(runs) ? readdirSync(runs) : []) {
    const home = join(runs, name)
    const owner = join(home, 'owner')
    if (existsSync(owner) && isRunning(JSON.parse(readFileSync(owner, 'utf8')))) continue
    await removeRun(home)
  }
}

/** Tests of the life cycle have homes of their own below the run's; one that failed half-way may have left a server. */
async function removeRun(home: string): Promise<void> {
  const homes = join(home, 'homes')
  const nested = existsSync(homes) ? readdirSync(homes).map(name => join(homes, name)) : []
  for (const used of [home, ...nested]) await sweepOrphans(used)
  rmSync(home, { recursive: true, force: true })
}
