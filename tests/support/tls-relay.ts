import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { TLSSocket } from 'node:tls'

const folder = new URL('./certificates/', import.meta.url)

/** The authority that vouches for the relay's certificates, as a path. */
export const authorityFile = new URL('ca.pem', folder).pathname

/**
 * Gives a PostgreSQL server TLS that it does not have itself: answers the client's SSLRequest and passes the rest on in plaintext.
 *
 * @param name of the certificate: `localhost` or `address` (127.0.0.1)
 */
export async function startTlsRelay(host: string, port: number, name: 'localhost' | 'address'): Promise<{ port: number; close(): void }> {
  const certificate = { cert: readFileSync(new URL(`${name}.pem`, folder)), key: readFileSync(new URL(`${name}.key`, folder)) }
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write('S')
      const secure = new TLSSocket(socket, { isServer: true, ...certificate })
      const upstream = connect(port, host)
      for (const end of [secure, upstream]) {
        end.on('error', () => {})
        end.on('close', () => {
          secure.destroy()
          upstream.destroy()
        })
      }
      secure.pipe(upstream).pipe(secure)
    })
  })
  server.listen(0)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
