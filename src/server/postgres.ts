import { appendFileSync, chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, serverAccount } from './home.js'
import { installPostgres } from './postgres-binaries.js'
import type { Command, OnStep, ServerPlace, ServerProgram } from './program.js'
import { askVersion } from './version.js'

/** The PostgreSQL that comes with the npm package. */
export async function embeddedPostgres(home: string, onStep: OnStep): Promise<ServerProgram> {
  const binary = await installPostgres(home, onStep)
  const account = serverAccount()
  const postgres = join(binary, 'bin', 'postgres')
  const version = /\(PostgreSQL\) (\S+)/.exec(await askVersion(postgres, account))?.[1] ?? 'unknown'
  return {
    product: 'PostgreSQL',
    version,
    family: `postgres-${version.split('.')[0]}`,
    account,
    initialise: async (dataDirectory, passwordFile) => initialise(binary, dataDirectory, passwordFile),
    prepareStart(place) {
      configure(place, account)
      disownPidFile(place.dataDirectory)
      return { file: postgres, args: ['-D', place.dataDirectory] }
    },
    signals: { stop: 'SIGINT', stopNow: 'SIGQUIT' },
  }
}

function initialise(binary: string, dataDirectory: string, passwordFile: string): readonly Command[] {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  return [
    {
      file: join(binary, 'bin', 'initdb'),
      args: ['-D', dataDirectory, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', ...locale],
    },
    {
      file: join(binary, 'bin', 'postgres'),
      args: ['--single', '-D', dataDirectory, 'postgres'],
      input: 'CREATE EXTENSION pg_stat_statements\n',
    },
  ]
}

/**
 * The settings of every start, in a file beside initdb's own, so that ALTER SYSTEM still overrides them while the server runs;
 * what an earlier run left in postgresql.auto.conf is dropped.
 */
function configure(place: ServerPlace, account: Account | null): void {
  const settings: { readonly [name: string]: string | number } = {
    listen_addresses: '127.0.0.1',
    port: place.port,
    unix_socket_directories: place.socketDirectory,
    max_connections: place.maxConnections,
    shared_preload_libraries: 'pg_stat_statements',
    // Ready, but off: 4 µs of processor time a statement, 5 % of the TPS of a point select. A session of ours can turn it on for itself.
    'pg_stat_statements.track': 'none',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    shared_buffers: '256MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // Ranks above ERROR: a run makes thousands of expected errors, and writing them all down would be measured too.
    log_min_messages: 'log',
    cluster_name: 'oltp',
  }
  const main = join(place.dataDirectory, 'postgresql.conf')
  const include = "include_if_exists = 'oltp.conf'\n"
  if (!readFileSync(main, 'utf8').includes(include)) appendFileSync(main, `\n${include}`)
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`)
  for (const [file, text] of [
    ['oltp.conf', lines.join('')],
    ['postgresql.auto.conf', ''],
  ] as const) {
    const path = join(place.dataDirectory, file)
    writeFileSync(path, text, { mode: 0o600 })
    if (account) chownSync(path, account.uid, account.gid)
  }
}

/**
 * A killed server leaves its id in postmaster.pid, and PostgreSQL refuses to start while any process has that id: a zombie that nobody
 * reaps, or a stranger after a reboot. The caller knows that the server is gone; an id that no process can have leaves the
 * other check, that none of its backends lives on, in force.
 */
function disownPidFile(dataDirectory: string): void {
  const file = join(dataDirectory, 'postmaster.pid')
  if (!existsSync(file)) return
  const lines = readFileSync(file, 'utf8').split('\n')
  writeFileSync(file, ['2147483646', ...lines.slice(1)].join('\n'))
}
