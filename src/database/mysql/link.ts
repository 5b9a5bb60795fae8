import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import mysql from 'mysql2'
import type { Isolation } from '../../scenario/model.js'
import type { Target } from '../contract.js'
import { withDeadline } from '../deadline.js'
import { type Interposition, interpose, interposedSocket } from '../interpose.js'
import { sendText } from './statements.js'
import type { Agreed } from './wire/wire.js'

/** What a session must know of its server. */
export interface ServerFacts {
  readonly product: 'MySQL' | 'MariaDB'
  readonly defaultIsolation: Isolation
  /** `innodb_rollback_on_timeout` */
  readonly rollsBackOnTimeout: boolean
  /** Bytes. */
  readonly maxAllowedPacket: number
}

/** A connection and its socket, which we own: the driver's own `destroy` leaves it half open. */
interface Link {
  readonly connection: mysql.Connection
  readonly socket: Socket
}

/** A link on which statements can go past the driver. */
export interface LoggedIn extends Link {
  /** What is written to and read from: the socket, or TLS on it. */
  readonly stream: Duplex
  readonly interposition: Interposition
  readonly agreed: Agreed
}

/** A link as it is before login; null: TLS comes between. */
interface Opened extends Link {
  readonly interposition: Interposition | null
}

const capability = { deprecateEof: 0x0100_0000, queryAttributes: 0x0800_0000 } as const

/** Sends KILL QUERY for a session from a connection of its own. A session that is gone already is no failure. */
export async function killQuery(target: Target, id: number): Promise<void> {
  const { connection, socket } = openLink(target, null)
  const kill = ready(connection).then(() => sendText(connection, `KILL QUERY ${id}`))
  await withDeadline(target.connectTimeoutMs, kill, () => socket.destroy()).finally(() => socket.destroy())
}

/** What mysql2 is told. */
export function connectionConfig(target: Target, database: string | null): mysql.ConnectionOptions {
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    ...(target.socket === null ? {} : { socketPath: target.socket }),
    ...(target.password === null ? {} : { password: target.password }),
    ...(database === null ? {} : { database }),
    ...tlsOptions(target),
    connectAttributes: { program_name: target.applicationName },
    // No server gets to ask for our files, and none is told to read SQL otherwise than it usually does.
    flags: ['-LOCAL_FILES', '-IGNORE_SPACE', '-ODBC'],
    multipleStatements: false,
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    rowsAsArray: true,
    // Our own deadline holds for the whole of connecting.
    connectTimeout: 0,
  }
}

/** Opens a connection; `ready` waits until it is logged in. */
export function openLink(target: Target, database: string | null): Opened {
  const { socket, interposition } = target.tls.mode === 'disable' ? interposedSocket() : { socket: new Socket(), interposition: null }
  if (target.socket === null) socket.connect(target.port, target.host)
  else socket.connect(target.socket)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 10_000)
  const connection = mysql.createConnection({ ...connectionConfig(target, database), stream: () => socket })
  // Without a listener a dropped connection would end the process.
  connection.on('error', () => {})
  return { connection, socket, interposition }
}

/** After login. Where there is TLS the driver has put it on our socket meanwhile. */
export function loggedIn({ connection, socket, interposition }: Opened): LoggedIn {
  const stream = 'stream' in connection ? connection.stream : null
  if (!(stream instanceof Duplex)) throw new TypeError('the driver does not show its stream any more')
  return { connection, socket, stream, interposition: interposition ?? interpose(stream), agreed: agreedOn(connection) }
}

function agreedOn(connection: mysql.Connection): Agreed {
  const client = 'clientFlags' in connection.config ? connection.config.clientFlags : null
  const server = 'serverCapabilityFlags' in connection ? connection.serverCapabilityFlags : null
  if (typeof client !== 'number' || typeof server !== 'number') throw new TypeError('the driver does not tell any more what it negotiated')
  const both = client & server
  return { queryAttributes: (both & capability.queryAttributes) !== 0, endsWithEof: (both & capability.deprecateEof) === 0 }
}

function tlsOptions({ tls }: Target): { ssl?: mysql.SslOptions } {
  const authority = tls.ca === null ? {} : { ca: tls.ca }
  switch (tls.mode) {
    case 'disable':
      return {}
    case 'require-insecure':
      return { ssl: { rejectUnauthorized: false } }
    case 'verify-ca':
      return { ssl: { ...authority, rejectUnauthorized: true, verifyIdentity: false } }
    case 'verify-full':
      return { ssl: { ...authority, rejectUnauthorized: true, verifyIdentity: true } }
  }
}

/** Resolves with the server's version once we are logged in. */
export function ready(connection: mysql.Connection): Promise<string> {
  return new Promise((resolve, reject) => {
    connection.once('connect', (handshake: { readonly serverVersion: string }) => resolve(handshake.serverVersion))
    connection.once('error', reject)
  })
}
