import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import type { Result } from '#oltp/measure/result.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'
import { openTerminal } from '../support/tmux.js'

const launcher = fileURLToPath(new URL('../../bin/oltp.js', import.meta.url))
const namespace = 'oltp_e2e_flags'
const bench = ['bench', 'transfers', '--set', 'accounts=100', '--json']
const short = ['--warmup', '0', '-t', '5']
let env: Record<string, string>
let folder: string
let plain: Result

beforeAll(async () => {
  env = { OLTP_URL: engines.find(({ name }) => name === 'postgres')?.url ?? '', OLTP_NAMESPACE: namespace }
  folder = mkdtempSync(join(tmpdir(), 'oltp-flags-'))
  plain = await measure([...bench, ...short, '-c', '2'])
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  for (const used of [namespace, `${namespace}_other`]) await oltp(['clean', '--namespace', used], { env })
})

async function measure(args: readonly string[], settings: Record<string, string> = {}): Promise<Result> {
  const run = await oltp(args, { env: { ...env, ...settings } })
  expect(run.exitCode, run.stderr).toBe(exitCodes.ok)
  return JSON.parse(run.stdout)
}

/** What stands at `load.clients` or `phases.0.name`. */
function at(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), document)
}

const every = { transfer: 'serializable', look: 'serializable' }

describe('a flag is found in the document', () => {
  it.each([
    [['-c', '3'], { 'load.clients': 3, 'totals.started': 15 }],
    [['-j', '2', '-c', '2'], { 'load.threads': 2 }],
    [['-t', '7', '-c', '2'], { 'totals.started': 14 }],
    [['-R', '90', '-c', '4'], { 'load.rate_per_s': 90, 'load.model': 'open', 'load.arrivals': 'poisson' }],
    [['-R', '90', '-c', '4', '--arrivals', 'constant'], { 'load.arrivals': 'constant' }],
    [['--warmup', '250ms', '-c', '2'], { 'phases.0.name': 'warmup', 'phases.0.duration_s': 0.25 }],
    [['-L', '5', '-c', '2'], { 'load.latency_limit_us': 5000 }],
    [['-M', 'extended', '-c', '2'], { 'load.protocol': 'extended' }],
    [['--isolation', 'serializable', '-c', '1', '-t', '50'], { 'load.isolation': every }],
    [['--seed', '4711', '-c', '2'], { 'scenario.seed': 4711 }],
    [['--set', 'opening=77', '-c', '2'], { 'scenario.parameters.opening': 77 }],
    [['--variant', 'atomic', '-c', '2'], { 'scenario.variant': 'atomic' }],
    [['--label', 'branch=main', '--label', 'run=2', '-c', '2'], { labels: { branch: 'main', run: '2' } }],
    [['--namespace', `${namespace}_other`, '-c', '2'], { 'target.namespace': `${namespace}_other` }],
  ] as const)('%j as %j', async (flags, paths) => {
    const result = await measure([...bench, ...short, ...flags])
    for (const [path, expected] of Object.entries(paths)) {
      expect(at(plain, path), `${path} without the flag`).not.toEqual(expected)
      expect(at(result, path), path).toEqual(expected)
    }
  })

  it.each([
    [['-d', '1500ms'], 1.5],
    [['-T', '1'], 1],
  ] as const)('%j as the window of the measured phase', async (flags, seconds) => {
    const { phases } = await measure([...bench, '--warmup', '0', '-c', '2', ...flags])
    expect(phases.map(({ measured, duration_s }) => ({ measured, duration_s }))).toEqual([{ measured: true, duration_s: seconds }])
  })

  it('--max-tries 1: no attempt is repeated, those that collide fail', async () => {
    const storm = ['bench', 'deadlock-storm', '--warmup', '0', '-t', '20', '-c', '8', '--json']
    const run = async (...tries: string[]): Promise<Result> => JSON.parse((await oltp([...storm, ...tries], { env })).stdout)
    const once = await run('--max-tries', '1')
    expect(once.totals.retries).toBe(0)
    expect(once.totals.failed).toBeGreaterThan(0)
    expect((await run('--max-tries', '100')).totals.retries).toBeGreaterThan(0)
  })
})

