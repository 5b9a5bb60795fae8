import type { StatementResult } from '../scenario/program.js'
import type { Value } from '../scenario/values.js'
import type { Database, Session } from './contract.js'

/** A namespace that this process holds, and the session that holds it. */
export interface NamespaceHold {
  readonly database: Database
  readonly session: Session
  readonly namespace: string
}

/** The version of the tables below; a namespace of a later version is refused. */
export const bookkeepingFormat = 1

/** Our own tables in every namespace. Types that all engines share; times are ISO 8601 text in UTC. */
export const bookkeepingTables: readonly { readonly name: string; readonly columns: string }[] = [
  {
    name: 'oltp_meta',
    columns: `tool VARCHAR(16) NOT NULL, format INT NOT NULL, namespace VARCHAR(64) NOT NULL, namespace_id VARCHAR(36) NOT NULL PRIMARY KEY,
      server_id VARCHAR(64) NOT NULL, created_by VARCHAR(128) NOT NULL, created_at VARCHAR(30) NOT NULL`,
  },
  {
    name: 'oltp_object',
    columns: `kind VARCHAR(32) NOT NULL, name VARCHAR(255) NOT NULL, migration_set VARCHAR(64) NOT NULL, ordinal INT NOT NULL, PRIMARY KEY (kind, name)`,
  },
  {
    name: 'oltp_migration',
    columns: `migration_set VARCHAR(64) NOT NULL, name VARCHAR(128) NOT NULL, state VARCHAR(16) NOT NULL,
      up_checksum CHAR(64) NOT NULL, down_checksum CHAR(64) NOT NULL, steps_done INT NOT NULL, steps_checksum CHAR(64) NOT NULL,
      step_running INT NOT NULL, changed_at VARCHAR(30) NOT NULL, PRIMARY KEY (migration_set, name)`,
  },
  {
    name: 'oltp_state',
    columns: `id INT NOT NULL PRIMARY KEY, state VARCHAR(16) NOT NULL, fingerprint VARCHAR(64) NOT NULL, scenario VARCHAR(255) NOT NULL,
      run_id VARCHAR(64) NOT NULL, changed_at VARCHAR(30) NOT NULL`,
  },
]

/** Runs a statement on our own tables: `{oltp_state}` is the table in the namespace, each `?` takes a value. */
export function ask(hold: NamespaceHold, text: string, values: readonly Value[] = []): Promise<StatementResult> {
  const { database, session, namespace } = hold
  let position = 0
  const sql = text
    .replace(/\{(\w+)\}/g, (_, table: string) => `${database.quoteName(namespace)}.${database.quoteName(table)}`)
    .replace(/\?/g, () => database.namespaces.placeholder(++position))
  return session.query(sql, values)
}

/** A column of text. */
export function asText(value: Value | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** A column of whole numbers. */
export function asNumber(value: Value | undefined): number {
  return typeof value === 'number' ? value : Number(value)
}
