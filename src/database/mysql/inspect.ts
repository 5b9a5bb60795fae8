import { exitCodes, OltpError } from '../../errors.js'
import type { ServerInfo, Session } from '../contract.js'

const oldest = { MySQL: [8, 0], MariaDB: [10, 11] } as const

/** Settings without which a result cannot be understood. Those that a server does not have are left out. */
const deciding = [
  'binlog_format',
  'binlog_group_commit_sync_delay',
  'binlog_row_image',
  'general_log',
  'innodb_adaptive_hash_index',
  'innodb_autoinc_lock_mode',
  'innodb_buffer_pool_size',
  'innodb_deadlock_detect',
  'innodb_doublewrite',
  'innodb_flush_log_at_trx_commit',
  'innodb_flush_method',
  'innodb_io_capacity',
  'innodb_io_capacity_max',
  'innodb_lock_wait_timeout',
  'innodb_log_buffer_size',
  'innodb_log_file_size',
  'innodb_page_size',
  'innodb_purge_threads',
  'innodb_redo_log_capacity',
  'innodb_rollback_on_timeout',
  'innodb_snapshot_isolation',
  'innodb_thread_concurrency',
  'innodb_use_native_aio',
  'log_bin',
  'max_connections',
  'max_prepared_stmt_count',
  'performance_schema',
  'query_cache_type',
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_source_enabled',
  'slow_query_log',
  'sql_mode',
  'sync_binlog',
  'thread_handling',
  'wsrep_on',
]

/** @throws OltpError `SERVER_TOO_OLD` */
export async function inspect(session: Session): Promise<ServerInfo> {
  const { rows } = await session.query('SHOW VARIABLES')
  const all = new Map(rows.map(([name, value]) => [String(name), String(value)]))
  const printed = all.get('version') ?? ''
  const product = /mariadb/i.test(printed) ? 'MariaDB' : 'MySQL'
  const version = /^[\d.]+/.exec(printed)?.[0] ?? printed
  const needed = oldest[product]
  if (isOlder(version, needed)) {
    throw new OltpError('SERVER_TOO_OLD', exitCodes.setup, `this is ${product} ${version}`, {
      hint: `oltp needs ${product} ${needed.join('.')} or later`,
    })
  }
  const isolation = all.get('transaction_isolation') ?? all.get('tx_isolation') ?? ''
  return {
    product,
    dialect: product === 'MariaDB' ? 'mariadb' : 'mysql',
    version,
    serverId: serverIdOf(all),
    settings: Object.fromEntries([...[...all].filter(([name]) => deciding.includes(name)), ['transaction_isolation', isolation]]),
  }
}

/** MariaDB's `server_uid` is made of the port and the network card: a server that we started, each time on another port, says who it is itself. */
function serverIdOf(all: ReadonlyMap<string, string>): string {
  const said = all.get('report_host') ?? ''
  const own = /^oltp-[\da-f-]{36}$/.test(said) ? said : undefined
  return all.get('server_uuid') ?? own ?? all.get('server_uid') ?? `${all.get('hostname')}:${all.get('port')}:${all.get('datadir')}`
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split('.').map(Number)
  return hasMajor < major || (hasMajor === major && hasMinor < minor)
}