describe('a flag shapes the plain lines', () => {
  const ticks = (stderr: string) => stderr.split('\n').filter(line => /^ +\d:\d\d +steady +2 /.test(line)).length

  it('-P sets the time between them', async () => {
    const base = [...bench, '--warmup', '0', '-d', '3s', '-c', '2']
    const often = await oltp([...base, '-P', '1'], { env })
    const seldom = await oltp([...base, '-P', '60'], { env })
    expect([often.exitCode, seldom.exitCode]).toEqual([exitCodes.ok, exitCodes.ok])
    expect(ticks(often.stderr)).toBeGreaterThan(ticks(seldom.stderr))
  })

  it.each([
    [['--no-tui'], true],
    [[], false],
  ] as const)('on a terminal, with %j: plain lines %j', async (flags, plainLines) => {
    const args = ['bench', 'transfers', '--set', 'accounts=100', '--warmup', '0', '-d', '1s', '-c', '2', ...flags]
    const terminal = await openTerminal({ columns: 100, rows: 60, command: [process.execPath, launcher, ...args], env })
    try {
      const screen = await terminal.waitFor(/Next {8}/)
      expect(/phase steady: 2 clients/.test(screen)).toBe(plainLines)
    } finally {
      await terminal.close()
    }
  })
})

describe('a flag beats the environment, which beats the file, which beats the default', () => {
  const file = (name: string, clients: string) => {
    const path = join(folder, `${name}.yaml`)
    const transactions = 'transactions: { one: { steps: [ { id: one, sql: SELECT 1 AS one } ] } }'
    writeFileSync(path, `version: 1\nname: ${name}\ntitle: One\n${transactions}\nphases: [ { name: steady, transactions: 5${clients} } ]\n`)
    return ['bench', path, '--json']
  }

  it('for the number of clients', async () => {
    const [withClients, without] = [file('with', ', clients: 4'), file('without', '')]
    const inEnvironment = { OLTP_CLIENTS: '3' }
    const standard = (await measure(without)).load.clients
    expect([2, 3, 4]).not.toContain(standard)
    expect((await measure(withClients)).load.clients).toBe(4)
    expect((await measure(withClients, inEnvironment)).load.clients).toBe(3)
    expect((await measure([...withClients, '-c', '2'], inEnvironment)).load.clients).toBe(2)
  })

  it('for the variant and the seed as well', async () => {
    const { scenario } = await measure([...bench, ...short, '-c', '2', '--variant', 'atomic', '--seed', '5'], {
      OLTP_VARIANT: 'naive',
      OLTP_SEED: '6',
    })
    expect(scenario).toMatchObject({ variant: 'atomic', seed: 5 })
  })

  it.each([
    [{ OLTP_DURATION: '30s' }, ['-t', '5'], { started: 10 }, null],
    [{ OLTP_TRANSACTIONS: '5' }, ['-d', '1s'], {}, 1],
    [{ OLTP_TRANSACTIONS: '5' }, ['-T', '1'], {}, 1],
    [{ OLTP_DURATION: '30s' }, ['-T', '1'], {}, 1],
  ] as const)('for the length of a run: %j gives way to %j', async (settings, flags, totals, seconds) => {
    const result = await measure([...bench, '--warmup', '0', '-c', '2', ...flags], { ...settings })
    expect(result.totals).toMatchObject(totals)
    if (seconds !== null) expect(result.phases.at(-1)?.duration_s).toBe(seconds)
  })

  it.each([
    [{}, ['-d', '1s', '-t', '5'], /option '-d.*' cannot be used with option '-t/],
    [{}, ['-d', '1s', '-T', '5'], /option '-d.*' cannot be used with option '-T/],
    [{}, ['-T', '1', '-t', '5'], /option '-T.*' cannot be used with option '-t/],
    [{ OLTP_DURATION: '1s', OLTP_TRANSACTIONS: '5' }, [], /'OLTP_DURATION' cannot be used with environment variable 'OLTP_TRANSACTIONS'/],
  ] as const)('two of one rank exclude each other: %j %j', async (settings, flags, words) => {
    const run = await oltp([...bench, ...flags], { env: { ...env, ...settings } })
    expect(run.exitCode).toBe(exitCodes.usage)
    expect(run.stderr).toMatch(words)
  })
})
