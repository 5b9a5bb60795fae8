import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTarget, isLoopback, parseTarget, passwordWarning } from '#oltp/database/url.js'
import { OltpError } from '#oltp/errors.js'

const password = 'pä$$/w:rd@x'
const encoded = encodeURIComponent(password)

function problemOf(url: string, env = {}): OltpError {
  try {
    parseTarget(url, env)
  } catch (error) {
    if (error instanceof OltpError) return error
    throw error
  }
  throw new Error(`${url} was taken`)
}

describe('parseTarget', () => {
  it('reads a whole URL', () => {
    expect(parseTarget(`postgres://anna:${encoded}@db.example.org:6543/shop%20one?connect_timeout=3&application_name=x`, {})).toEqual({
      engine: 'postgres',
      host: 'db.example.org',
      port: 6543,
      socket: null,
      user: 'anna',
      password,
      database: 'shop one',
      tls: { mode: 'verify-full', ca: null },
      connectTimeoutMs: 3000,
      applicationName: 'x',
    })
  })

  it.each([
    ['postgres://u@localhost', 'postgres', 5432],
    ['postgresql://u@localhost', 'postgres', 5432],
    ['mysql://u@localhost', 'mysql', 3306],
    ['mariadb://u@localhost', 'mysql', 3306],
  ])('fills in %s', (url, engine, port) => {
    expect(parseTarget(url, {})).toMatchObject({
      engine,
      port,
      host: 'localhost',
      password: null,
      database: null,
      connectTimeoutMs: 10_000,
      applicationName: 'oltp',
    })
  })

  it('reads IPv6, user names that need encoding, and no host at all', () => {
    expect(parseTarget('mysql://a%40b:p@[::1]:33/d', {})).toMatchObject({ host: '::1', port: 33, user: 'a@b', tls: { mode: 'disable' } })
    expect(parseTarget('postgres://u@/d', {})).toMatchObject({ host: 'localhost', database: 'd' })
  })

  it.each([
    ['postgres://u@/d?host=/run/pg', '/run/pg', 5432],
    ['postgres://u@localhost:6000/d?host=/run/pg', '/run/pg', 6000],
    ['postgres://u@%2Frun%2Fpg/d', '/run/pg', 5432],
    ['postgres://u@/d?socket=/run/pg/.s.PGSQL.7000', '/run/pg', 7000],
    ['mysql://u@localhost/d?socket=/run/mysqld.sock', '/run/mysqld.sock', 3306],
  ])('reads the socket of %s', (url, socket, port) => {
    expect(parseTarget(url, {})).toMatchObject({ socket, port, host: 'localhost', database: 'd', tls: { mode: 'disable' } })
  })

  it.each([
    ['', 'cannot be understood'],
    ['localhost:5432', 'does not start with a database'],
    ['oracle://u@h/d', 'does not start with a database'],
    ['postgres://h/d', 'names no user'],
    ['postgres://u@h:99999/d', 'cannot be understood'],
    ['postgres://u@h:0/d', 'port 0'],
    ['postgres://u@h1,h2/d', 'several hosts'],
    ['postgres://u@h/d?ssl=true', '"ssl", which is not supported'],
    ['mysql://u@h/d?multipleStatements=true', '"multipleStatements"'],
    ['postgres://u@h/d?sslmode=disable&sslmode=verify-full', 'says sslmode twice'],
    ['postgres://u@h/d?sslmode=disable&ssl-mode=verify-full', 'both sslmode and ssl-mode'],
    ['postgres://u@h/d?connect_timeout=soon', 'connect_timeout is "soon"'],
    ['postgres://u@h/d?connect_timeout=0', 'connect_timeout is "0"'],
    ['postgres://u@h/d?host=relative', 'not an absolute path'],
    ['postgres://u@db.example.org/d?host=/run/pg', 'both a socket and a remote host'],
    ['postgres://u@h/d%ZZ', 'database name in the URL is not percent-encoded'],
  ])('refuses %s', (url, message) => {
    const problem = problemOf(url)
    expect(problem).toMatchObject({ code: 'URL_INVALID', exitCode: 2 })
    expect(problem.message).toContain(message)
    expect(problem.hint).toBeTruthy()
  })

  it('lists the keys that it knows when it refuses one', () => {
    expect(problemOf('postgres://u@h/d?sslcert=x').hint).toMatch(/sslmode.*sslrootcert.*connect_timeout.*application_name/)
  })

  it.each([
    `postgres://u:${password}@localhost/d`,
    `postgres://u:s3cret#more@localhost/d`,
    `mysql://u:12/s3cret@localhost/d`,
    `mysql://u:12?s3cret@localhost/d`,
    `mysql://u:s3cret@local host/d`,
    `postgres://u:s3cret@h:no/d`,
    `postgres://u:s3cret%ZZ@h/d`,
    `nope://u:s3cret@h/d`,
    `postgres://u:s3cret@h/d?x=1`,
    `postgres://u:${encoded}@h/d?x=1`,
  ])('keeps the password of %s out of its complaint', url => {
    const problem = problemOf(url)
    const shown = inspect(problem, { depth: 9 }) + problem.message + problem.hint + JSON.stringify(problem)
    for (const secret of [password, encoded, 's3cret', 'pä', 'w:rd']) expect(shown).not.toContain(secret)
    // Negative control: the same search does find what is there.
    expect(shown).toContain('URL_INVALID')
  })
})

