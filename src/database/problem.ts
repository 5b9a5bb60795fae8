import { exitCodes, OltpError } from '../errors.js'
import { DatabaseError, type Target } from './contract.js'
import { redact } from './secret.js'

/** What to tell a user whose server could not be reached or did not let us in, and what to do about it. Exit 3. */
export function connectionProblem(error: unknown, target: Target): OltpError {
  const code = error instanceof DatabaseError ? error.code : 'UNKNOWN'
  const place = target.socket ?? (target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`)
  const known = advice.find(({ codes }) => codes.includes(code))
  const said = redact(error instanceof Error ? error.message : String(error), [target.password])
  return new OltpError(
    'CANNOT_CONNECT',
    exitCodes.setup,
    `cannot connect to ${target.engine} at ${place} (${code})${known?.silent === true || said === '' || said === code ? '' : `: ${said}`}`,
    { hint: known === undefined ? 'check the address, the user and the database in --url' : known.hint(target), cause: error },
  )
}

interface Advice {
  readonly codes: readonly string[]
  readonly hint: (target: Target) => string
  /** The code says it all: the driver's own words add nothing. */
  readonly silent?: true
}

const advice: readonly Advice[] = [
  { codes: ['ECONNREFUSED'], silent: true, hint: () => 'nothing listens there: start the server, or check host and port' },
  { codes: ['ENOENT'], silent: true, hint: () => 'there is no such socket: start the server, or check the path' },
  { codes: ['ENOTFOUND', 'EAI_AGAIN'], silent: true, hint: ({ host }) => `the name ${host} is unknown here: check its spelling` },
  {
    codes: ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
    silent: true,
    hint: () => 'no answer: check host and port, and whether a firewall is in between; ?connect_timeout=30 waits longer',
  },
  {
    codes: ['ECONNRESET', 'EPIPE', 'CONNECTION_LOST'],
    hint: () => 'the server hung up: it may be starting or stopping, or something else listens on that port',
  },
  {
    codes: ['28P01', '28000', '1045', '1698'],
    hint: target =>
      target.password === null
        ? noPassword(target)
        : 'check user and password: special characters in a URL are percent-encoded, in OLTP_PASSWORD they are not',
  },
  { codes: ['NO_PASSWORD'], silent: true, hint: noPassword },
  {
    codes: ['3D000', '1049'],
    hint: ({ database }) =>
      `create the database${database === null ? '' : ` ${database}`}, or name one that is there at the end of the URL`,
  },
  {
    codes: ['42501', '1044', '1142', '1227'],
    hint: ({ user }) => `${user} has not the right to do that: grant it, or log in as another user`,
  },
  {
    codes: ['TLS'],
    hint: () => 'name the certificate authority with ?sslrootcert=FILE; ?sslmode=disable, or require-insecure, does without any check',
  },
  {
    codes: ['53300', '1040', '1203', '1226'],
    hint: () => 'the server has no connection left: use fewer clients (-c), or raise max_connections',
  },
  { codes: ['57P03', '57P01', '57P02', '1053'], hint: () => 'the server is starting or stopping: try again in a moment' },
]

function noPassword({ user }: Target): string {
  return `no password was given for ${user}: set OLTP_PASSWORD or OLTP_PASSWORD_FILE`
}
