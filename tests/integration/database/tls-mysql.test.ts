import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Target } from '#oltp/database/contract.js'
import { parseTarget } from '#oltp/database/url.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, statement } from '../../support/sessions.js'
import { authorityFile } from '../../support/tls-relay.js'

const options = { namespace: null, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false } as const

for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
  describe(`verify-full, ${engine.name}`, () => {
    let ground: Ground
    const relays: { close(): void }[] = []
    beforeAll(async () => {
      ground = await openGround(engine, 'tlsname')
    })
    afterAll(async () => {
      for (const relay of relays) relay.close()
      await ground.close()
    })

    const attempt = async (certificate: 'localhost' | 'address', mode: string) => {
      const relay = await startUpgradingRelay(ground.target, certificate)
      relays.push(relay)
      const { user, password } = ground.target
      const url = new URL(`mysql://${user}@localhost:${relay.port}?${mode}`)
      url.password = encodeURIComponent(password ?? '')
      return ground.database.connect(parseTarget(url.href, {}), options)
    }

    it('accepts the certificate of this name from the authority that it was told', async () => {
      const session = await attempt('localhost', `sslmode=verify-full&sslrootcert=${authorityFile}`)
      expect((await session.query('SELECT 1')).rows).toEqual([[1]])
      expect((await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).rows[0]?.[1]).not.toBe('')
      // The workload's statements go past the driver, through TLS all the same.
      await session.begin({ isolation: 'serializable', readOnly: false })
      for (const text of ['a', 'ü', 'x'.repeat(300_000), 'b']) {
        expect((await session.execute(statement(ground, 'SELECT ?'), [text])).rows).toEqual([[text]])
      }
      await session.commit()
      await session.end()
    })

    it('refuses the certificate of another name, which the authority vouches for as well', async () => {
      const refused = attempt('address', `sslmode=verify-full&sslrootcert=${authorityFile}`)
      expect(await failureOf(refused)).toMatchObject({ code: 'TLS', outcome: 'other', fatal: true })
      const session = await attempt('address', `sslmode=verify-ca&sslrootcert=${authorityFile}`)
      await session.end()
    })

    it('refuses the right name when it was told no authority', async () => {
      expect(await failureOf(attempt('localhost', 'sslmode=verify-full'))).toMatchObject({ code: 'TLS', outcome: 'other', fatal: true })
    })
  })
}

/** The client's request for TLS: a header of 4 bytes, then 32. */
const requestBytes = 36

/** Shows the client a certificate of ours in the place of the server's: both sides are upgraded after the client's request for TLS. */
async function startUpgradingRelay({ host, port }: Target, name: 'localhost' | 'address'): Promise<{ port: number; close(): void }> {
  const read = (ending: string) => readFileSync(new URL(`../../support/certificates/${name}.${ending}`, import.meta.url))
  const certificate = { cert: read('pem'), key: read('key') }
  const server = createServer(client => {
    const upstream = connect(port, host)
    closeTogether(client, upstream)
    upstream.once('data', greeting => {
      client.write(greeting)
      client.once('data', data => {
        // The client does not wait for an answer: its TLS may have begun in the same piece.
        client.pause()
        client.unshift(data.subarray(requestBytes))
        upstream.write(data.subarray(0, requestBytes))
        const secured = new TLSSocket(client, { isServer: true, ...certificate })
        const onward = connectTls({ socket: upstream, rejectUnauthorized: false })
        closeTogether(secured, onward)
        secured.pipe(onward).pipe(secured)
      })
    })
  })
  server.listen(0)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

function closeTogether(one: Socket, other: Socket): void {
  for (const [end, opposite] of [
    [one, other],
    [other, one],
  ] as const) {
    end.on('error', () => {})
    end.on('close', () => opposite.destroy())
  }
}