describe('password', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oltp-url-'))
  const file = join(folder, 'password')
  beforeAll(() => writeFileSync(file, `${password}\nsecond line\n`, { mode: 0o600 }))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('comes from the URL, else OLTP_PASSWORD, else OLTP_PASSWORD_FILE', () => {
    const env = { OLTP_PASSWORD: 'variable', OLTP_PASSWORD_FILE: file }
    expect(parseTarget('postgres://u:url@h/d', env).password).toBe('url')
    expect(parseTarget('postgres://u@h/d', env).password).toBe('variable')
    expect(parseTarget('postgres://u@h/d', { OLTP_PASSWORD_FILE: file }).password).toBe(password)
    expect(parseTarget('postgres://u@h/d', { PGPASSWORD: 'no' }).password).toBeNull()
  })

  it('is not read from a file that others can read, that is missing or empty', () => {
    chmodSync(file, 0o644)
    expect(problemOf('postgres://u@h/d', { OLTP_PASSWORD_FILE: file })).toMatchObject({
      code: 'PASSWORD_FILE',
      hint: `run chmod 600 ${file}`,
    })
    chmodSync(file, 0o600)
    expect(problemOf('postgres://u@h/d', { OLTP_PASSWORD_FILE: join(folder, 'no') }).message).toContain('ENOENT')
    writeFileSync(join(folder, 'empty'), '', { mode: 0o600 })
    expect(problemOf('postgres://u@h/d', { OLTP_PASSWORD_FILE: join(folder, 'empty') }).message).toContain('is empty')
  })

  it('on a command line is warned about', () => {
    expect(passwordWarning('postgres://u:p@h/d')).toContain('OLTP_PASSWORD')
    expect(passwordWarning('postgres://u@h:5432/d')).toBeNull()
  })
})

describe('describeTarget', () => {
  it.each([
    ['postgres://u:secret@localhost:5433/d', 'u@localhost:5433/d'],
    ['mysql://u:secret@[::1]', 'u@[::1]:3306'],
    ['mysql://u:secret@localhost/d?socket=/run/my.sock', 'u@socket(/run/my.sock)/d'],
  ])('%s', (url, text) => {
    expect(describeTarget(parseTarget(url, {}))).toBe(text)
  })
})

describe('isLoopback', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'db.localhost',
    'localhost.',
    '127.0.0.1',
    '127.8.9.1',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
  ])('%s is', host => expect(isLoopback(host)).toBe(true))
  it.each(['localhost.example.org', '128.0.0.1', '127.0.0.1.example.org', '::2', 'fe80::1', '0.0.0.0', '10.0.0.1', '127'])(
    '%s is not',
    host => expect(isLoopback(host)).toBe(false),
  )
})
