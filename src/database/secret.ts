import { readFileSync, statSync } from 'node:fs'
import { exitCodes, OltpError } from '../errors.js'

export type Environment = { readonly [name: string]: string | undefined }

/**
 * The password that the environment holds: `OLTP_PASSWORD`, or the first line of the file that `OLTP_PASSWORD_FILE` names.
 *
 * @throws OltpError `PASSWORD_FILE` when the file cannot be read or others can read it
 */
export function passwordFrom(env: Environment): string | null {
  if (env.OLTP_PASSWORD !== undefined && env.OLTP_PASSWORD !== '') return env.OLTP_PASSWORD
  const file = env.OLTP_PASSWORD_FILE
  return file === undefined || file === '' ? null : readPasswordFile(file)
}

/**
 * A text of a server or a driver, fit to be shown: secrets are blotted out in every form in which they turn up
 * (raw, percent-encoded, JSON-escaped, base64), and so are control characters, which could steer a terminal.
 */
export function redact(text: string, secrets: readonly (string | null)[]): string {
  let clean = text
  for (const secret of secrets) {
    if (secret === null || secret === '') continue
    for (const form of formsOf(secret)) clean = clean.replaceAll(form, '•••')
  }
  return clean.replace(unprintable, ' ').trim()
}

// Line ends and tabs too: a message is one line. The last group are the marks that turn the direction of text around.
const unprintable = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

function formsOf(secret: string): readonly string[] {
  const url = new URL('postgres://user@host')
  url.password = secret
  const forms = [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    url.password,
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ]
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

function readPasswordFile(file: string): string {
  const fail = (message: string, hint: string, cause?: unknown) =>
    new OltpError('PASSWORD_FILE', exitCodes.usage, `OLTP_PASSWORD_FILE: ${message}`, { hint, cause })
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw fail(`others can read ${file}`, `run chmod 600 ${file}`)
    }
    const password = readFileSync(file, 'utf8').split(/\r?\n/, 1)[0] ?? ''
    if (password === '') throw fail(`${file} is empty`, 'write the password into its first line')
    return password
  } catch (error) {
    if (error instanceof OltpError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw fail(`${file} cannot be read (${code})`, 'name a file that holds the password alone', error)
  }
}
