import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connectionConfig } from '#oltp/database/mysql/link.js'
import { clientConfig } from '#oltp/database/postgres/connect.js'
import { parseTarget } from '#oltp/database/url.js'

const folder = mkdtempSync(join(tmpdir(), 'oltp-tls-'))
const ca = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n'
writeFileSync(join(folder, 'ca.pem'), ca)
writeFileSync(join(folder, 'not.pem'), 'nothing')
afterAll(() => rmSync(folder, { recursive: true }))

const modeOf = (url: string) => parseTarget(url, {}).tls

describe('the mode', () => {
  it.each([
    ['postgres://u@localhost/d', 'disable'],
    ['postgres://u@127.0.0.1/d', 'disable'],
    ['mysql://u@[::1]/d', 'disable'],
    ['postgres://u@db.example.org/d', 'verify-full'],
    ['postgres://u@10.0.0.1/d', 'verify-full'],
    ['mysql://u@db.example.org/d', 'verify-full'],
    ['postgres://u@localhost/d?sslmode=verify-full', 'verify-full'],
    ['postgres://u@db.example.org/d?sslmode=disable', 'disable'],
    ['postgres://u@db.example.org/d?sslmode=require', 'require-insecure'],
    ['postgres://u@db.example.org/d?sslmode=no-verify', 'require-insecure'],
    ['postgres://u@db.example.org/d?sslmode=require-insecure', 'require-insecure'],
    ['postgres://u@db.example.org/d?sslmode=verify-ca', 'verify-ca'],
    ['postgres://u@db.example.org/d?sslmode=verify-full&sslrootcert=system', 'verify-full'],
    ['mysql://u@db.example.org/d?ssl-mode=DISABLED', 'disable'],
    ['mysql://u@db.example.org/d?ssl-mode=REQUIRED', 'require-insecure'],
    ['mysql://u@db.example.org/d?ssl-mode=VERIFY_CA', 'verify-ca'],
    ['mysql://u@db.example.org/d?ssl-mode=VERIFY_IDENTITY', 'verify-full'],
  ])('of %s is %s', (url, mode) => {
    expect(modeOf(url)).toEqual({ mode, ca: null })
  })

  it('of libpq’s require with an authority is verify-ca, and an authority alone asks for all', () => {
    expect(modeOf(`postgres://u@h/d?sslmode=require&sslrootcert=${folder}/ca.pem`)).toEqual({ mode: 'verify-ca', ca })
    expect(modeOf(`mysql://u@localhost/d?ssl-ca=${folder}/ca.pem`)).toEqual({ mode: 'verify-full', ca })
  })

  it.each(['allow', 'prefer', 'PREFERRED'])('%s is refused: it may end in plaintext', mode => {
    expect(() => modeOf(`postgres://u@h/d?sslmode=${mode}`)).toThrow(
      expect.objectContaining({ code: 'URL_INVALID', hint: expect.stringContaining('require-insecure') }),
    )
  })

  it('refuses what it does not know, an authority that is none, and the name of an address on MySQL', () => {
    expect(() => modeOf('postgres://u@h/d?sslmode=bogus')).toThrow('"bogus" is not supported')
    expect(() => modeOf(`postgres://u@h/d?sslrootcert=${folder}/not.pem`)).toThrow('holds no certificate')
    expect(() => modeOf(`postgres://u@h/d?sslrootcert=${folder}/no.pem`)).toThrow('ENOENT')
    expect(() => modeOf('mysql://u@10.0.0.1/d')).toThrow('cannot be verified')
    expect(() => modeOf('mysql://u@[fe80::1]/d?ssl-mode=verify-full')).toThrow('cannot be verified')
    expect(modeOf('mysql://u@10.0.0.1/d?ssl-mode=verify-ca').mode).toBe('verify-ca')
  })
})

describe('what the drivers are told', () => {
  const told = (query: string) => {
    const postgres = clientConfig(parseTarget(`postgres://u:p@db.example.org/d?${query}`, {}))
    const mysql = connectionConfig(parseTarget(`mysql://u:p@db.example.org/d?${query}`, {}), null)
    return { postgres: postgres.ssl, mysql: mysql.ssl }
  }

  it('follows the mode', () => {
    expect(told('sslmode=disable')).toEqual({ postgres: false, mysql: undefined })
    expect(told('sslmode=require-insecure')).toEqual({ postgres: { rejectUnauthorized: false }, mysql: { rejectUnauthorized: false } })
    expect(told(`sslmode=verify-ca&sslrootcert=${folder}/ca.pem`)).toEqual({
      postgres: { ca, rejectUnauthorized: true, checkServerIdentity: expect.any(Function) },
      mysql: { ca, rejectUnauthorized: true, verifyIdentity: false },
    })
    expect(told(`sslmode=verify-full&sslrootcert=${folder}/ca.pem`)).toEqual({
      postgres: { ca, rejectUnauthorized: true },
      mysql: { ca, rejectUnauthorized: true, verifyIdentity: true },
    })
  })

  it('never holds the URL, and what could be taken from the environment is said', () => {
    const config = clientConfig(parseTarget('postgres://u:p@db.example.org?sslmode=disable', {}))
    expect(config).not.toHaveProperty('connectionString')
    expect(config).toMatchObject({ host: 'db.example.org', port: 5432, user: 'u', database: 'u', ssl: false, application_name: 'oltp' })
    expect(connectionConfig(parseTarget('mysql://u:p@localhost', {}), null)).toMatchObject({
      flags: ['-LOCAL_FILES', '-IGNORE_SPACE', '-ODBC'],
      multipleStatements: false,
    })
  })
})
