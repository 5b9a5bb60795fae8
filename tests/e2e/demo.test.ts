import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { viewNamespace } from '#oltp/database/namespace.js'
import type { DemoResult } from '#oltp/demo/result.js'
import { exitCodes } from '#oltp/errors.js'
import { displayWidth } from '#oltp/format.js'
import { openBench } from '../support/namespace.js'
import { type Outcome, oltp, start } from '../support/oltp.js'
import { engines } from '../support/servers.js'
import { until } from '../support/sessions.js'

const shipped = readdirSync('scenarios/demos').map(file => file.replace(/\.yaml$/, ''))
const stuck = fileURLToPath(new URL('../fixtures/demos/stuck.yaml', import.meta.url))
const namespace = 'oltp_e2e_demo'
const targets = engines.map(({ name, url }) => ({ name, url }))
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-demo-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function isThere(url: string, name = namespace): Promise<boolean> {
  const bench = await openBench(url)
  try {
    return (await viewNamespace({ ...bench.request(name) })) !== null
  } finally {
    await bench.close()
  }
}

function play(args: readonly string[], url: string): Promise<Outcome> {
  return oltp(['demo', ...args], { env: { OLTP_URL: url, OLTP_NAMESPACE: namespace }, cwd: folder })
}

describe('oltp demo', () => {
  it('lists every demo with its line, by theme, and the order of a workshop, within 80 columns', async () => {
    const { stdout, stderr, exitCode } = await oltp(['demo'])
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: exitCodes.ok })
    for (const name of shipped) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S.*$`, 'm'))
    expect(stdout).toMatch(/workshop of 90 minutes[\s\S]*→\s+lost-update →/)
    expect(Math.max(...stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(80)
  })

  it('lists them as a document, too', async () => {
    const { stdout, stderr, exitCode } = await oltp(['demo', '--json', '-o', 'list.json'], { cwd: folder })
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: exitCodes.ok })
    const { demos } = JSON.parse(stdout)
    expect(demos.map(({ name }: { readonly name: string }) => name)).toEqual(shipped.toSorted())
    expect(demos.find(({ name }: { readonly name: string }) => name === 'lost-update')).toMatchObject({
      ...{ title: expect.any(String), theme: expect.any(String), summary: expect.any(String), kind: 'anomaly', core: true },
      ...{ workshop: expect.any(Number), engines: ['postgres', 'mysql', 'mariadb'] },
      variants: expect.arrayContaining([
        { name: 'atomic', title: expect.any(String), fix: true, cost: expect.any(String), engines: expect.anything() },
      ]),
    })
    expect(JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8'))).toEqual(JSON.parse(stdout))
  })

  it('needs nothing but itself: an embedded PostgreSQL', async () => {
    const { stdout, stderr, exitCode } = await oltp(['demo', 'lost-update', '--plain'])
    expect(exitCode, stderr).toBe(exitCodes.ok)
    expect(stdout).toContain('B overwrote 9 with 9: it had read 10 before A committed.')
    expect(stdout).toMatch(/✗ happens\n/)
    expect(stdout).toMatch(/^serializable {2}no$/m)
    expect(stdout).toMatch(/Ways out: oltp demo lost-update --variant …\n {2}atomic +\S/)
    expect(Math.max(...stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(80)
  })

  it.each([
    [['lost-updat'], 'there is no demo «lost-updat»', 'did you mean `lost-update`?'],
    [['lost-update', '--variant', 'atomc'], 'demo lost-update has no variant «atomc»', 'did you mean `atomic`?'],
    [['lost-update', '--isolation', 'serialisable'], 'unknown isolation level', 'did you mean `serializable`?'],
    [['./nowhere.yaml'], 'there is no file ./nowhere.yaml', 'oltp demo'],
    [['lost-update', '-o', '/nowhere/result.json'], 'cannot be written', 'folder that exists'],
  ])('%j: says what is wrong, goes to no server, and exits 2', async (args, message, hint) => {
    // Nothing listens there: had it tried to connect, the exit code would be 3.
    const { stdout, stderr, exitCode } = await play(args, 'postgres://nobody@127.0.0.1:1/none')
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: exitCodes.usage })
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
  })

  it('shows where a file is wrong', async () => {
    const text = readFileSync('scenarios/demos/lost-update.yaml', 'utf8').replace('save: qty', 'safe: qty')
    writeFileSync(join(folder, 'bad.yaml'), text)
    const { stderr, exitCode } = await oltp(['demo', './bad.yaml'], { cwd: folder })
    expect(exitCode).toBe(exitCodes.usage)
    expect(stderr).toMatch(/unknown key `safe`[\s\S]*--> bad\.yaml:24:5[\s\S]*\^\^\^\^[\s\S]*did you mean `save`\?/)
  })
})

describe.each(targets)('a demo on $name', ({ name, url }) => {
  it('is told in a document, the transcript beside it, and leaves nothing behind', async () => {
    const { stdout, stderr, exitCode } = await play(['lost-update', '--isolation', 'read committed', '--json', '-o', 'out.json'], url)
    expect(exitCode, stderr).toBe(exitCodes.ok)
    const result: DemoResult = JSON.parse(stdout)
    expect(result).toMatchObject({
      demo: 'lost-update',
      variant: null,
      engine: name,
      isolation: 'read committed',
      outcome: 'happens',
      codes: [],
      serializable: false,
      rule_held: false,
      commits: { A: 1, B: 1 },
      final: { columns: ['qty'], rows: [[9]] },
    })
    expect(result.product.toLowerCase()).toContain(name === 'postgres' ? 'postgresql' : name)
    expect(result.version).toMatch(/^\d+\.\d+/)
    expect(result.steps.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(result.steps[5]).toMatchObject({ session: 'B', status: 'done', waited: { blockers: ['A'] }, woken_by: 7, deferred: false })
    expect(result.explanation).toContain('B overwrote 9 with 9: it had read 10 before A committed.')
    expect(stderr).toContain('✗ happens')
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toEqual(result)
    expect(await isThere(url)).toBe(false)
  })

  it('tells a statement that is wrong by itself as a mistake in the file', async () => {
    const text = readFileSync('scenarios/demos/lost-update.yaml', 'utf8')
    writeFileSync(join(folder, 'wrong.yaml'), text.replace('SELECT qty FROM products', 'SELECT quantity FROM products'))
    const { stdout, stderr, exitCode } = await play(['./wrong.yaml', '--plain'], url)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: exitCodes.usage })
    expect(stderr).toMatch(
      /step 3, of A, is wrong by itself: .*quantity.*[\s\S]*--> wrong\.yaml:\d+:8\n[\s\S]*SELECT quantity FROM[\s\S]*\^{20}/,
    )
    expect(await isThere(url)).toBe(false)
  })

  it('plays the ways out of this engine alone, and says which those are not', async () => {
    const { stdout, stderr, exitCode } = await play(['booking', '--fixes', '--json'], url)
    expect(exitCode, stderr).toBe(exitCodes.ok)
    const { fixes = [] }: { readonly fixes?: readonly DemoResult[] } = JSON.parse(stdout)
    const played = fixes.map(({ variant }) => variant)
    const [here, elsewhere] = name === 'postgres' ? ['exclusion', 'named-lock'] : ['named-lock', 'exclusion']
    expect(played).toContain(here)
    expect(played).not.toContain(elsewhere)
    expect(stderr).toContain(`${elsewhere}: no way out on `)
    // Of a syntax or a function that the engine does not know.
    expect(fixes.flatMap(({ codes }) => codes).filter(code => ['42601', '42883', '1064', '1305'].includes(code))).toEqual([])
  })

  it('plays every way out after it, and what prevents it is told', async () => {
    const { stdout, stderr, exitCode } = await play(['lost-update', '--fixes', '--json'], url)
    expect(exitCode, stderr).toBe(exitCodes.ok)
    const { fixes = [] }: { readonly fixes?: readonly DemoResult[] } = JSON.parse(stdout)
    expect(fixes.map(({ variant }) => variant)).toEqual(expect.arrayContaining(['atomic', 'for-update', 'version']))
    expect(fixes.map(({ rule_held }) => rule_held)).toEqual(fixes.map(() => true))
    const atomic = fixes.find(({ variant }) => variant === 'atomic')
    expect(atomic?.explanation.join(' ')).toMatch(/as if A had run before B/)
  })

  it('keeps out of a namespace with the data of a scenario', async () => {
    const env = { OLTP_URL: url, OLTP_NAMESPACE: `${namespace}_kept` }
    const bench = ['bench', 'transfers', '-d', '1s', '--warmup', '0', '-c', '1', '--set', 'accounts=10', '--json']
    expect((await oltp(bench, { env })).exitCode).toBe(exitCodes.ok)
    const refused = await oltp(['demo', 'lost-update', '--plain'], { env })
    expect({ exitCode: refused.exitCode, stdout: refused.stdout }).toEqual({ exitCode: exitCodes.refused, stdout: '' })
    expect(refused.stderr).toContain('holds the data of a scenario')
    expect(await isThere(url, env.OLTP_NAMESPACE)).toBe(true)
    expect((await oltp(['clean'], { env })).exitCode).toBe(exitCodes.ok)
  })

  it.each([
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
  ] as const)('%s while everybody waits: cleans up and exits %d', async (signal, exitCode) => {
    const run = start(['demo', stuck, '--plain'], { env: { OLTP_URL: url, OLTP_NAMESPACE: namespace } })
    const ended = run.then(({ stderr }) => expect.fail(`it ended before anybody slept:\n${stderr}`))
    await Promise.race([asleep(url), ended])
    expect(await isThere(url)).toBe(true)
    run.kill(signal)
    const outcome = await run
    await ended.catch(() => {})
    expect(outcome.exitCode, outcome.stderr).toBe(exitCode)
    expect(outcome.stderr).toContain('stopped before the demo was over')
    expect(outcome.stdout).toBe('')
    expect(await isThere(url)).toBe(false)
  })
})

/** Resolves when the demo's sleeper sleeps on the server. */
async function asleep(url: string): Promise<void> {
  const bench = await openBench(url)
  const text =
    bench.database.engine === 'postgres'
      ? "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%pg_sleep(50)%'"
      : "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep' AND info LIKE '%SLEEP(50)%' AND id <> CONNECTION_ID()"
  try {
    await until(async () => Number((await bench.session.query(text)).rows[0]?.[0]) === 1, 50)
  } finally {
    await bench.close()
  }
}
