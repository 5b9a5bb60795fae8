import { exitCodes, OltpError } from '../../errors.js'
import { DatabaseError, type ServerInfo, type Session } from '../contract.js'

const oldest = 15

/** Settings without which a result cannot be understood. Those that a server does not have are left out. */
const deciding = [
  'autovacuum',
  'autovacuum_max_workers',
  'autovacuum_naptime',
  'autovacuum_vacuum_cost_delay',
  'autovacuum_vacuum_scale_factor',
  'checkpoint_completion_target',
  'checkpoint_timeout',
  'commit_delay',
  'data_checksums',
  'deadlock_timeout',
  'default_transaction_isolation',
  'fsync',
  'full_page_writes',
  'huge_pages',
  'huge_pages_status',
  'io_method',
  'jit',
  'max_connections',
  'max_parallel_workers_per_gather',
  'max_wal_size',
  'plan_cache_mode',
  'shared_buffers',
  'shared_preload_libraries',
  'synchronous_commit',
  'synchronous_standby_names',
  'track_io_timing',
  'wal_buffers',
  'wal_compression',
  'wal_level',
  'wal_sync_method',
  'work_mem',
]

/** @throws OltpError `SERVER_TOO_OLD` */
export async function inspect(session: Session): Promise<ServerInfo> {
  const names = deciding.map(name => `'${name}'`).join(', ')
  const { rows } = await session.query(`
    SELECT name, current_setting(name) FROM pg_settings
    WHERE name IN (${names}, 'server_version', 'server_version_num') ORDER BY name`)
  const all = new Map(rows.map(([name, value]) => [String(name), String(value)]))
  const version = (all.get('server_version') ?? '').split(' ')[0] ?? ''
  if (Number(all.get('server_version_num')) < oldest * 10_000) {
    throw new OltpError('SERVER_TOO_OLD', exitCodes.setup, `this is PostgreSQL ${version}`, {
      hint: `oltp needs PostgreSQL ${oldest} or later`,
    })
  }
  return {
    product: 'PostgreSQL',
    dialect: 'postgres',
    version,
    serverId: await serverId(session),
    settings: Object.fromEntries([...all].filter(([name]) => deciding.includes(name))),
  }
}

// The identifier of the cluster may be closed to ordinary roles; the database's own is less, but also stays.
async function serverId(session: Session): Promise<string> {
  try {
    const { rows } = await session.query('SELECT system_identifier::text FROM pg_control_system()')
    return String(rows[0]?.[0])
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') throw error
    const { rows } = await session.query('SELECT oid::text, datname FROM pg_database WHERE datname = current_database()')
    return `database:${rows[0]?.join(':')}`
  }
}
