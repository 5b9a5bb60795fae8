import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import type { Result } from '#oltp/measure/result.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'

const schema = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync('schema/result.schema.json', 'utf8')))
const quick = ['--warmup', '200ms', '-d', '2s', '-c', '4']
let folder: string

type BadFile = [name: string, make: (path: string) => void]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-bench-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function parse(stdout: string): Result {
  const document = JSON.parse(stdout)
  expect(schema(document), JSON.stringify(schema.errors)).toBe(true)
  return document
}

describe('on the embedded PostgreSQL', () => {
  it('needs nothing but the name of a scenario', async () => {
    const { stdout, stderr, exitCode } = await oltp(['bench', 'transfers', ...quick])
    expect(exitCode, stderr).toBe(exitCodes.ok)
    expect(stdout).toMatch(/TPS/)
    expect(stdout).toMatch(/money is conserved/)
    expect(stdout).toMatch(/PostgreSQL 18/)
    expect(stderr).toMatch(/seed account/)
    expect(stderr).toMatch(/steady +4 /)
  })

  it('keeps the result where the summary says', async () => {
    const { stdout } = await oltp(['bench', 'point-select', ...quick])
    const path = /(\S+\.json)/.exec(stdout)?.[1] ?? ''
    const file = path.replace(/^~/, process.env.HOME ?? '~')
    expect(existsSync(file), `${path} in\n${stdout}`).toBe(true)
    expect(parse(readFileSync(file, 'utf8')).scenario.name).toBe('point-select')
  })
})

describe.each(engines.map(({ name, url }) => ({ name, url })))('on $name by URL', ({ name, url }) => {
  const env = { OLTP_URL: url, OLTP_NAMESPACE: `oltp_e2e_bench` }
  afterAll(async () => {
    await oltp(['clean'], { env })
  })

  it('answers with one document on stdout, valid against its schema, with everything that scripts rely on', async () => {
    const file = join(folder, `${name}.json`)
    const run = await oltp(
      ['bench', 'transfers', ...quick, '--json', '-o', file, '--label', 'branch=main', '--seed', '7', '--set', 'accounts=500'],
      { env },
    )
    expect(run.exitCode, run.stderr).toBe(exitCodes.ok)
    const result = parse(run.stdout)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(result)

    expect(result.tps).toBeGreaterThan(0)
    expect(result.latency.kind).toBe('service')
    const { p50_us, p95_us, p99_us, max_us } = result.latency
    expect([p50_us, p95_us, p99_us, max_us]).toEqual([p50_us, p95_us, p99_us, max_us].toSorted((a, b) => Number(a) - Number(b)))
    const { started, committed, rolled_back, failed, cancelled, attempts, retries } = result.totals
    expect(started).toBe(committed + rolled_back + failed + cancelled)
    expect(attempts).toBe(started + retries)
    expect(result.transactions.map(transaction => transaction.name)).toContain('transfer')
    expect(result.phases.map(phase => phase.name)).toEqual(['warmup', 'steady'])
    expect(result.series.rows.length).toBeGreaterThanOrEqual(2)
    expect(result.invariants.every(invariant => invariant.held && invariant.checks > 0)).toBe(true)
    expect(result.labels).toEqual({ branch: 'main' })
    expect(result.scenario).toMatchObject({ name: 'transfers', variant: null, seed: 7, parameters: { accounts: 500 } })
    expect(result.target).toMatchObject({
      engine: name === 'postgres' ? 'postgres' : 'mysql',
      namespace: 'oltp_e2e_bench',
      throwaway: false,
    })
    expect(Object.keys(result.target.settings).length).toBeGreaterThan(3)
  })

  it.each(['lower case', 'upper case'])('prints no password anywhere, with a scheme in %s', async letters => {
    const password = decodeURIComponent(new URL(url).password)
    expect(password.length).toBeGreaterThan(3)
    const given = letters === 'upper case' ? url.replace(/^[a-z]+/, scheme => scheme.toUpperCase()) : url
    const file = join(folder, 'secret.json')
    const where = ['--url', given, '--namespace', 'oltp_e2e_bench']
    const run = await oltp(['bench', 'point-select', '--warmup', '0', '-t', '20', ...where, '--json', '-o', file])
    expect(run.exitCode, run.stderr).toBe(exitCodes.ok)
    expect(`${run.stdout}${run.stderr}${readFileSync(file, 'utf8')}`).not.toContain(password)
    expect(parse(run.stdout).tool.argv.find(argument => argument.includes('://'))).toContain(':•••@')
    expect(run.stderr).toMatch(/password/)
  })

  it('measures from the intended start in an open loop', async () => {
    const run = await oltp(['bench', 'point-select', ...quick, '--rate', '200', '--json'], { env })
    const result = parse(run.stdout)
    expect(result.load).toMatchObject({ model: 'open', arrivals: 'poisson', rate_per_s: 200 })
    expect(result.latency.kind).toBe('response')
    expect(result.phases.at(-1)?.lag.count).toBe(result.latency.count)
  })

  it('runs a number of transactions per client', async () => {
    const run = await oltp(['bench', 'point-select', '--warmup', '0', '-t', '50', '-c', '3', '-j', '2', '--json'], { env })
    expect(parse(run.stdout).totals).toMatchObject({ started: 150, committed: 150 })
  })

  it('shows that a naive read-modify-write loses money, and exits 4', async () => {
    const run = await oltp(['bench', 'transfers', '--variant', 'naive', '--warmup', '0', '-d', '3s', '-c', '16', '--json'], { env })
    expect(run.exitCode).toBe(exitCodes.broke)
    const money = parse(run.stdout).invariants.find(invariant => invariant.name === 'money is conserved')
    expect(money?.held).toBe(false)
    expect(money?.found).not.toBe(money?.expected)
    expect(run.stderr).toMatch(/✗ money is conserved/)
  })

  it('exits 99 when a threshold fails and 92 when the measurement does not hold, in that order of weight', async () => {
    const threshold = ['--threshold', 'p95 < 1us']
    const base = ['bench', 'point-select', '--warmup', '0', '-t', '10', '-c', '2']
    expect((await oltp([...base, ...threshold], { env })).exitCode).toBe(exitCodes.threshold)
    expect((await oltp([...base, ...threshold, '--strict'], { env })).exitCode).toBe(exitCodes.notValid)
    expect((await oltp(base, { env })).exitCode).toBe(exitCodes.ok)
  })

  it('stops with exit 4 and the step when an `expect` does not hold', async () => {
    const file = join(folder, 'broken.yaml')
    writeFileSync(
      file,
      `version: 1
name: broken
title: A promise that does not hold
transactions:
  one:
    steps:
      - id: nothing
        sql: SELECT 1 AS one
        expect: { rows: 2 }
phases:
  - { name: steady, duration: 30s, clients: 2 }
`,
    )
    const run = await oltp(['bench', file], { env })
    expect(run.exitCode).toBe(exitCodes.broke)
    expect(run.stdout + run.stderr).toMatch(/one\/nothing/)
  })
})

