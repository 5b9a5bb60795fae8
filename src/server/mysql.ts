import { randomUUID } from 'node:crypto'
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { exitCodes, OltpError } from '../errors.js'
import { type Account, type Environment, runAs, serverAccount } from './home.js'
import { findMysql, type MysqlBinary } from './mysql-binaries.js'
import type { Command, ServerPlace, ServerProgram } from './program.js'

/** A MySQL or MariaDB that is installed on this machine, with data directories of our own. */
export async function localMysql(wanted: 'mysql' | 'mariadb', env: Environment): Promise<ServerProgram> {
  const account = serverAccount()
  const binary = await findMysql(wanted, env, account)
  return {
    product: binary.product,
    version: binary.version,
    family: `${binary.product.toLowerCase()}-${binary.version.split('.').slice(0, 2).join('.')}`,
    account,
    initialise: async dataDirectory => [
      binary.product === 'MySQL' ? initialiseMysql(binary, dataDirectory) : await initialiseMariadb(binary, dataDirectory, account),
    ],
    prepareStart: place => start(binary, place, account),
    signals: { stop: 'SIGTERM', stopNow: 'SIGKILL' },
  }
}

function initialiseMysql(binary: MysqlBinary, dataDirectory: string): Command {
  return { file: binary.file, args: ['--no-defaults', '--initialize-insecure', ...directories(dataDirectory), '--secure-file-priv=NULL'] }
}

async function initialiseMariadb(binary: MysqlBinary, dataDirectory: string, account: Account | null): Promise<Command> {
  const input = await readSystemTables(binary, account)
  return { file: binary.file, args: ['--no-defaults', '--bootstrap', ...directories(dataDirectory)], input }
}

function start(binary: MysqlBinary, place: ServerPlace, account: Account | null): Command {
  const initFile = writeInitFile(place, account)
  const shared = {
    'pid-file': join(place.dataDirectory, 'server.pid'),
    'init-file': initFile,
    'bind-address': '127.0.0.1',
    port: place.port,
    socket: join(place.socketDirectory, 'mysql.sock'),
    'max-connections': place.maxConnections,
    'innodb-buffer-pool-size': '256M',
    'innodb-flush-log-at-trx-commit': 1,
    'innodb-doublewrite': 1,
  }
  // The binary log is off on every engine's throwaway server: MySQL alone would pay a second flush per commit.
  const own =
    binary.product === 'MySQL'
      ? ['--skip-log-bin', '--mysqlx=0', '--performance-schema=ON', '--loose-innodb-redo-log-capacity=512M', '--secure-file-priv=NULL']
      : ['--skip-log-bin', '--innodb-log-file-size=512M', '--log-warnings=1', `--report-host=${ownServerId(place, account)}`]
  const settings = Object.entries(shared).map(([name, value]) => `--${name}=${value}`)
  return { file: binary.file, args: ['--no-defaults', ...directories(place.dataDirectory), ...settings, '--skip-name-resolve', ...own] }
}

/** Each server has its own for what is temporary: one that starts removes what it finds, as if it were left from its own last run. */
function directories(dataDirectory: string): readonly string[] {
  return [`--datadir=${dataDirectory}`, `--tmpdir=${dataDirectory}`]
}

/** A new data directory has a root without a password; this runs before the first connection is accepted. */
function writeInitFile(place: ServerPlace, account: Account | null): string {
  const file = join(place.dataDirectory, 'oltp-init.sql')
  const statements = [
    `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '${place.password}';`,
    `ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${place.password}';`,
    `GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;`,
    `ALTER USER IF EXISTS 'root'@'localhost' IDENTIFIED BY '${place.password}';`,
  ]
  writeFileSync(file, `${statements.join('\n')}\n`, { mode: 0o600 })
  if (account) chownSync(file, account.uid, account.gid)
  return file
}

/** MariaDB's server_uid changes with the port, which is a new one at every start: the data directory has its own name, said as `report_host`. */
function ownServerId(place: ServerPlace, account: Account | null): string {
  const file = join(place.dataDirectory, 'oltp-server-id')
  if (!existsSync(file)) {
    writeFileSync(file, `oltp-${randomUUID()}`, { mode: 0o600 })
    if (account) chownSync(file, account.uid, account.gid)
  }
  return readFileSync(file, 'utf8')
}

/** What mariadb-install-db feeds to the server; that script itself is not in every package. */
async function readSystemTables(binary: MysqlBinary, account: Account | null): Promise<string> {
  const { stdout } = await execa(binary.file, ['--no-defaults', '--verbose', '--help'], {
    ...runAs(account),
    stderr: 'ignore',
    reject: false,
    cwd: '/',
  })
  const charsets = /^character-sets-dir\s+(.+?)\/?$/m.exec(stdout)?.[1]
  const share = charsets ? dirname(charsets) : ''
  try {
    const scripts = ['system_tables', 'performance_tables', 'system_tables_data'].map(name =>
      readFileSync(join(share, `mariadb_${name}.sql`), 'utf8'),
    )
    return ['create database mysql;', 'use mysql;', ...scripts].join('\n')
  } catch (cause) {
    throw new OltpError(
      'SERVER_INIT_FAILED',
      exitCodes.setup,
      `${binary.file} comes without mariadb_system_tables.sql in ${share || 'its share folder'}`,
      {
        hint: 'Install the package with the whole server, or give a server with --url.',
        cause,
      },
    )
  }
}
