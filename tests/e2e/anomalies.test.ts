import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import type { Result } from '#oltp/measure/result.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'

const folder = mkdtempSync(join(tmpdir(), 'oltp-anomalies-'))
const env = { OLTP_URL: engines[0]?.url ?? '', OLTP_NAMESPACE: 'oltp_e2e_anomalies' }
const load = ['--warmup', '0', '-d', '2s', '-c', '8', '--set', 'counters=1', '--set', 'shifts=1', '--no-tui']

afterAll(async () => {
  await oltp(['clean'], { env })
  rmSync(folder, { recursive: true })
})

it('anomalies that the level allows are told, and the exit code is 0', async () => {
  const run = await oltp(['bench', 'anomalies', ...load], { env })
  expect(run.exitCode).toBe(exitCodes.ok)
  expect(run.stdout).toMatch(/lost increment +[\d,]+ +[\d,]+\/min +committed, and not counted/)
  expect(run.stdout).not.toContain('BROKEN')
})

it('those that the scenario forbids break the run: exit code 4', async () => {
  const strict = readFileSync('scenarios/anomalies.yaml', 'utf8').replace(
    '    transactions: increment\n',
    '    transactions: increment\n    forbid: [lost increment]\n',
  )
  expect(strict).toContain('forbid')
  const file = join(folder, 'strict.yaml')
  writeFileSync(file, strict)
  const run = await oltp(['bench', file, ...load, '--json'], { env })
  expect(run.exitCode).toBe(exitCodes.broke)
  expect(run.stderr).toContain('✗ BROKEN counters: lost increment')
  const { checks }: Result = JSON.parse(run.stdout)
  expect(checks.filter(({ held }) => !held).map(({ name }) => name)).toEqual(['counters'])
})

it('lists that are not empty are refused before the load', async () => {
  const filled = readFileSync('scenarios/anomalies.yaml', 'utf8').replace(`v: "''"`, `v: "',1'"`)
  const file = join(folder, 'filled.yaml')
  writeFileSync(file, filled)
  const run = await oltp(['bench', file, ...load], { env })
  expect(run.exitCode).toBe(exitCodes.usage)
  expect(run.stderr).toContain('is not empty before the load')
})
