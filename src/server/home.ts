import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { exitCodes, OltpError } from '../errors.js'

export type Environment = { readonly [name: string]: string | undefined }

/** An unprivileged user who is there already: database servers refuse to run as root. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** The folder of all that we keep on this machine: server binaries, data directories. `OLTP_HOME` moves it. */
export function homeDirectory(env: Environment = process.env): string {
  if (env.OLTP_HOME) {
    if (isAbsolute(env.OLTP_HOME)) return env.OLTP_HOME
    throw new OltpError('HOME_INVALID', exitCodes.usage, `OLTP_HOME must be an absolute path, found «${env.OLTP_HOME}»`, {
      hint: 'Set OLTP_HOME to a path that starts with /.',
    })
  }
  if (isRoot()) return '/var/cache/oltp'
  const cache = env.XDG_CACHE_HOME
  return join(cache && isAbsolute(cache) ? cache : join(env.HOME || homedir(), '.cache'), 'oltp')
}

/** Whom servers run as: null is ourselves. */
export function serverAccount(): Account | null {
  if (!isRoot()) return null
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map(parseAccount)
  for (const name of ['nobody', 'postgres', 'daemon']) {
    const found = accounts.find(account => account?.name === name && account.uid > 0)
    if (found) return found
  }
  throw new OltpError(
    'NO_SERVER_ACCOUNT',
    exitCodes.setup,
    'a database server does not run as root, and there is no user nobody, postgres or daemon',
    {
      hint: 'Run as an ordinary user, or give a server with --url.',
    },
  )
}

/** Makes a folder and what is missing above it. For root others may enter it, since the server is another user. */
export function makeFolder(path: string): string {
  try {
    const first = mkdirSync(path, { recursive: true })
    if (first !== undefined)
      for (let made = path; made.length >= first.length; made = dirname(made)) chmodSync(made, isRoot() ? 0o755 : 0o700)
    return path
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OltpError('HOME_NOT_WRITABLE', exitCodes.setup, `cannot create the folder ${path}: ${reason}`, {
      hint: 'Set OLTP_HOME to a folder that you can write to.',
      cause,
    })
  }
}

/** The options that start a child process as that account. */
export function runAs(account: Account | null): { readonly uid?: number; readonly gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function parseAccount(line: string): Account | null {
  const [name, , uid, gid] = line.split(':')
  return name && uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : null
}
