import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import mysql from 'mysql2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Target } from '#oltp/database/contract.js'
import { connectionProblem } from '#oltp/database/problem.js'
import { parseTarget } from '#oltp/database/url.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround } from '../../support/sessions.js'
import { authorityFile, startTlsRelay } from '../../support/tls-relay.js'

const options = { namespace: null, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false } as const

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'

  describe(engine.name, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(engine, 'connect')
    })
    afterAll(() => ground.close())

    it('names the server, its version and the settings that decide', async () => {
      const info = await ground.database.inspect(ground.admin)
      const products = { postgres: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB' }
      expect(info).toMatchObject({ product: products[engine.name], dialect: engine.name })
      expect(info.version).toMatch(/^\d+\.\d+(\.\d+)?$/)
      expect(info.serverId).toMatch(/^.{10,}$/)
      expect(await ground.database.inspect(ground.admin)).toEqual(info)
      expect(Object.keys(info.settings)).toEqual(
        expect.arrayContaining(
          isPostgres ? ['fsync', 'synchronous_commit', 'deadlock_timeout'] : ['innodb_flush_log_at_trx_commit', 'transaction_isolation'],
        ),
      )
    })

    it('refuses a server that is too old', async () => {
      const old = isPostgres
        ? [
            ['server_version', '14.9'],
            ['server_version_num', '140009'],
          ]
        : [['version', engine.name === 'mysql' ? '5.7.44' : '10.6.1-MariaDB']]
      const fake = { query: async () => ({ affected: 0, columns: [], insertId: null, rows: old }) }
      await expect(ground.database.inspect({ ...ground.admin, ...fake })).rejects.toMatchObject({ code: 'SERVER_TOO_OLD', exitCode: 3 })
    })

    it('works in the namespace, with the settings asked for', async () => {
      const settings: { readonly [name: string]: string } = isPostgres
        ? { work_mem: '7MB', search_path: `${ground.namespace}, pg_catalog` }
        : { innodb_lock_wait_timeout: '7', sql_mode: 'ANSI_QUOTES' }
      const session = await ground.open({ settings })
      const [row] = (
        await session.query(
          isPostgres
            ? "SELECT current_schema(), current_setting('work_mem'), current_setting('application_name')"
            : 'SELECT database(), @@innodb_lock_wait_timeout, @@sql_mode',
        )
      ).rows
      expect(row).toEqual(isPostgres ? [ground.namespace, '7MB', 'oltp'] : [ground.namespace, 7, 'ANSI_QUOTES'])
    })

    it('connects through a socket', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'oltp-socket-'))
      const { host, port } = ground.target
      const relay = createServer(client => client.pipe(connect(port, host)).pipe(client))
      relay.listen(join(folder, '.s.PGSQL.5432'))
      await once(relay, 'listening')
      const socket = isPostgres ? folder : join(folder, '.s.PGSQL.5432')
      const session = await ground.open({}, { socket, port: 5432 })
      expect((await session.query('SELECT 1')).rows).toEqual([[1]])
      await session.end()
      relay.close()
      rmSync(folder, { recursive: true })
    })

    it('quotes names so that they stay names', async () => {
      const name = ground.database.quoteName('a "b` c')
      expect((await ground.admin.query(`SELECT 1 AS ${name}`)).columns).toEqual(['a "b` c'])
    })

    it.each([
      ['refused', { port: 1 }, /\(ECONNREFUSED\)$/, /nothing listens there/],
      ['unknown host', { host: 'no-such-host.invalid' }, /\((ENOTFOUND|EAI_AGAIN)\)$/, /no-such-host.invalid is unknown/],
      ['no socket', { socket: '/no/such/socket' }, /at \/no\/such\/socket \(ENOENT\)$/, /no such socket/],
      ['wrong password', { password: 'wr0ng!' }, /\((28P01|1045)\): /, /check user and password/],
      ['no password', { password: null }, /\((NO_PASSWORD|1045)\)/, /set OLTP_PASSWORD/],
      [
        'no such database',
        { database: 'no_such_database' },
        /\((3D000|1049)\): .*no_such_database/,
        /create the database no_such_database/,
      ],
    ] as const)('says what to do: %s', async (_, change: Partial<Target>, message, hint) => {
      const target = { ...ground.target, ...change }
      const error = await failureOf(ground.database.connect(target, options))
      expect(error).toMatchObject({ stage: 'connect', sessionLost: true })
      const problem = connectionProblem(error, target)
      expect(problem).toMatchObject({ code: 'CANNOT_CONNECT', exitCode: 3 })
      expect(problem.message).toMatch(/^cannot connect to (postgres|mysql) at /)
      expect(problem.message).toMatch(message)
      expect(problem.hint).toMatch(hint)
    })

    it('keeps a password with every awkward character to itself', async () => {
      const password = 'pä$$/w:rd@x'
      const user = ground.namespace
      await ground.admin.query(
        isPostgres ? `CREATE ROLE ${user} LOGIN PASSWORD '${password}'` : `CREATE USER ${user} IDENTIFIED BY '${password}'`,
      )
      if (!isPostgres) await ground.admin.query(`GRANT ALL ON ${ground.namespace}.* TO ${user}`)
      const { host, port, database } = ground.target
      const url = `${engine.name}://${user}:${encodeURIComponent(password)}@${host}:${port}/${isPostgres ? database : ground.namespace}`
      const target = parseTarget(url, {})
      const session = await ground.database.connect(target, options)
      const quoting = await failureOf(
        session.query(`SELECT '${password}' FROM nowhere_${encodeURIComponent(password).replaceAll('%', '')}`),
      )
      const wrongDatabase = { ...target, database: 'no_such_database' }
      const refused = await failureOf(ground.database.connect(wrongDatabase, options))
      const forms = [
        password,
        encodeURIComponent(password),
        Buffer.from(password).toString('base64'),
        JSON.stringify(password).slice(1, -1),
      ]
      const texts = [
        inspect(session, { depth: 9, showHidden: true }),
        JSON.stringify(session),
        quoting.message,
        refused.message,
        inspect(refused, { depth: 9 }),
      ]
      texts.push(inspect(connectionProblem(refused, wrongDatabase), { depth: 9 }))
      for (const form of forms) for (const text of texts) expect(text).not.toContain(form)
      // Negative control: the search finds a password where there is one.
      expect(forms.some(form => inspect(target).includes(form))).toBe(true)
      await session.end()
      await ground.admin.query(isPostgres ? `DROP ROLE ${user}` : `DROP USER ${user}`)
    })
  })
}

