import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import type { Result } from '#oltp/measure/result.js'
import { openBench } from '../support/namespace.js'
import { oltp, said, start } from '../support/oltp.js'
import { engines } from '../support/servers.js'
import { until } from '../support/sessions.js'

/** Its transactions sleep on the server, for longer than what is in flight may take to finish. */
const sleeper = fileURLToPath(new URL('../fixtures/scenarios/sleeper.yaml', import.meta.url))

/** Resolves when so many sessions sleep on the server. */
async function asleep(url: string, sessions: number): Promise<void> {
  const bench = await openBench(url)
  const text =
    bench.database.engine === 'postgres'
      ? "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%pg_sleep(20)%'"
      : "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep' AND info LIKE '%SLEEP(20)%' AND id <> CONNECTION_ID()"
  try {
    await until(async () => Number((await bench.session.query(text)).rows[0]?.[0]) >= sessions, 50)
  } finally {
    await bench.close()
  }
}

describe.each(engines.map(({ name, url }) => ({ name, url })))('a stop from outside on $name', ({ url }) => {
  const env = { OLTP_URL: url, OLTP_NAMESPACE: 'oltp_e2e_stop' }
  const long = ['bench', 'transfers', '--warmup', '0', '-d', '60s', '-c', '4', '--json']
  afterAll(async () => {
    await oltp(['clean'], { env })
  })

  it.each([
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
  ] as const)('%s drains, prints the partial result, marked, and exits %d', async (signal, exitCode) => {
    const run = start(long, { env })
    await said(run, /steady +4 /)
    run.kill(signal)
    const outcome = await run
    expect(outcome.exitCode, outcome.stderr).toBe(exitCode)
    const result: Result = JSON.parse(outcome.stdout)
    expect(result.interrupted).toBe('drained')
    expect(result.phases.at(-1)?.complete).toBe(false)
    expect(result.totals.committed).toBeGreaterThan(0)
    expect(result.totals.cancelled).toBe(0)
    expect(result.invariants.every(invariant => invariant.held)).toBe(true)
    expect(outcome.stderr).toMatch(/partial/i)
  })

  it('a second one stops now what would go on, and still says what was measured', async () => {
    const run = start(['bench', sleeper, '--json'], { env })
    await asleep(url, 3)
    const finishing = said(run, /finishing what is in flight/)
    run.kill('SIGINT')
    await finishing
    run.kill('SIGINT')
    const outcome = await run
    expect(outcome.exitCode, outcome.stderr).toBe(exitCodes.interrupted)
    const result: Result = JSON.parse(outcome.stdout)
    expect(result.interrupted).toBe('stopped')
    expect(result.totals).toMatchObject({ started: 3, cancelled: 3, committed: 0, failed: 0 })
    expect(outcome.stderr).toMatch(/stopping now/)
  })

  it('while the data is being seeded: nothing was measured, and the next run begins anew', async () => {
    const big = ['bench', 'transfers', '--warmup', '0', '-d', '1s', '-c', '2', '--set', 'accounts=3000000', '--fresh']
    const run = start(big, { env })
    await said(run, /seed account/)
    run.kill('SIGTERM')
    const outcome = await run
    expect(outcome.exitCode, outcome.stderr).toBe(exitCodes.terminated)
    expect(outcome.stderr).toMatch(/nothing was measured/)
    expect(outcome.stderr).not.toMatch(/\n\s+at /)

    const next = await oltp(['bench', 'transfers', '--warmup', '0', '-d', '1s', '-c', '2'], { env })
    expect(next.exitCode, next.stderr).toBe(exitCodes.ok)
    expect(next.stderr).toMatch(/cut off: seeding again/)
  })
})

describe('a stop on the embedded server', () => {
  it('stops the server as well', async () => {
    const run = start(['bench', 'point-select', '--warmup', '0', '-d', '60s', '-c', '2', '--json'])
    await said(run, /steady +2 /)
    const status = await oltp(['server', 'status'])
    run.kill('SIGINT')
    const outcome = await run
    expect(outcome.exitCode, outcome.stderr).toBe(exitCodes.interrupted)
    const result: Result = JSON.parse(outcome.stdout)
    expect(result.target.throwaway, status.stdout).toBe(true)
    const port = Number(result.target.address.split(':')[1])
    const again = await oltp(['bench', 'point-select', '--url', `postgres://postgres@127.0.0.1:${port}/postgres`, '-d', '1s'])
    expect(again.exitCode).toBe(exitCodes.setup)
    expect(again.stderr).toMatch(/ECONNREFUSED/)
  })
})
