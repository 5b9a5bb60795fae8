import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import type { Result } from '#oltp/measure/result.js'
import { identify } from '#oltp/server/identity.js'
import { findMysql } from '#oltp/server/mysql-binaries.js'
import { sweepOrphans } from '#oltp/server/slots.js'
import { makeHome, serverPid } from '../support/local-server.js'
import { oltp, said, start } from '../support/oltp.js'

const home = makeHome()
const short = ['--warmup', '0', '-t', '20', '-c', '2', '--json']
afterAll(() => sweepOrphans(home))

describe('bench without a URL', () => {
  const binaries = { OLTP_MYSQLD: process.env.OLTP_TEST_MYSQLD ?? '', OLTP_MARIADBD: process.env.OLTP_TEST_MARIADBD ?? '' }

  it.each([
    ['mysql', 'MySQL'],
    ['mariadb', 'MariaDB'],
  ])('--engine %s starts a %s of this machine, and stops it', async (engine, product) => {
    const run = await oltp(['bench', 'transfers', '--engine', engine, ...short], { env: { ...binaries, OLTP_HOME: home } })
    expect(run.exitCode, run.stderr).toBe(exitCodes.ok)
    const { target, totals }: Result = JSON.parse(run.stdout)
    expect(target).toMatchObject({ engine: 'mysql', product, throwaway: true })
    expect(totals.committed).toBe(40)
    expect(runningServers()).toEqual([])
  })

  it.each(['mysql', 'mariadb'] as const)('--engine %s says how to get one where there is none', async engine => {
    const env = { OLTP_HOME: home, PATH: '' }
    const found = await findMysql(engine, env, null).catch(() => null)
    const run = await oltp(['bench', 'transfers', '--engine', engine, ...short], { env })
    // A server in /usr/sbin is found whatever PATH says: then that one ran.
    if (found !== null) return expect(JSON.parse(run.stdout).target.product).toBe(found.product)
    expect(run.exitCode, run.stderr).toBe(exitCodes.setup)
    expect(run.stderr).toMatch(/there is (neither mysqld nor mariadbd|no mariadbd) on this machine/)
    expect(run.stderr).toMatch(/help: Install one .*OLTP_(MYSQLD|MARIADBD).*docker compose up.*--url/)
    expect(run.stdout).toBe('')
  })
})

describe('bench on the embedded PostgreSQL', () => {
  const env = { OLTP_HOME: home }

  it('runs twice at once, each on a server of its own', async () => {
    const args = ['bench', 'transfers', '--set', 'accounts=100', '--warmup', '0', '-d', '3s', '-c', '2', '--json']
    const runs = await Promise.all([oltp(args, { env }), oltp(args, { env })])
    expect(runs.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(runs.map(({ stderr }) => [exitCodes.ok, stderr]))
    const [one, other]: Result[] = runs.map(({ stdout }) => JSON.parse(stdout))
    expect(one?.target.address).not.toBe(other?.target.address)
    expect(runningServers()).toEqual([])
  })

  it('killed with SIGKILL leaves a server, which the next run stops', async () => {
    const killed = start(['bench', 'transfers', '--warmup', '0', '-d', '60s', '-c', '2'], { env })
    await said(killed, /phase steady/)
    const [left, ...others] = runningServers()
    expect(others).toEqual([])
    killed.kill('SIGKILL')
    await killed
    expect(identify(left ?? 0), 'the server that was left').not.toBeNull()

    const next = await oltp(['bench', 'transfers', ...short], { env })
    expect(next.exitCode, next.stderr).toBe(exitCodes.ok)
    expect(JSON.parse(next.stdout).invariants.every((invariant: { held: boolean }) => invariant.held)).toBe(true)
    expect(identify(left ?? 0)).toBeNull()
    expect(runningServers()).toEqual([])
  })
})

/** The ids of the servers that run in that home. */
function runningServers(): number[] {
  const servers = join(home, 'servers')
  const folders = readdirSync(servers).flatMap(family =>
    readdirSync(join(servers, family)).map(slot => join(servers, family, slot, 'data')),
  )
  return folders
    .filter(data => ['postmaster.pid', 'server.pid'].some(name => existsSync(join(data, name))))
    .map(serverPid)
    .filter(pid => identify(pid) !== null)
}
