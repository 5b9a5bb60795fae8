import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import type { Calibration } from '#oltp/measure/calibration.js'
import { oltp, said, start } from '../support/oltp.js'
import { engines } from '../support/servers.js'

const quick = ['--calibrate', '--warmup', '0', '-d', '1s', '-c', '4']
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-calibrate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('oltp bench --calibrate on the embedded PostgreSQL', () => {
  it('prints the ceiling and what it means', async () => {
    const { stdout, stderr, exitCode } = await oltp(['bench', 'point-select', ...quick])
    expect(exitCode, stderr).toBe(exitCodes.ok)
    expect(stdout).toMatch(/^point-select +against a stub of PostgreSQL 18/)
    expect(stdout).toMatch(/Ceiling +[\d,]+ TPS +4 clients, 1 load thread/)
    expect(stdout).toMatch(/Service +p50 [\d.]+ +p95 [\d.]+/)
    expect(stdout).toMatch(/Stub +[\d.,]+ µs of processor time per transaction/)
    expect(stdout).toMatch(/Measurements above\s+[\d,]+\s+TPS/)
    expect(stderr).toMatch(/✓ record replies/)
    expect(stderr).toMatch(/steady +4 /)
  })

  it('prints one document with --json, and writes it where -o says', async () => {
    const file = join(folder, 'ceiling.json')
    const run = await oltp(['bench', 'point-select', ...quick, '--json', '-o', file, '--rate', '50', '-M', 'extended'])
    expect(run.exitCode, run.stderr).toBe(exitCodes.ok)
    const document: Calibration = JSON.parse(run.stdout)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(document)
    expect(document).toMatchObject({
      schema: 'oltp.calibration/1',
      scenario: { name: 'point-select', variant: null },
      load: { clients: 4, threads: 1, protocol: 'extended', pipeline: false },
      recorded_from: { engine: 'postgres', product: 'PostgreSQL' },
      latency: { kind: 'service' },
      totals: { failed: 0, retries: 0 },
      interrupted: 'no',
      notices: [expect.stringMatching(/the rate/)],
    })
    expect(document.tps).toBeGreaterThan(50)
    expect(document.trusted_tps).toBeCloseTo(0.6 * document.tps)
    expect(run.stderr).toMatch(/Ceiling/)
  })

  it('says what was found when Ctrl-C stops it, and exits 130', async () => {
    const run = start(['bench', 'point-select', '--calibrate', '--warmup', '0', '-d', '60s', '-c', '2', '-P', '1'])
    await said(run, /steady +2 /)
    run.kill('SIGINT')
    const { stdout, exitCode } = await run
    expect(exitCode).toBe(exitCodes.interrupted)
    expect(stdout).toMatch(/PARTIAL stopped after/)
  })

  it('says that nothing was measured when Ctrl-C comes while replies are recorded', async () => {
    const run = start(['bench', 'point-select', '--calibrate', '--warmup', '0', '-d', '60s', '-c', '2'])
    await said(run, /… record replies/)
    run.kill('SIGINT')
    const { stdout, stderr, exitCode } = await run
    expect(exitCode).toBe(exitCodes.interrupted)
    expect(stderr).toMatch(/nothing was measured/)
    expect(stdout).toBe('')
  })
})

describe('what does not go together', () => {
  it.each([
    ['a report of another tool', ['--report', 'pgbench'], /--calibrate makes none/],
    ['a place that cannot be written to', ['-o', '/nowhere/at/all.json'], /no such folder/],
  ])('%s', async (_, flags, words) => {
    const run = await oltp(['bench', 'point-select', '--calibrate', ...flags])
    expect(run.exitCode).toBe(exitCodes.usage)
    expect(run.stderr).toMatch(words)
  })

  it('a connection with TLS', async () => {
    const url = new URL(engines.find(({ name }) => name === 'postgres')?.url ?? '')
    url.searchParams.set('sslmode', 'require-insecure')
    const run = await oltp(['bench', 'point-select', '--calibrate'], { env: { OLTP_URL: String(url) } })
    expect(run.exitCode).toBe(exitCodes.setup)
    expect(run.stderr).toMatch(/the connection is encrypted.*\n.*sslmode=disable/)
  })
})
