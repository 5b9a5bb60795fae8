import { afterAll, describe, expect, it } from 'vitest'
import type { Result } from '#oltp/measure/result.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'

const [postgres] = engines.filter(({ name }) => name === 'postgres')
const env = { OLTP_URL: postgres?.url ?? '', OLTP_NAMESPACE: 'oltp_e2e_pgbench' }
const tpcb = ['bench', 'tpcb', '--set', 'scale=1', '-c', '2', '--report', 'pgbench']

describe('--report pgbench', () => {
  afterAll(async () => {
    await oltp(['clean'], { env })
  })

  it('prints what reads as a report of pgbench, and nothing of our own summary', async () => {
    const { stdout, stderr, exitCode } = await oltp([...tpcb, '-T', '2'], { env })
    expect(exitCode, stderr).toBe(0)
    const figure = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1])
    const tps = figure(/^tps = ([\d.]+)/m)
    expect(tps).toBeGreaterThan(0)
    expect(figure(/^latency average = ([\d.]+) ms$/m)).toBeGreaterThan(0)
    expect(figure(/^latency stddev = ([\d.]+) ms$/m)).toBeGreaterThan(0)
    expect(figure(/^scaling factor: (\d+)$/m)).toBe(1)
    expect(figure(/^number of clients: (\d+)$/m)).toBe(2)
    expect(figure(/^duration: (\d+) s$/m)).toBe(2)
    expect(stdout).toMatch(/^query mode: prepared$/m)
    expect(stdout).toMatch(/^maximum number of tries: 1$/m)
    expect(stdout).toMatch(/^number of failed transactions: 0 \(0\.000%\)$/m)
    // In a closed loop the two clients are busy all the time: what pgbench computes where it does not measure.
    expect(figure(/^latency average = ([\d.]+)/m)).toBeLessThanOrEqual((2 / tps) * 1000 * 1.1)
    expect(stdout).toMatch(/^ +[\d.]+ {2}UPDATE pgbench_accounts SET/m)
    expect(stdout).not.toMatch(/^(TPS|Checks|Next) /m)
  })

  it('counts transactions per client, skipped and late ones as pgbench does', async () => {
    const { stdout, stderr } = await oltp([...tpcb, '-t', '40', '--warmup', '0', '-R', '200', '-L', '100', '--max-tries', '3'], { env })
    const [, processed] = /^number of transactions actually processed: (\d+)\/80$/m.exec(stdout) ?? []
    const [, skipped] = /^number of transactions skipped: (\d+) /m.exec(stdout) ?? []
    expect(Number(processed) + Number(skipped), `${stdout}${stderr}`).toBe(80)
    expect(stdout).toMatch(/^number of transactions per client: 40$/m)
    expect(stdout).toMatch(/^maximum number of tries: 3$/m)
    expect(stdout).toMatch(/^total number of retries: \d+$/m)
    expect(stdout).toMatch(/^number of transactions above the 100\.0 ms latency limit: \d+\/\d+ \([\d.]+%\)$/m)
    expect(stdout).toMatch(/^rate limit schedule lag: avg [\d.]+ \(max [\d.]+\) ms$/m)
  })

  it('goes to stderr where the document takes stdout, and says the same', async () => {
    const { stdout, stderr, exitCode } = await oltp([...tpcb, '-t', '20', '--warmup', '0', '--json'], { env })
    expect(exitCode, stderr).toBe(0)
    const result: Result = JSON.parse(stdout)
    expect(result.load).toMatchObject({ transactions_per_client: 20, max_tries: { tpcb_like: 1 } })
    expect(stderr).toContain(`tps = ${result.tps.toFixed(6)} (without initial connection time)`)
    expect(stderr).toContain(`number of transactions actually processed: ${result.totals.committed}/40`)
    expect(result.environment.drivers).toHaveProperty('pg')
    expect(result.steady.verdict).toBe('too short')
  })

  it('refuses the name of a tool that it does not know', async () => {
    const { exitCode, stderr } = await oltp(['bench', 'tpcb', '--report', 'sysbench'], { env })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/pgbench/)
  })
})