describe('TLS, postgres', () => {
  const [engine] = engines.filter(({ name }) => name === 'postgres')
  if (engine === undefined) throw new Error('no server')
  const attempt = async (certificate: 'localhost' | 'address' | null, host: string, mode: string) => {
    const real = parseTarget(engine.url, {})
    const relay = certificate === null ? null : await startTlsRelay(real.host, real.port, certificate)
    const url = new URL(`postgres://${real.user}@${host}:${relay?.port ?? real.port}/postgres?${mode}`)
    url.password = encodeURIComponent(real.password ?? '')
    const ground = await openGround(engine, 'tls')
    try {
      const session = await ground.database.connect(parseTarget(url.href, {}), options)
      await session.end()
      return 'connected'
    } catch (error) {
      const { code, fatal } = await failureOf(Promise.reject(error))
      return `${code}${fatal ? ', fatal' : ''}`
    } finally {
      relay?.close()
      await ground.close()
    }
  }
  const ca = `sslrootcert=${authorityFile}`

  it.each([
    ['localhost', 'localhost', `sslmode=verify-full&${ca}`, 'connected'],
    ['localhost', 'localhost', 'sslmode=verify-full', 'TLS, fatal'],
    ['localhost', '127.0.0.1', `sslmode=verify-full&${ca}`, 'TLS, fatal'],
    ['localhost', '127.0.0.1', `sslmode=verify-ca&${ca}`, 'connected'],
    ['localhost', '127.0.0.1', 'sslmode=verify-ca', 'TLS, fatal'],
    ['localhost', '127.0.0.1', 'sslmode=require-insecure', 'connected'],
    ['address', '127.0.0.1', `sslmode=verify-full&${ca}`, 'connected'],
    ['address', 'localhost', `sslmode=verify-full&${ca}`, 'TLS, fatal'],
    [null, 'localhost', 'sslmode=require-insecure', 'TLS, fatal'],
    [null, 'localhost', 'sslmode=verify-full', 'TLS, fatal'],
    [null, '127.0.0.1', 'sslmode=disable', 'connected'],
  ] as const)('certificate %s, host %s, %s: %s', async (certificate, host, mode, outcome) => {
    expect(await attempt(certificate, host, mode)).toBe(outcome)
  })
})

for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
  describe(`TLS, ${engine.name}`, () => {
    let ground: Ground
    const file = join(tmpdir(), `oltp-authority-${process.pid}.pem`)
    beforeAll(async () => {
      ground = await openGround(engine, 'tls')
      writeFileSync(file, await authorityOf(ground.target))
    })
    afterAll(async () => {
      rmSync(file)
      await ground.close()
    })
    const attempt = async (mode: string) => {
      const { user, password, port } = ground.target
      const url = new URL(`mysql://${user}@localhost:${port}?${mode}`)
      url.password = encodeURIComponent(password ?? '')
      return await ground.database.connect(parseTarget(url.href, {}), options)
    }

    it('encrypts when asked', async () => {
      for (const [mode, encrypted] of [
        ['sslmode=require-insecure', true],
        [`sslmode=verify-ca&sslrootcert=${file}`, true],
        ['sslmode=disable', false],
      ] as const) {
        const session = await attempt(mode)
        const [row] = (await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).rows
        expect(row?.[1] !== '').toBe(encrypted)
        const slow = failureOf(session.query('SELECT sleep(30)'))
        await new Promise(resolve => setTimeout(resolve, 50))
        session.destroy()
        expect(await slow).toMatchObject({ outcome: 'connection', sessionLost: true })
      }
    })

    it('refuses an authority that it does not know, and a certificate of another name', async () => {
      for (const mode of [
        'sslmode=verify-ca',
        'sslmode=verify-full',
        `sslmode=verify-full&sslrootcert=${file}`,
        `sslmode=verify-ca&sslrootcert=${authorityFile}`,
      ]) {
        expect(await failureOf(attempt(mode))).toMatchObject({ code: 'TLS', outcome: 'other', fatal: true })
      }
    })
  })
}

/** The root of the certificate chain that a server shows. */
async function authorityOf({ host, port, user, password }: Target): Promise<string> {
  const connection = mysql.createConnection({ host, port, user, password: password ?? '', ssl: { rejectUnauthorized: false } })
  await new Promise<void>((resolve, reject) => connection.connect(error => (error ? reject(error) : resolve())))
  if (!('stream' in connection) || !(connection.stream instanceof TLSSocket)) throw new Error('not encrypted')
  let certificate: DetailedPeerCertificate = connection.stream.getPeerCertificate(true)
  while (certificate.issuerCertificate && certificate.issuerCertificate !== certificate) certificate = certificate.issuerCertificate
  connection.destroy()
  return `-----BEGIN CERTIFICATE-----\n${certificate.raw.toString('base64')}\n-----END CERTIFICATE-----\n`
}
