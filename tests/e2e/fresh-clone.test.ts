import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'

const firstCommand = /```sh\n(npm install .*)\n/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? 'false'
const isRoot = process.getuid?.() === 0
/** An ordinary user that every system has, beside the one that runs the tests. */
const nobody = 65534
const users = isRoot
  ? [
      { who: 'root', id: 0 },
      { who: 'an ordinary user', id: nobody },
    ]
  : [{ who: 'an ordinary user', id: process.getuid?.() ?? 0 }]

const scratch = mkdtempSync(join(tmpdir(), 'oltp-clone-'))
chmodSync(scratch, 0o755)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** The files of a clone below a home folder that nobody else can enter. */
async function cloneFor(id: number): Promise<{ home: string; clone: string; cache: string }> {
  const home = join(scratch, `home-${id}`)
  const clone = join(home, 'src', 'oltp')
  const cache = join(scratch, `cache-${id}`)
  for (const folder of [home, join(home, 'src'), clone, cache]) mkdirSync(folder, { mode: folder === cache ? 0o755 : 0o700 })
  const { stdout } = await execa('git', ['ls-files', '-co', '--exclude-standard'])
  for (const file of stdout.split('\n')) {
    mkdirSync(join(clone, dirname(file)), { recursive: true })
    cpSync(file, join(clone, file))
  }
  if (isRoot) await execa('chown', ['-R', `${id}:${id}`, home])
  if (isRoot) chownSync(cache, id, id)
  return { home, clone, cache }
}

describe.each(users)('a fresh clone below a closed home folder, as $who', ({ id }) => {
  it(`«${firstCommand}» sets everything up and runs`, async () => {
    const { home, clone, cache } = await cloneFor(id)
    const ours = /^(OLTP_|NODE_V8_COVERAGE|VITEST|npm_|INIT_CWD|NODE_ENV|XDG_)/
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
    const run = await execa('sh', ['-c', firstCommand], {
      cwd: clone,
      extendEnv: false,
      env: { ...env, NODE_V8_COVERAGE: '', HOME: home, ...(id === 0 ? { OLTP_HOME: cache } : {}) },
      ...(isRoot ? { uid: id, gid: id } : {}),
      stdin: 'ignore',
      reject: false,
    })
    expect(run.exitCode, `${run.stdout}\n${run.stderr}`).toBe(0)
    expect(run.stdout).toMatch(/✓ money is conserved/)
    expect(run.stdout).toMatch(/PostgreSQL 18/)
  }, 300_000)
})
