import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { exitCodes, OltpError } from '../errors.js'
import type { Target, TlsMode } from './contract.js'

export interface Place extends Pick<Target, 'engine' | 'host' | 'socket'> {
  /** The host is this machine. */
  readonly loopback: boolean
}

/** Names of libpq, of the MySQL client and our own for the modes that we have. */
const modes: { readonly [name: string]: TlsMode } = {
  disable: 'disable',
  disabled: 'disable',
  'no-verify': 'require-insecure',
  'require-insecure': 'require-insecure',
  required: 'require-insecure',
  'verify-ca': 'verify-ca',
  verify_ca: 'verify-ca',
  'verify-full': 'verify-full',
  verify_identity: 'verify-full',
}

/** These connect in plaintext when the server, or somebody on the way, says that it has no TLS. */
const refused = new Set(['allow', 'prefer', 'preferred'])

/**
 * What to ask of TLS: `verify-full` off this machine, nothing on it, unless the URL says otherwise.
 *
 * @param mode the URL's `sslmode` or `ssl-mode`
 * @param caFile the URL's `sslrootcert` or `ssl-ca`: a PEM file, read here
 * @throws OltpError `URL_INVALID`, `CA_FILE`
 */
export function tlsFor(place: Place, mode: string | undefined, caFile: string | undefined): Target['tls'] {
  const ca = caFile === undefined || caFile === 'system' ? null : readCa(caFile)
  const chosen = chooseMode(place, mode, caFile)
  if (chosen === 'verify-full' && place.engine === 'mysql' && isIP(place.host) !== 0) {
    throw new OltpError(
      'URL_INVALID',
      exitCodes.usage,
      `the certificate of ${place.host} cannot be verified: MySQL certificates are checked by name`,
      {
        hint: 'write the name of the host, or ?ssl-mode=verify-ca&ssl-ca=FILE to check the authority alone',
      },
    )
  }
  return { mode: chosen, ca: chosen === 'disable' ? null : ca }
}

function chooseMode(place: Place, mode: string | undefined, caFile: string | undefined): TlsMode {
  if (place.socket !== null) return 'disable'
  if (mode === undefined) return caFile === undefined && place.loopback ? 'disable' : 'verify-full'
  const name = mode.toLowerCase()
  // libpq's `require` checks the authority when it is told one, and nothing otherwise.
  if (name === 'require') return caFile === undefined ? 'require-insecure' : 'verify-ca'
  const known = modes[name]
  if (known !== undefined) return known
  const hint = refused.has(name)
    ? 'it may fall back to plaintext: write verify-full, or require-insecure for TLS without any check, or disable'
    : 'write disable, require-insecure, verify-ca or verify-full'
  throw new OltpError('URL_INVALID', exitCodes.usage, `sslmode ${JSON.stringify(mode)} is not supported`, { hint })
}

function readCa(file: string): string {
  const fail = (message: string, cause?: unknown) =>
    new OltpError('CA_FILE', exitCodes.usage, `the certificate authority ${file} ${message}`, { hint: 'name a PEM file', cause })
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw fail(`cannot be read (${error instanceof Error && 'code' in error ? error.code : 'unreadable'})`, error)
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw fail('holds no certificate')
  return text
}
