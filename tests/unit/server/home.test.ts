import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { homeDirectory, makeFolder, serverAccount } from '#oltp/server/home.js'

const isRoot = process.getuid?.() === 0

describe('the home', () => {
  test('is where OLTP_HOME says', () => {
    expect(homeDirectory({ OLTP_HOME: '/srv/oltp', HOME: '/home/me' })).toBe('/srv/oltp')
  })

  test('must be absolute, since commands run in many folders', () => {
    expect(() => homeDirectory({ OLTP_HOME: 'here' })).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('/') }))
  })

  test('is in the cache of the user, of the system for root', () => {
    expect(homeDirectory({ HOME: '/home/me' })).toBe(isRoot ? '/var/cache/oltp' : '/home/me/.cache/oltp')
    expect(homeDirectory({ HOME: '/home/me', XDG_CACHE_HOME: '/scratch' })).toBe(isRoot ? '/var/cache/oltp' : '/scratch/oltp')
    expect(homeDirectory({ HOME: '/home/me', XDG_CACHE_HOME: 'relative' })).toBe(isRoot ? '/var/cache/oltp' : '/home/me/.cache/oltp')
  })
})

test('folders are open to the server of root, private otherwise, whatever the umask', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oltp-home-'))
  const umask = process.umask(0o077)
  try {
    makeFolder(join(folder, 'a', 'b'))
    for (const made of ['a', 'a/b']) expect(statSync(join(folder, made)).mode & 0o777).toBe(isRoot ? 0o755 : 0o700)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  } finally {
    process.umask(umask)
    rmSync(folder, { recursive: true })
  }
})

test('a folder that cannot be made is said, with what to do', () => {
  expect(() => makeFolder('/dev/null/oltp')).toThrow(
    expect.objectContaining({
      exitCode: 3,
      message: expect.stringContaining('/dev/null/oltp'),
      hint: expect.stringContaining('OLTP_HOME'),
    }),
  )
})

test('servers run as an unprivileged user that exists', () => {
  const account = serverAccount()
  if (isRoot) expect(account?.uid).toBeGreaterThan(0)
  else expect(account).toBeNull()
})
