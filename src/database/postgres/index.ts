import pg from 'pg'
import { isolationLevels } from '../../scenario/model.js'
import type { Database } from '../contract.js'
import { connect } from './connect.js'
import { dialogue } from './dialogue.js'
import { inspect } from './inspect.js'
import { load } from './load.js'
import { migrations } from './migrations.js'
import { monitor } from './monitor.js'
import { namespaces } from './namespace.js'
import { checkpoint, gatherStatistics } from './settle.js'
import { watchWaits } from './waits.js'

/** PostgreSQL 15 and later, on node-postgres. */
export const postgres: Database = {
  engine: 'postgres',
  pipelines: true,
  connect,
  inspect,
  load,
  gatherStatistics,
  checkpoint,
  namespaces,
  migrations,
  monitor,
  dialogue,
  watchWaits,
  isolationSetting: level => ({ default_transaction_isolation: level }),
  defaultIsolation: ({ settings }) => isolationLevels.find(level => level === settings.default_transaction_isolation) ?? 'read committed',
  quoteName: name => pg.escapeIdentifier(name),
}
