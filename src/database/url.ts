import { isIP } from 'node:net'
import { exitCodes, OltpError } from '../errors.js'
import type { EngineName, Target } from './contract.js'
import { type Environment, passwordFrom } from './secret.js'
import { tlsFor } from './tls.js'

/** What a URL may ask for; everything else is refused by name. */
const queryKeys = [
  'sslmode',
  'ssl-mode',
  'sslrootcert',
  'ssl-ca',
  'connect_timeout',
  'application_name',
  'program_name',
  'host',
  'socket',
] as const

const engines: { readonly [scheme: string]: EngineName } = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
}

const defaultPorts: { readonly [engine in EngineName]: number } = { postgres: 5432, mysql: 3306 }

/**
 * Reads `postgres://user:password@host:port/database?key=value` (or `postgresql`, `mysql`, `mariadb`). We read it ourselves:
 * a driver's own parser lets one key of the URL switch on anything, and reads files that the URL names.
 *
 * @param env for `OLTP_PASSWORD` and `OLTP_PASSWORD_FILE`, when the URL has no password
 * @throws OltpError `URL_INVALID`, `PASSWORD_FILE`, `CA_FILE`; its text never holds the password, nor the URL
 */
export function parseTarget(url: string, env: Environment): Target {
  const parsed = parseUrl(url)
  const engine = engines[parsed.protocol]
  if (engine === undefined) {
    throw invalid('the URL does not start with a database that we know', 'start it with postgres:// or mysql:// (mariadb:// works too)')
  }
  const query = readQuery(parsed)
  const user = decode(parsed.username, 'user name')
  if (user === '') throw invalid('the URL names no user', `write ${parsed.protocol}//USER@HOST/DATABASE`)
  const place = readPlace(parsed, engine, query)
  return {
    engine,
    ...place,
    user,
    password: parsed.password === '' ? passwordFrom(env) : decode(parsed.password, 'password'),
    database: decode(parsed.pathname.replace(/^\//, ''), 'database name') || null,
    tls: tlsFor(
      { engine, ...place, loopback: isLoopback(place.host) },
      query.get('sslmode') ?? query.get('ssl-mode'),
      query.get('sslrootcert') ?? query.get('ssl-ca'),
    ),
    connectTimeoutMs: readSeconds(query.get('connect_timeout')) * 1000,
    applicationName: query.get('application_name') ?? query.get('program_name') ?? 'oltp',
  }
}

/** `user@host:port/database`, for people and for `--confirm`. Never the password. */
export function describeTarget(target: Target): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  const place = target.socket === null ? `${host}:${target.port}` : `socket(${target.socket})`
  return `${target.user}@${place}${target.database === null ? '' : `/${target.database}`}`
}

/** True for a host that is this machine whatever the resolver says: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  const v4 = name.replace(/^::ffff:/, '')
  if (isIP(v4) === 4) return v4.startsWith('127.')
  return name === '::1' || name === '0:0:0:0:0:0:0:1' || /^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(name)
}

/** Other users of the machine can read a command line: what to say about a password in it, or null. */
export function passwordWarning(url: string): string | null {
  return /^[a-z]+:\/\/[^/?#]*:[^/?#]+@/i.test(url)
    ? 'the password in --url can be read by every user of this machine (ps): set OLTP_URL, OLTP_PASSWORD or OLTP_PASSWORD_FILE instead'
    : null
}

// An at sign or a # behind the host means that a password was pasted in as it is: parts of it would pass for other things, and be printed.
function parseUrl(text: string): URL {
  // As libpq has it: a user without a host is one on this machine.
  const url = text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?#:]|$)/i, '$1localhost')
  const encode = 'write special characters of the password percent-encoded: / is %2F, @ is %40, : is %3A, ? is %3F, # is %23, % is %25'
  if (!URL.canParse(url))
    throw invalid('the URL cannot be understood', `write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE; ${encode}`)
  const parsed = new URL(url)
  if (parsed.hash !== '' || /@/.test(parsed.pathname + parsed.search)) throw invalid('the URL has an @ or a # behind its host', encode)
  return parsed
}

function readQuery(url: URL): Map<string, string> {
  const query = new Map<string, string>()
  for (const [key, value] of url.searchParams) {
    if (!queryKeys.some(known => known === key)) {
      throw invalid(`the URL asks for ${JSON.stringify(key)}, which is not supported`, `these are: ${queryKeys.join(', ')}`)
    }
    if (query.has(key)) throw invalid(`the URL says ${key} twice`, 'say it once')
    query.set(key, value)
  }
  for (const [one, other] of [
    ['sslmode', 'ssl-mode'],
    ['sslrootcert', 'ssl-ca'],
    ['application_name', 'program_name'],
    ['host', 'socket'],
  ] as const) {
    if (query.has(one) && query.has(other)) throw invalid(`the URL says both ${one} and ${other}`, 'say one of them')
  }
  return query
}

function readPlace(url: URL, engine: EngineName, query: ReadonlyMap<string, string>): Pick<Target, 'host' | 'port' | 'socket'> {
  const named = decode(url.hostname.replace(/^\[(.*)\]$/, '$1'), 'host')
  const host = named.startsWith('/') ? '' : named
  const socket = query.get('socket') ?? query.get('host') ?? (named.startsWith('/') ? named : undefined)
  const port = url.port === '' ? defaultPorts[engine] : Number(url.port)
  if (port === 0) throw invalid('the URL has port 0', `leave it out for ${defaultPorts[engine]}`)
  if (host.includes(',')) throw invalid('the URL names several hosts', 'name the one server to measure')
  if (socket === undefined) return { host: host || 'localhost', port, socket: null }
  if (!socket.startsWith('/')) throw invalid(`the socket ${JSON.stringify(socket)} is not an absolute path`, 'write ?socket=/path')
  if (host !== '' && !isLoopback(host)) throw invalid('the URL has both a socket and a remote host', 'leave one of them out')
  const file = /^(.*)\/\.s\.PGSQL\.(\d+)$/.exec(socket)
  if (engine === 'postgres' && file) return { host: 'localhost', port: Number(file[2]), socket: file[1] || '/' }
  return { host: 'localhost', port, socket }
}

function readSeconds(text: string | undefined): number {
  if (text === undefined) return 10
  const seconds = Number(text)
  if (text !== '' && Number.isFinite(seconds) && seconds > 0 && seconds <= 3600) return seconds
  throw invalid(`connect_timeout is ${JSON.stringify(text)}`, 'write seconds, as in connect_timeout=10')
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid(`the ${what} in the URL is not percent-encoded properly`, 'write a % itself as %25')
  }
}

function invalid(message: string, hint: string): OltpError {
  return new OltpError('URL_INVALID', exitCodes.usage, message, { hint })
}
