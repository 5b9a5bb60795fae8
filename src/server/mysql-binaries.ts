import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { exitCodes, OltpError } from '../errors.js'
import type { Account, Environment } from './home.js'
import { askVersion } from './version.js'

export interface MysqlBinary {
  readonly file: string
  readonly product: 'MySQL' | 'MariaDB'
  /** As in `9.7.4` or `11.8.6`. */
  readonly version: string
}

const programs = { mysql: { variable: 'OLTP_MYSQLD', name: 'mysqld' }, mariadb: { variable: 'OLTP_MARIADBD', name: 'mariadbd' } } as const

const usualFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/usr/local/mysql/bin', '/opt/homebrew/bin']

/**
 * A server binary of this machine: one that the environment names, else one on PATH or in the usual folders.
 * `mysql` takes a MySQL, or else a MariaDB; `mariadb` takes nothing else. @throws OltpError exit 3
 */
export async function findMysql(
  wanted: 'mysql' | 'mariadb',
  env: Environment,
  account: Account | null,
  folders: readonly string[] = usualFolders,
): Promise<MysqlBinary> {
  const order = wanted === 'mysql' ? [programs.mysql, programs.mariadb] : [programs.mariadb, programs.mysql]
  const path = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...folders]
  const given = order.flatMap(({ variable }) => (env[variable] ? [checkGiven(variable, env[variable])] : []))
  const installed = order.flatMap(({ name }) => path.map(folder => join(folder, name)).find(isExecutable) ?? [])
  for (const file of [...given, ...installed]) {
    const found = parseVersion(file, await askVersion(file, account))
    if (wanted === 'mysql' || found.product === 'MariaDB') return found
  }
  const what = wanted === 'mysql' ? 'neither mysqld nor mariadbd' : 'no mariadbd'
  throw new OltpError('NO_LOCAL_SERVER', exitCodes.setup, `there is ${what} on this machine`, { hint: howToGet(wanted) })
}

/** MariaDB says `mysqld  Ver 11.8.6-MariaDB-…` even where the binary is called mysqld. */
function parseVersion(file: string, text: string): MysqlBinary {
  const version = /\bVer (\d+\.\d+\.\d+)/.exec(text)?.[1]
  if (version) return { file, version, product: /mariadb/i.test(text) ? 'MariaDB' : 'MySQL' }
  throw new OltpError('SERVER_NOT_RUNNABLE', exitCodes.setup, `${file} is not a MySQL or MariaDB server: --version says «${text.trim()}»`, {
    hint: 'Set OLTP_MYSQLD or OLTP_MARIADBD to the server binary.',
  })
}

function checkGiven(variable: string, file: string): string {
  if (isExecutable(file)) return file
  throw new OltpError('NO_LOCAL_SERVER', exitCodes.setup, `${variable} says ${file}, where there is no program`, {
    hint: `Set ${variable} to the server binary, or unset it.`,
  })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function howToGet(wanted: 'mysql' | 'mariadb'): string {
  const install =
    process.platform === 'darwin'
      ? `brew install ${wanted}`
      : wanted === 'mariadb'
        ? 'apt-get install mariadb-server-core, dnf install mariadb-server or apk add mariadb'
        : 'apt-get install mysql-server-core-8.0 (Debian: mariadb-server-core) or dnf install mysql-server'
  return `Install one (${install}), set ${programs[wanted].variable} to its path, run «docker compose up -d ${wanted}», or give a server with --url.`
}
