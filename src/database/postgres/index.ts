import pg from 'pg'
import type { Database } from '../contract.js'
import { connect } from './connect.js'
import { inspect } from './inspect.js'
import { load } from './load.js'
import { migrations } from './migrations.js'
import { monitor } from './monitor.js'
import { namespaces } from './namespace.js'
import { checkpoint, gatherStatistics } from './settle.js'

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
  quoteName: name => pg.escapeIdentifier(name),
}
