import type { Database, Session, SessionOptions, Target } from '#oltp/database/contract.js'
import { DatabaseError } from '#oltp/database/contract.js'
import { openDatabase } from '#oltp/database/open.js'
import { parseTarget } from '#oltp/database/url.js'
import type { Statement } from '#oltp/scenario/program.js'
import { ownNamespace } from './namespace.js'
import type { engines } from './servers.js'

/** A namespace of a test's own, without marker or migrations, and sessions in it. */
export interface Ground {
  readonly database: Database
  readonly target: Target
  readonly namespace: string
  /** In the namespace, for preparing and looking. */
  readonly admin: Session
  open(options?: Partial<SessionOptions>, target?: Partial<Target>): Promise<Session>
  close(): Promise<void>
}

export async function openGround(engine: (typeof engines)[number], purpose: string): Promise<Ground> {
  const target = parseTarget(engine.url, {})
  const database = await openDatabase(target.engine)
  const namespace = ownNamespace(purpose)
  const what = target.engine === 'postgres' ? 'SCHEMA' : 'DATABASE'
  const sessions: Session[] = []
  const open: Ground['open'] = async (options = {}, elsewhere = {}) => {
    const session = await database.connect(
      { ...target, ...elsewhere },
      { namespace, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false, ...options },
    )
    sessions.push(session)
    return session
  }
  const root = await open({ namespace: null })
  await root.query(`CREATE ${what} ${namespace}`)
  const admin = await open()
  return {
    database,
    target,
    namespace,
    admin,
    open,
    async close() {
      for (const session of sessions) if (session !== root) await session.end()
      await root.query(`DROP ${what} ${namespace}${target.engine === 'postgres' ? ' CASCADE' : ''}`)
      await root.end()
    },
  }
}

/** A workload statement; `?` stands for the engine's own placeholder. */
export function statement(ground: Ground, text: string, readsRows = true): Statement {
  let count = 0
  const placed = ground.target.engine === 'postgres' ? text.replaceAll('?', () => `$${++count}`) : text
  return { index: 0, name: 'test/statement', text: placed, readsRows, last: false }
}

/** The failure that a call must end in. */
export async function failureOf(work: Promise<unknown>): Promise<DatabaseError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    reason => reason,
  )
  if (error instanceof DatabaseError) return error
  throw error
}

/** Ends a session from outside, as an administrator would. */
export async function kill(ground: Ground, session: Session): Promise<void> {
  await ground.admin.query(ground.target.engine === 'postgres' ? `SELECT pg_terminate_backend(${session.id})` : `KILL ${session.id}`)
}

/** Waits until `condition` holds; a wait that never ends fails the test by its time-out. */
export async function until(condition: () => boolean | Promise<boolean>, everyMs = 5): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, everyMs))
}

/** Waits until the server says that the session waits for a lock of another one. */
export async function untilBlocked(ground: Ground, session: Session): Promise<void> {
  const text =
    ground.target.engine === 'postgres'
      ? `SELECT 1 WHERE cardinality(pg_blocking_pids(${session.id})) > 0`
      : `SELECT 1 FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = ${session.id} AND trx_state = 'LOCK WAIT'`
  // InnoDB renews that table only when nobody has looked at it for a tenth of a second.
  await until(async () => (await ground.admin.query(text)).rows.length > 0, ground.target.engine === 'postgres' ? 5 : 150)
}
