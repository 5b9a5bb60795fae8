import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Target } from '../../database/contract.js'
import { exitCodes, OltpError } from '../../errors.js'
import { MysqlBook } from './mysql-book.js'
import { MysqlTap } from './mysql-tap.js'
import { PostgresBook } from './postgres-book.js'
import { PostgresTap } from './postgres-tap.js'
import type { Recording } from './recording.js'

/** Listens to one connection, message by message, and passes on what the other side is to get. */
export interface Tap {
  /** @param answer goes back to the client, in place of the server */
  client(chunk: Buffer, forward: (bytes: Buffer) => void, answer: (bytes: Buffer) => void): void
  server(chunk: Buffer, forward: (bytes: Buffer) => void): void
}

/** Stands in front of a server and remembers what it answers. */
export interface Relay {
  /** Where to connect instead of to the server itself. */
  readonly target: Target
  /** All that was answered so far. */
  recording(): Recording
  stop(): Promise<void>
}

/**
 * Starts a relay on this machine. Passwords pass through it and are not kept.
 *
 * @throws OltpError `RECORDING_NEEDS_PLAINTEXT` for a target with TLS: nobody between its ends can read along
 */
export async function startRelay(target: Target): Promise<Relay> {
  if (target.tls.mode !== 'disable') throw needsPlaintext(target)
  const book = target.engine === 'postgres' ? new PostgresBook() : new MysqlBook()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, client => {
    const upstream = target.socket === null ? connect(target.port, target.host) : connect(socketPath(target, target.socket))
    upstream.setNoDelay(true)
    const tap = book instanceof PostgresBook ? new PostgresTap(book) : new MysqlTap(book)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroySoon()
      })
    }
    client.on('data', chunk => {
      upstream.cork()
      tap.client(
        chunk,
        bytes => upstream.write(bytes),
        bytes => client.write(bytes),
      )
      upstream.uncork()
    })
    upstream.on('data', chunk => {
      client.cork()
      tap.server(chunk, bytes => client.write(bytes))
      client.uncork()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    target: { ...target, host: '127.0.0.1', port, socket: null },
    recording: () => book.recording,
    async stop() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** PostgreSQL's sockets are named by their folder and the port. */
function socketPath(target: Target, socket: string): string {
  return target.engine === 'postgres' ? `${socket}/.s.PGSQL.${target.port}` : socket
}

function needsPlaintext(target: Target): OltpError {
  return new OltpError(
    'RECORDING_NEEDS_PLAINTEXT',
    exitCodes.setup,
    `the connection is encrypted (TLS ${target.tls.mode}), and replies cannot be recorded from it`,
    {
      hint: 'calibrate on a server without TLS, as on this machine: leave the URL out, or say sslmode=disable where the server allows it',
    },
  )
}
