import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '../../support/servers.js'
import { type Ground, openGround } from '../../support/sessions.js'

/** What every result has to tell of its server, by engine: without these two results cannot be compared. */
const deciding = {
  postgres: [
    'autovacuum',
    'autovacuum_naptime',
    'checkpoint_timeout',
    'deadlock_timeout',
    'default_transaction_isolation',
    'fsync',
    'full_page_writes',
    'huge_pages',
    'jit',
    'max_wal_size',
    'shared_buffers',
    'shared_preload_libraries',
    'synchronous_commit',
    'wal_compression',
    'wal_level',
    'wal_sync_method',
  ],
  mysql: ['binlog_group_commit_sync_delay', 'binlog_row_image', 'innodb_redo_log_capacity'],
  mariadb: ['innodb_log_file_size', 'innodb_snapshot_isolation', 'query_cache_type', 'thread_handling', 'wsrep_on'],
}
const ofInnodb = [
  'binlog_format',
  'innodb_adaptive_hash_index',
  'innodb_buffer_pool_size',
  'innodb_deadlock_detect',
  'innodb_doublewrite',
  'innodb_flush_log_at_trx_commit',
  'innodb_flush_method',
  'innodb_io_capacity',
  'innodb_io_capacity_max',
  'innodb_lock_wait_timeout',
  'innodb_page_size',
  'innodb_purge_threads',
  'log_bin',
  'max_prepared_stmt_count',
  'performance_schema',
  'sync_binlog',
  'transaction_isolation',
]

for (const engine of engines) {
  describe(engine.name, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(engine, 'settings')
    })
    afterAll(() => ground.close())

    it('tells the settings that decide results, as the server has them', async () => {
      const { settings } = await ground.database.inspect(ground.admin)
      const names = engine.name === 'postgres' ? deciding.postgres : [...ofInnodb, ...deciding[engine.name]]
      expect(names.filter(name => !(name in settings))).toEqual([])
      for (const name of engine.name === 'postgres' ? ['shared_buffers', 'wal_sync_method'] : ['innodb_flush_method', 'sync_binlog']) {
        const { rows } = await ground.admin.query(engine.name === 'postgres' ? `SHOW ${name}` : `SELECT @@GLOBAL.${name}`)
        expect(settings[name]).toBe(String(rows[0]?.[0]))
      }
    })

    it('tells no secret, and nothing of where files lie', async () => {
      const { settings } = await ground.database.inspect(ground.admin)
      expect(Object.keys(settings).filter(name => /password|passphrase|secret|key|dir|file$|socket/i.test(name))).toEqual([])
    })
  })
}
