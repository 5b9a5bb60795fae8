import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import { type Bench, openBench, ownNamespace } from '../support/namespace.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'

describe.each(engines.map(({ name, url }) => ({ name, url })))('on $name', ({ url }) => {
  let bench: Bench
  let folder: string
  const namespace = ownNamespace('cli')
  const run = (...args: string[]) => oltp([...args, '--namespace', namespace], { env: { OLTP_URL: url }, cwd: folder })

  beforeAll(async () => {
    bench = await openBench(url)
    folder = mkdtempSync(join(tmpdir(), 'oltp-cli-'))
  })
  afterAll(async () => {
    await bench.clean(namespace)
    await bench.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('prepares, keeps what is there, and cleans up to the last trace', async () => {
    const first = await run('prepare', 'transfers', '--set', 'accounts=200')
    expect(first.exitCode, first.stderr).toBe(exitCodes.ok)
    expect(first.stdout).toMatch(
      /transfers is ready in namespace «.*» at .*: seeded in [\d.]+ s \(rows and keys [\d.]+ s, statistics [\d.]+ s, checkpoint [\d.]+ s\), the namespace is new\n {2}account {2}200 rows/,
    )
    expect(first.stderr).toContain('migrations bank: 1 applied')
    const again = await run('prepare', 'transfers', '--set', 'accounts=200')
    expect(again.stdout).toContain('kept, the data is as it was seeded')
    const fresh = await run('prepare', 'transfers', '--set', 'accounts=200', '--fresh')
    expect(fresh.stdout).toMatch(/: seeded in .*, --fresh\n/)

    const dry = await run('clean', '--dry-run')
    expect(dry.stdout).toContain('table account')
    expect(dry.stdout).toContain('nothing was dropped')
    expect(await bench.database.namespaces.exists(bench.session, namespace)).toBe(true)
    const clean = await run('clean')
    expect(clean.exitCode, clean.stderr).toBe(exitCodes.ok)
    expect(clean.stdout).toContain('table account')
    expect(await bench.database.namespaces.exists(bench.session, namespace)).toBe(false)
    expect((await run('clean')).stdout).toContain('nothing to clean')
  })

  it('refuses to clean what holds something foreign', async () => {
    await run('migrate', 'up', '--set', 'bank')
    const foreign = `${bench.database.quoteName(namespace)}.invoices`
    await bench.session.query(`CREATE TABLE ${foreign} (id INT)`)
    const refused = await run('clean')
    expect(refused.exitCode).toBe(exitCodes.refused)
    expect(refused.stderr).toContain('table invoices')
    expect(refused.stdout).toBe('')
    await bench.session.query(`DROP TABLE ${foreign}`)
    expect((await run('clean')).exitCode).toBe(exitCodes.ok)
  })

  it('migrates up and down and says where things stand', async () => {
    const nothing = await run('migrate', 'status')
    expect(nothing.stdout).toContain('not there yet')
    expect(nothing.stdout).toMatch(/bank.*0001_account.*pending/)
    expect(await bench.database.namespaces.exists(bench.session, namespace)).toBe(false)

    expect((await run('migrate', 'up', '--set', 'transfers')).stdout).toBe('applied 0001_account')
    expect((await run('migrate', 'up', '--set', 'bank')).stdout).toContain('is up to date')
    expect((await run('migrate', 'status', '--set', 'bank')).stdout).toMatch(/0001_account.*applied.*\d{4}-\d\d-\d\d/)
    expect((await run('migrate', 'down', '--set', 'bank')).stdout).toBe('undone 0001_account')
    expect((await run('migrate', 'down', '--set', 'bank')).stdout).toContain('is left to undo')
  })

  it('points at the statement of a script of our own that fails', async () => {
    const scripts = join(folder, 'migrations/shop', bench.database.engine)
    mkdirSync(scripts, { recursive: true })
    writeFileSync(join(scripts, '0001_items.up.sql'), '-- items\nCREATE TABLE items (id INT PRIMARY KEY);\nCREATE TABEL prices (id INT);\n')
    writeFileSync(join(scripts, '0001_items.down.sql'), 'DROP TABLE items;\n')
    writeFileSync(
      join(folder, 'shop.yaml'),
      'version: 1\nname: shop\nmigrations: migrations/shop\ntransactions:\n  look: { autocommit: true, steps: [{ sql: SELECT 1 }] }\n',
    )
    const failed = await run('migrate', 'up', '--set', './shop.yaml')
    expect(failed.exitCode).toBe(exitCodes.setup)
    expect(failed.stderr).toContain(`migrations/shop/${bench.database.engine}/0001_items.up.sql:3:1`)
    expect(failed.stderr).toContain('3 | CREATE TABEL prices (id INT);')
    expect(failed.stderr).toContain('statement 2 of 2 failed')
    expect(failed.stderr).not.toContain('    at ')
  })
})

describe('before anything is touched', () => {
  const env = { OLTP_URL: 'postgres://me:secret@192.0.2.1:5432/shop' }

  it.each([
    [['prepare', 'transfers']],
    [['clean']],
    [['migrate', 'up', '--set', 'bank']],
    [['migrate', 'down', '--set', 'bank']],
    [['prepare', 'transfers', '--confirm', 'me@192.0.2.1:5432/other']],
  ])('%j asks for --confirm off this machine', async args => {
    const { exitCode, stderr, stdout } = await oltp(args, { env })
    expect(exitCode, stderr).toBe(exitCodes.refused)
    expect(stderr).toContain("--confirm 'me@192.0.2.1:5432/shop'")
    expect(stderr + stdout).not.toContain('secret')
  })

  it.each([
    [['migrate', 'up'], 'which migrations?'],
    [['migrate', 'up', '--set', 'nothing'], 'there is no set of migrations and no scenario «nothing»'],
    [['migrate', 'up', '--set', 'bank', '--to', 'x'], 'Write the number of a migration'],
    [['prepare', 'nothing'], 'there is no scenario «nothing»'],
    [['clean', '--namespace', 'A-B'], 'cannot be the name of a namespace'],
    [['clean', '--engine', 'mysql'], '--engine mysql does not fit the URL'],
  ])('%j is a usage error', async (args, message) => {
    const { exitCode, stderr } = await oltp(args, { env })
    expect(exitCode, stderr).toBe(exitCodes.usage)
    expect(stderr).toContain(message)
  })
})
