import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import type { SessionOptions, Target } from '../contract.js'
import { withDeadline } from '../deadline.js'
import { interpose, interposedSocket } from '../interpose.js'
import { classify } from './errors.js'
import { PostgresSession } from './session.js'
import { Frames } from './wire/frames.js'

/** Connects, and makes the session what `options` say, within the target's time-out. */
export async function connect(target: Target, options: SessionOptions): Promise<PostgresSession> {
  const frames = new Frames()
  const client = newClient(target, frames)
  const session = new PostgresSession(client, frames, target, options)
  const open = client.connect().then(() => client.query(settingsQuery(options)))
  try {
    await withDeadline(target.connectTimeoutMs, open, () => session.destroy())
    return session
  } catch (error) {
    session.destroy()
    throw classify(error, { stage: 'connect', definite: false, read: true, readOnly: false, secrets: [target.password] })
  }
}

/** What node-postgres is told. Whatever it is not told it would take from PG* variables: a stray one must not change the target. */
export function clientConfig(target: Target): pg.ClientConfig {
  return {
    host: target.socket ?? target.host,
    port: target.port,
    user: target.user,
    password: () => target.password ?? '',
    database: target.database ?? target.user,
    ssl: tlsOptions(target),
    sslnegotiation: 'postgres',
    application_name: target.applicationName,
    client_encoding: 'utf8',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(process.env.PGOPTIONS ? { options: ' ' } : {}),
  }
}

/** With us between it and its socket from the server's first byte on. */
function newClient(target: Target, frames: Frames): pg.Client {
  const config = clientConfig(target)
  if (config.ssl === false) {
    const { socket, interposition } = interposedSocket()
    frames.attach(interposition, error => socket.destroy(error))
    return new pg.Client({ ...config, stream: () => socket })
  }
  const client = new pg.Client(config)
  client.connection.once('sslconnect', () => {
    const { stream } = client.connection
    frames.attach(interpose(stream), error => stream.destroy(error))
  })
  return client
}

function tlsOptions({ tls }: Target): false | ConnectionOptions {
  const authority = tls.ca === null ? {} : { ca: tls.ca }
  switch (tls.mode) {
    case 'disable':
      return false
    case 'require-insecure':
      return { rejectUnauthorized: false }
    case 'verify-ca':
      return { ...authority, rejectUnauthorized: true, checkServerIdentity: () => undefined }
    case 'verify-full':
      return { ...authority, rejectUnauthorized: true }
  }
}

/** One round trip for all settings. The server names the one that it does not like. */
export function settingsQuery({ namespace, settings, statementTimeoutMs }: SessionOptions): string {
  const all: { readonly [name: string]: string } = {
    TimeZone: 'UTC',
    DateStyle: 'ISO, YMD',
    IntervalStyle: 'postgres',
    bytea_output: 'hex',
    ...(namespace === null ? {} : { search_path: pg.escapeIdentifier(namespace) }),
    ...(statementTimeoutMs === null ? {} : { statement_timeout: String(statementTimeoutMs) }),
    ...settings,
  }
  const calls = Object.entries(all).map(([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, false)`)
  return `SELECT ${calls.join(', ')}`
}
