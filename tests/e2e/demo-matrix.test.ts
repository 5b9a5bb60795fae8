import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Exploration } from '#oltp/demo/exploration.js'
import type { Matrix } from '#oltp/demo/matrix-model.js'
import { exitCodes } from '#oltp/errors.js'
import { type Bench, openBench, ownNamespace } from '../support/namespace.js'
import { oltp, start } from '../support/oltp.js'
import { engines } from '../support/servers.js'
import { until } from '../support/sessions.js'

const [postgres, mysql] = engines as [(typeof engines)[number], (typeof engines)[number]]

describe('oltp demo --matrix', () => {
  let bench: Bench
  let folder: string
  const namespace = ownNamespace('matrix')
  const run = (...args: string[]) => oltp(['demo', ...args], { env: { OLTP_URL: postgres.url, OLTP_NAMESPACE: namespace }, cwd: folder })
  const two = ['lost-update', 'dirty-read', '--levels', 'read committed, serializable']

  beforeAll(async () => {
    bench = await openBench(postgres.url)
    folder = mkdtempSync(join(tmpdir(), 'oltp-matrix-'))
  })
  afterAll(async () => {
    await bench.clean(namespace)
    await bench.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('prints the document on stdout and the table on stderr, and leaves nothing behind', async () => {
    const { stdout, stderr, exitCode } = await run('--matrix', ...two, '--json')
    expect(exitCode, stderr).toBe(exitCodes.ok)
    const { cells, levels } = JSON.parse(stdout) as Matrix
    expect(cells.map(({ demo, isolation, outcome }) => [demo, isolation, outcome])).toEqual([
      ['lost-update', 'read committed', 'happens'],
      ['lost-update', 'serializable', 'error'],
      ['dirty-read', 'read committed', 'prevented'],
      ['dirty-read', 'serializable', 'prevented'],
    ])
    expect(cells[1]).toMatchObject({ engine: 'postgres', product: 'PostgreSQL', codes: ['40001'], serializable: true, rule_held: true })
    expect(cells[1]?.steps.length).toBeGreaterThan(0)
    expect(levels[0]).toMatchObject({ engine: 'postgres', isolation: 'read committed', level: 'read committed', at_least: true })
    expect(stderr).toMatch(/lost-update +✗ happens +! 40001/)
    expect(await bench.database.namespaces.exists(bench.session, namespace)).toBe(false)
  })

  it('writes a file in the format that its name says, and the table on stdout', async () => {
    const { stdout, exitCode, stderr } = await run('--matrix', ...two, '-o', 'matrix.html')
    expect(exitCode, stderr).toBe(exitCodes.ok)
    expect(stdout).toMatch(/dirty-read +✓ prevented +✓ prevented/)
    expect(readFileSync(join(folder, 'matrix.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<details>[\s\S]*<\/html>\n$/)
  })

  it('says what changed since, with exit code 0', async () => {
    await run('--matrix', ...two, '-o', 'before.json')
    const same = await run('--matrix', ...two, '--diff', 'before.json')
    expect(same.exitCode, same.stderr).toBe(exitCodes.ok)
    expect(same.stdout).toMatch(/What changed\n {2}nothing changed$/)
    const path = join(folder, 'before.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"40001"', '"40P01"'))
    const other = await run('--matrix', ...two, '--diff', 'before.json')
    expect(other.exitCode, other.stderr).toBe(exitCodes.ok)
    expect(other.stdout).toMatch(/What changed\n {2}lost-update at serializable on PostgreSQL \S+: ! 40P01 → ! 40001$/)
  })

  it('plays the ways out below their story, told apart when compared', async () => {
    const one = ['lost-update', '--levels', 'read committed', '--fixes']
    const { stdout, exitCode, stderr } = await run('--matrix', ...one, '-o', 'fixes.json')
    expect(exitCode, stderr).toBe(exitCodes.ok)
    expect(stdout).toMatch(/\n {2}lost-update +✗ happens\n[\s\S]* {3}↳ for-update +… waits\n[\s\S]* {3}↳ retry +✗ happens\n/)
    const path = join(folder, 'fixes.json')
    const { cells } = JSON.parse(readFileSync(path, 'utf8')) as Matrix
    expect(cells.map(({ variant }) => variant)).toEqual([null, 'atomic', 'for-update', 'version', 'retry'])
    writeFileSync(path, readFileSync(path, 'utf8').replace('"variant": "for-update"', '"variant": "another"'))
    const compared = await run('--matrix', ...one, '--diff', 'fixes.json')
    expect(compared.stdout).toMatch(/nothing changed\n {2}not compared: 1 cell of which.*\n {2}not compared: 1 cell that only/)
  })

  it('plays on several servers, beside each other', async () => {
    const urls = ['--url', postgres.url, '--url', mysql.url]
    const { stdout, stderr, exitCode } = await run('--matrix', 'lost-update', '--levels', 'repeatable read', ...urls)
    expect(exitCode, stderr).toBe(exitCodes.ok)
    expect(stdout).toMatch(/PostgreSQL \S+ +MySQL \S+/)
    expect(stdout).toMatch(/lost-update +! 40001 +✗ happens/)
  })

  it('stops when told to, tells what was played, and leaves nothing behind', async () => {
    const playing = start(['demo', '--matrix', '--all', '--json'], { env: { OLTP_URL: postgres.url, OLTP_NAMESPACE: namespace } })
    const tables = () => bench.database.namespaces.exists(bench.session, namespace)
    await until(tables, 20)
    await until(async () => {
      const { rows } = await bench.session.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'oltp demo %'")
      return Number(rows[0]?.[0]) > 0
    })
    playing.kill('SIGINT')
    const { stdout, exitCode, stderr } = await playing
    expect(exitCode, stderr).toBe(exitCodes.interrupted)
    expect((JSON.parse(stdout) as Matrix).complete).toBe(false)
    expect(await tables()).toBe(false)
  })

  it.each([
    [['--matrix', '--explore', 'lost-update'], "'--matrix' cannot be used with option '--explore'"],
    [['lost-update', '--diff', 'x.json'], "'--diff' goes with '--matrix'"],
    [['lost-update', 'write-skew'], 'one demo at a time'],
    [['--explore'], 'needs the name of a demo'],
    [['lost-update', '--url', 'postgres://a@h/d', '--url', 'postgres://b@h/d'], 'played on one server, and --url is given 2 times'],
    [['--explore', 'lost-update', '--url', 'postgres://a@h/d', '--url', 'postgres://b@h/d'], 'played on one server'],
    [['--matrix', '--levels', 'read sometimes'], 'unknown isolation level'],
    [['--matrix', '--engines', 'oracle'], 'postgres, mysql, mariadb'],
    [['--matrix', '--diff', 'nowhere.json'], 'there is no file'],
    [['--matrix', '--diff', '.'], 'it is a folder'],
    [['--matrix', '-o', 'no/such/folder.json'], 'there is no such folder'],
    [['--matrix', 'lost-updates'], 'did you mean `lost-update`?'],
  ])('refuses %j', async (args, said) => {
    const { exitCode, stderr, stdout } = await run(...args)
    expect(exitCode, stderr).toBe(exitCodes.usage)
    expect(stderr).toContain(said)
    expect(stdout).toBe('')
  })

  it('explores every order of one demo', async () => {
    const { stdout, stderr, exitCode } = await run('--explore', 'lost-update', '--isolation', 'read committed', '--json')
    expect(exitCode, stderr).toBe(exitCodes.ok)
    expect(JSON.parse(stdout) as Exploration).toMatchObject({ demo: 'lost-update', interleavings: 20, wrong: 18 })
    expect(stderr).toContain('18 of 20 orders')
    expect(await bench.database.namespaces.exists(bench.session, namespace)).toBe(false)
  })
})