describe('docs/result.md', () => {
  const documented = documentedPaths(readFileSync('docs/result.md', 'utf8'))
  let result: Result
  /** Of a scenario with `checks`. */
  let checked: Result

  beforeAll(async () => {
    const env = { OLTP_URL: engines[0]?.url ?? '', OLTP_NAMESPACE: 'oltp_e2e_bench_doc' }
    const run = await oltp(['bench', 'deadlock-storm', '--warmup', '0', '-d', '2s', '-c', '8', '--threshold', 'p95 < 60s', '--json'], {
      env,
    })
    result = parse(run.stdout)
    checked = parse((await oltp(['bench', 'anomalies', '--warmup', '0', '-d', '2s', '--json'], { env })).stdout)
    await oltp(['clean'], { env })
  })

  it.each(documented)('%s is in a result', path => {
    const values = valuesAt(path.startsWith('.checks[]') ? checked : result, path)
    expect(values, path).not.toEqual([])
    for (const value of values) expect(value, path).toBeDefined()
  })

  it('promises what scripts use, and a path that is not there is noticed', () => {
    const most = ['.tps', '.latency.max_us', '.totals.errors', '.transactions[].name', '.validity.checks[]', '.target.settings', '.broken']
    expect(documented).toEqual(expect.arrayContaining(most))
    expect(valuesAt(result, '.latency.p42_us')).toEqual([undefined])
    expect(valuesAt(result, '.thresholds[].pased')).toContain(undefined)
  })

  it('errors are counted by code, thresholds say whether they hold', () => {
    expect(Object.keys(result.totals.errors)).toContain('40P01')
    expect(result.thresholds.map(({ expression }) => expression)).toContain('p95 < 60s')
    for (const { passed } of result.thresholds) expect(passed).toBeTypeOf('boolean')
  })
})

