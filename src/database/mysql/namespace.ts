import { bookkeepingTables } from '../bookkeeping.js'
import type { Session } from '../contract.js'
import type { NamespaceObject, NamespaceOperations } from '../operations.js'

/** A namespace is a database. DDL commits by itself, so order matters: the marker is the last thing written and the last thing dropped. */
export const namespaces: NamespaceOperations = {
  placeholder: () => '?',
  storedName: name => name,

  async exists(session, namespace) {
    const found = await session.query('SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [namespace])
    return found.rows.length > 0
  },

  async hasTable(session, namespace, table) {
    const found = await session.query('SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?', [
      namespace,
      table,
    ])
    return found.rows.length > 0
  },

  async create(session, namespace, marker) {
    // A binary collation compares text as PostgreSQL does: by its characters, case and trailing accents included.
    await session.query(`CREATE DATABASE ${quote(namespace)} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
    try {
      for (const { name, columns } of bookkeepingTables)
        await session.query(`CREATE TABLE ${qualify(namespace, name)} (${columns}) ENGINE=InnoDB`)
      await session.query(
        `INSERT INTO ${qualify(namespace, 'oltp_meta')} (tool, format, namespace, namespace_id, server_id, created_by, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [marker.tool, marker.format, marker.namespace, marker.namespaceId, marker.serverId, marker.createdBy, marker.createdAt],
      )
    } catch (error) {
      if (session.alive) await takeBack(session, namespace)
      throw error
    }
  },

  async enter(session, namespace) {
    await session.query(`USE ${quote(namespace)}`)
    await session.query('SET SESSION lock_wait_timeout = 2')
  },

  async objects(session, namespace) {
    const found = await session.query(objectsQuery, [namespace, namespace, namespace, namespace])
    return found.rows.map(row => ({ kind: String(row[0]), name: String(row[1]) }))
  },

  async dependents(session, namespace) {
    const found = await session.query(
      `SELECT DISTINCT CONCAT(CONSTRAINT_SCHEMA, '.', TABLE_NAME, ' (foreign key ', CONSTRAINT_NAME, ')') FROM information_schema.KEY_COLUMN_USAGE
       WHERE REFERENCED_TABLE_SCHEMA = ? AND CONSTRAINT_SCHEMA <> ?`,
      [namespace, namespace],
    )
    return found.rows.map(row => String(row[0]))
  },

  async drop(session, namespace, objects) {
    await namespaces.dropObjects(session, namespace, objects)
    for (const { name } of bookkeepingTables.toReversed()) {
      // DROP DATABASE takes everything inside along, so the last look is right before the marker goes.
      if (name === 'oltp_meta') await assertOnlyMarker(session, namespace)
      // A drop that was cut off may have taken it away already.
      await session.query(`DROP TABLE IF EXISTS ${qualify(namespace, name)}`)
    }
    await session.query(`DROP DATABASE ${quote(namespace)}`)
  },

  async dropObjects(session, namespace, objects) {
    const keys = await session.query(
      `SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND CONSTRAINT_TYPE = 'FOREIGN KEY'`,
      [namespace],
    )
    // They may go round in a circle.
    for (const [table, key] of keys.rows) {
      if (!objects.some(({ kind, name }) => kind === 'table' && name === table)) continue
      await session.query(`ALTER TABLE ${qualify(namespace, String(table))} DROP FOREIGN KEY ${quote(String(key))}`)
    }
    for (const { kind, name } of objects) await session.query(`DROP ${kind.toUpperCase()} ${qualify(namespace, name)}`)
  },

  async empty(session, namespace, tables) {
    await session.query('SET SESSION foreign_key_checks = 0')
    try {
      for (const table of tables) await session.query(`TRUNCATE TABLE ${qualify(namespace, table)}`)
    } finally {
      if (session.alive) await session.query('SET SESSION foreign_key_checks = 1')
    }
  },

  async tryLock(session, namespace) {
    const answer = await session.query('SELECT GET_LOCK(?, 0)', [lockName(namespace)])
    return Number(answer.rows[0]?.[0]) === 1
  },

  async unlock(session, namespace) {
    await session.query('SELECT RELEASE_LOCK(?)', [lockName(namespace)])
  },

  async lockHolder(session, namespace) {
    const found = await session.query(`SELECT ID, CONCAT(USER, '@', HOST) FROM information_schema.PROCESSLIST WHERE ID = IS_USED_LOCK(?)`, [
      lockName(namespace),
    ])
    const [row] = found.rows
    return row === undefined ? null : `session ${row[0]} of ${row[1]}`
  },
}

const lockName = (namespace: string) => `oltp.${namespace}`

const objectsQuery = `
  SELECT CASE TABLE_TYPE WHEN 'VIEW' THEN 'view' WHEN 'SEQUENCE' THEN 'sequence' ELSE 'table' END AS kind, TABLE_NAME AS name
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?
  UNION ALL SELECT LOWER(ROUTINE_TYPE), ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?
  UNION ALL SELECT 'event', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?
  UNION ALL SELECT 'trigger', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?
  ORDER BY kind, name`

/** Undoes a creation that failed on its way; leaves the database alone when anything but our bookkeeping is in it. */
async function takeBack(session: Session, namespace: string): Promise<void> {
  const own = new Set(bookkeepingTables.map(table => table.name))
  const inside = await namespaces.objects(session, namespace)
  if (inside.some(object => !own.has(object.name))) return
  for (const { name } of inside) await session.query(`DROP TABLE ${qualify(namespace, name)}`)
  await session.query(`DROP DATABASE ${quote(namespace)}`)
}

async function assertOnlyMarker(session: Session, namespace: string): Promise<void> {
  const inside: readonly NamespaceObject[] = await namespaces.objects(session, namespace)
  const others = inside.filter(object => object.name !== 'oltp_meta')
  if (others.length > 0)
    throw new Error(`${others.map(({ kind, name }) => `${kind} ${name}`).join(', ')} appeared while the namespace was dropped`)
}

const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``
const qualify = (namespace: string, name: string) => `${quote(namespace)}.${quote(name)}`
