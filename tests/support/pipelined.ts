import type { Session, SessionOptions } from '#oltp/database/contract.js'
import type { StatementResult } from '#oltp/scenario/program.js'
import { type Relay, startRelay } from './relay.js'
import { engines } from './servers.js'
import { type Ground, openGround, statement } from './sessions.js'

/** A table `t` of ids, where -1 is taken, and sessions of PostgreSQL that pipeline. */
export interface PipelinedGround {
  readonly ground: Ground
  open(options?: Partial<SessionOptions>): Promise<Session>
  behindRelay(options?: Partial<SessionOptions>): Promise<{ readonly relay: Relay; readonly session: Session }>
  insert(session: Session, id: number): Promise<StatementResult>
  insertAndCommit(session: Session, id: number): Promise<StatementResult>
  rows(text: string): Promise<StatementResult['rows']>
  /** What has been inserted, as another session sees it. */
  ids(): Promise<unknown[]>
  /** Of a session, as the server says: `idle`, `idle in transaction`, … */
  stateOf(session: Session): Promise<unknown>
  /** Takes back what was inserted, and closes the relays. */
  clear(): Promise<void>
}

export async function openPipelined(protocol: SessionOptions['protocol']): Promise<PipelinedGround> {
  const [engine] = engines.filter(({ name }) => name === 'postgres')
  if (engine === undefined) throw new Error('no server')
  const ground = await openGround(engine, 'pipeline')
  await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t DEFERRABLE INITIALLY DEFERRED)')
  await ground.admin.query('INSERT INTO t VALUES (-1, NULL)')
  const insertion = statement(ground, 'INSERT INTO t (id) VALUES (?)')
  const relays: Relay[] = []
  const rows = async (text: string) => (await ground.admin.query(text)).rows
  return {
    ground,
    open: options => ground.open({ protocol, pipeline: true, ...options }),
    async behindRelay(options) {
      const relay = await startRelay(ground.target.host, ground.target.port)
      relays.push(relay)
      return { relay, session: await ground.open({ protocol, pipeline: true, ...options }, { host: '127.0.0.1', port: relay.port }) }
    },
    insert: (session, id) => session.execute(insertion, [id]),
    insertAndCommit: (session, id) => session.executeAndCommit(insertion, [id]),
    rows,
    ids: async () => (await rows('SELECT id FROM t WHERE id > 0 ORDER BY id')).flat(),
    stateOf: async session => (await rows(`SELECT state FROM pg_stat_activity WHERE pid = ${session.id}`))[0]?.[0],
    async clear() {
      for (const relay of relays.splice(0)) relay.close()
      await ground.admin.query('DELETE FROM t WHERE id > 0')
    },
  }
}