/** The paths in the first column of the table; `.totals.committed .failed` are two of `.totals`. */
function documentedPaths(text: string): string[] {
  const cells = [...text.matchAll(/^\| ((?:`[^`]+` ?)+)\|/gm)].map(([, cell = '']) => cell)
  return cells.flatMap(cell =>
    [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, group = '']) => {
      const [first = '', ...siblings] = group.split(' ')
      const parent = first.slice(0, first.lastIndexOf('.'))
      return [first, ...siblings.map(name => `${parent}${name}`)]
    }),
  )
}

/** What stands at a path, of all elements where it says `[]`; undefined where there is nothing. */
function valuesAt(document: unknown, path: string): unknown[] {
  const keys = path.replaceAll('[]', '.[]').split('.').slice(1)
  return keys.reduce<unknown[]>(
    (values, key) =>
      values.flatMap(value => {
        if (key === '[]') return Array.isArray(value) ? value : [undefined]
        return [typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined]
      }),
    [document],
  )
}

describe('a run that cannot be', () => {
  it.each([
    [['bench', 'transfer'], exitCodes.usage, /transfers/],
    [['bench', 'transfers', '--variant', 'nave'], exitCodes.usage, /naive/],
    [['bench', 'transfers', '--set', 'acounts=5'], exitCodes.usage, /accounts/],
    [['bench', 'transfers', '--threshold', 'p95 <'], exitCodes.usage, /p95/],
    [['bench', 'transfers', '--isolation', 'serialisable'], exitCodes.usage, /serializable/],
    [['bench', 'transfers', '-d', '5 parsecs'], exitCodes.usage, /30s/],
    [['bench', 'transfers', '--frsh'], exitCodes.usage, /--fresh/],
    [['bench', 'transfers', '-d', '5s', '-t', '5'], exitCodes.usage, /cannot be used with/],
    [['bench', 'transfers', '--url', 'postgres://me@127.0.0.1:1/x'], exitCodes.setup, /ECONNREFUSED/],
    [['bench', 'tpcb', '--pipeline', '--engine', 'mysql'], exitCodes.usage, /mysql[\s\S]*leave --pipeline out/],
    [['bench', 'tpcb', '--pipeline', '--url', 'mariadb://me@127.0.0.1:1'], exitCodes.usage, /mysql[\s\S]*leave --pipeline out/],
    [['bench', 'tpcb', '--pipeline', '--calibrate', '--engine', 'mariadb'], exitCodes.usage, /leave --pipeline out/],
    [['bench', 'transfers', '--url', 'oracle://me@127.0.0.1/x'], exitCodes.usage, /postgres/],
    [['bench', 'transfers', '--url', 'postgres://me@db.invalid/x?sslmode=bogus'], exitCodes.usage, /verify-full/],
    [['bench', 'transfers', '-o', '/nonexistent/folder/x.json', '-d', '1s'], exitCodes.usage, /nonexistent/],
    [['bnch'], exitCodes.usage, /bench/],
  ] as const)('%j says what is wrong and what to do', async (args, exitCode, words) => {
    const run = await oltp([...args])
    expect(run.exitCode, run.stderr).toBe(exitCode)
    expect(run.stderr).toMatch(words)
    expect(run.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
    expect(run.stdout).toBe('')
  })

  it.each([
    [['bench', 'postgres://u:hunter2@h/x']],
    [['bench', '--urll=postgres://u:hunter2@h/x']],
    [['bench', '--urll=POSTGRES://u:hunter2@h/x']],
    [['bench', '--url', 'postgrs://u:hunter2@h/x']],
    [['bench', '-cpostgres://u:hunter2@h/x']],
    [['bench', '--namespace', 'postgres://u:hunter2@h/x']],
    [['bench', '--variant', 'postgres://u:hunter2@h/x']],
    [['bench', '-o', 'postgres://u:hunter2@h/x']],
    [['bench', '--url', 'postgres://u@192.0.2.1/x', '--confirm', 'postgres://u:hunter2@192.0.2.1/x']],
    [['postgres://u:hunter2@h/x']],
  ])('%j does not echo the password', async args => {
    const run = await oltp(args)
    expect([exitCodes.usage, exitCodes.refused]).toContain(run.exitCode)
    expect(run.stdout + run.stderr).not.toContain('hunter2')
    expect(run.stderr).toMatch(/•••|postgres:\/\/ or mysql:/)
  })

  it.each([
    ['missing', () => {}],
    ['a folder', path => mkdirSync(path)],
    ['binary', path => writeFileSync(path, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe]))],
    ['empty', path => writeFileSync(path, '')],
    ['10 MB', path => writeFileSync(path, '# all is well\n'.repeat(750_000))],
    ...['many', 'syntax', 'syntax-bracket', 'prototype', 'alias', 'wrong-type-load', 'undefined-name', 'trap-colon', 'unclosed-quote'].map(
      (name): BadFile => [name, path => copyFileSync(`tests/fixtures/bad/${name}.yaml`, path)],
    ),
  ] satisfies BadFile[])('a file that is %s is found out before any database is touched', async (what, make) => {
    const file = join(folder, `${what.replace(' ', '-')}.yaml`)
    make(file)
    const run = await oltp(['bench', file, '--url', 'postgres://u@127.0.0.1:1/x'])
    expect(run.exitCode, run.stderr).toBe(exitCodes.usage)
    expect(run.stderr).toMatch(/^error: /)
    expect(run.stderr).toMatch(/^help: /m)
    expect(run.stderr).not.toMatch(/\n\s+at .*:\d+:\d+|ECONNREFUSED|connect/)
    expect(run.stdout).toBe('')
  })

  it('without any arguments prints the help and exits 2', async () => {
    const run = await oltp([])
    expect(run.exitCode).toBe(exitCodes.usage)
    expect(run.stderr).toMatch(/Usage: oltp/)
  })

  it('asks for --confirm off this machine', async () => {
    const url = 'postgres://me@192.0.2.1/shop'
    const run = await oltp(['bench', 'transfers', '--url', url])
    expect(run.exitCode).toBe(exitCodes.refused)
    expect(run.stderr).toContain("--confirm 'me@192.0.2.1:5432/shop'")
    const copied = await oltp(['bench', 'transfers', '--url', url, '--confirm', 'me@192.0.2.2:5432/shop'])
    expect(copied.exitCode).toBe(exitCodes.refused)
  })
})
