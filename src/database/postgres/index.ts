import pg from 'pg'
import type { Database } from '../contract.js'
import { connect } from './connect.js'
import { migrations } from './migrations.js'
import { namespaces } from './namespace.js'

/** PostgreSQL 15 and later, on node-postgres. */
export const postgres: Database = {
  engine: 'postgres',
  connect,
  namespaces,
  migrations,
  quoteName: name => pg.escapeIdentifier(name),
}
