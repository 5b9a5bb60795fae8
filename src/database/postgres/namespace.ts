import pg from 'pg'
import { bookkeepingTables } from '../bookkeeping.js'
import { DatabaseError, type Session } from '../contract.js'
import { DependentsRemain, type NamespaceMarker, type NamespaceObject, type NamespaceOperations } from '../operations.js'

/** A namespace is a schema. DDL is transactional: it is there with its marker, or not at all. */
export const namespaces: NamespaceOperations = {
  placeholder: position => `$${position}`,
  storedName: name => name.toLowerCase(),

  async exists(session, namespace) {
    const found = await session.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [namespace])
    return found.rows.length > 0
  },

  async hasTable(session, namespace, table) {
    const found = await session.query(
      "SELECT 1 FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND relname = $2 AND relkind = 'r'",
      [namespace, table],
    )
    return found.rows.length > 0
  },

  create: (session, namespace, marker) =>
    inTransaction(session, async () => {
      await session.query(`CREATE SCHEMA ${quote(namespace)}`)
      for (const { name, columns } of bookkeepingTables) await session.query(`CREATE TABLE ${qualify(namespace, name)} (${columns})`)
      await writeMarker(session, namespace, marker)
    }),

  async enter(session, namespace) {
    await session.query(`SET search_path TO ${quote(namespace)}`)
    await session.query(`SET lock_timeout = '2s'`)
  },

  async objects(session, namespace) {
    const found = await session.query(objectsQuery, [namespace])
    return found.rows.map(row => ({ kind: String(row[0]), name: String(row[1]) }))
  },

  // The server itself refuses to drop what others depend on, and the transaction takes everything back.
  dependents: async () => [],

  drop: (session, namespace, objects) =>
    inTransaction(session, async () => {
      await dropTogether(session, namespace, objects)
      for (const { name } of bookkeepingTables) await session.query(`DROP TABLE ${qualify(namespace, name)} RESTRICT`)
      await session.query(`DROP SCHEMA ${quote(namespace)} RESTRICT`).catch(explainDependents)
    }),

  dropObjects: (session, namespace, objects) => inTransaction(session, () => dropTogether(session, namespace, objects)),

  async empty(session, namespace, tables) {
    if (tables.length === 0) return
    await session.query(`TRUNCATE ${tables.map(table => qualify(namespace, table)).join(', ')} RESTART IDENTITY`)
  },

  async tryLock(session, namespace) {
    const answer = await session.query(`SELECT pg_try_advisory_lock(${lockClass}, hashtext($1))`, [namespace])
    return answer.rows[0]?.[0] === true
  },

  async unlock(session, namespace) {
    await session.query(`SELECT pg_advisory_unlock(${lockClass}, hashtext($1))`, [namespace])
  },

  async lockHolder(session, namespace) {
    const found = await session.query(
      `SELECT a.application_name, a.pid, a.usename::text, host(a.client_addr), to_char(a.backend_start AT TIME ZONE 'UTC', 'HH24:MI:SS')
       FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = ${lockClass}
         AND l.objid = (hashtext($1)::bigint & 4294967295)::oid AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [namespace],
    )
    const [row] = found.rows
    if (row === undefined) return null
    const [application, pid, user, address, since] = row
    return `${application || 'a session'}, pid ${pid} of ${user}@${address ?? 'local'} since ${since} UTC`
  },
}

/** In a transaction; foreign keys first, which may go round in a circle. */
async function dropTogether(session: Session, namespace: string, objects: readonly NamespaceObject[]): Promise<void> {
  const keys = await session.query(
    `SELECT c.relname::text, k.conname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND k.contype = 'f' AND k.conparentid = 0`,
    [namespace],
  )
  for (const [table, key] of keys.rows) {
    if (!objects.some(({ kind, name }) => kind === 'table' && name === table)) continue
    await session.query(`ALTER TABLE ${qualify(namespace, String(table))} DROP CONSTRAINT ${quote(String(key))} RESTRICT`)
  }
  await dropEach(
    session,
    objects.map(object => dropStatement(namespace, object)),
  )
}

/** What others of ours depend on has its turn again after them. */
async function dropEach(session: Session, statements: readonly string[]): Promise<void> {
  let left = statements
  while (left.length > 0) {
    const refused: { readonly statement: string; readonly error: unknown }[] = []
    for (const statement of left) {
      await session.savepoint('oltp_drop')
      try {
        await session.query(statement)
        await session.releaseSavepoint('oltp_drop')
      } catch (error) {
        if (!hasDependents(error)) throw error
        await session.rollbackToSavepoint('oltp_drop')
        refused.push({ statement, error })
      }
    }
    if (refused.length === left.length) explainDependents(refused[0]?.error)
    left = refused.map(({ statement }) => statement)
  }
}

function hasDependents(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code === '2BP01'
}

function explainDependents(error: unknown): never {
  if (!hasDependents(error)) throw error
  const detail = error.cause instanceof pg.DatabaseError ? error.cause.detail : undefined
  throw new DependentsRemain(detail?.replaceAll('\n', ', ') ?? error.message, { cause: error })
}

// The four letters «oltp»: the first half of the key of our advisory locks.
const lockClass = 0x6f6c7470

const objectsQuery = `
  WITH space AS (SELECT oid FROM pg_namespace WHERE nspname = $1)
  SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
                        WHEN 'c' THEN 'type' ELSE 'table' END, c.relname::text
  FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM space) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'S'
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))
  UNION ALL
  SELECT 'type', t.typname::text FROM pg_type t
  WHERE t.typnamespace IN (SELECT oid FROM space) AND t.typrelid = 0 AND t.typcategory <> 'A' AND t.typtype IN ('b', 'd', 'e', 'r')
  UNION ALL
  SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
         p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
  FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM space)
  UNION ALL
  SELECT 'trigger', g.tgname || ' on ' || c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  WHERE c.relnamespace IN (SELECT oid FROM space) AND NOT g.tgisinternal AND g.tgparentid = 0
  ORDER BY 1, 2`

function dropStatement(namespace: string, { kind, name }: NamespaceObject): string {
  if (kind === 'trigger') {
    const [trigger = '', table = ''] = name.split(' on ')
    return `DROP TRIGGER ${quote(trigger)} ON ${qualify(namespace, table)} RESTRICT`
  }
  const parenthesis = name.indexOf('(')
  if (parenthesis < 0) return `DROP ${kind.toUpperCase()} ${qualify(namespace, name)} RESTRICT`
  return `DROP ${kind.toUpperCase()} ${qualify(namespace, name.slice(0, parenthesis))}${name.slice(parenthesis)} RESTRICT`
}

async function writeMarker(session: Session, namespace: string, marker: NamespaceMarker): Promise<void> {
  await session.query(
    `INSERT INTO ${qualify(namespace, 'oltp_meta')} (tool, format, namespace, namespace_id, server_id, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [marker.tool, marker.format, marker.namespace, marker.namespaceId, marker.serverId, marker.createdBy, marker.createdAt],
  )
}

async function inTransaction(session: Session, work: () => Promise<void>): Promise<void> {
  await session.begin({ isolation: 'read committed', readOnly: false })
  try {
    await session.query(`SET LOCAL lock_timeout = '2s'`)
    await work()
    await session.commit()
  } catch (error) {
    if (session.alive) await session.rollback()
    throw error
  }
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`
const qualify = (namespace: string, name: string) => `${quote(namespace)}.${quote(name)}`
