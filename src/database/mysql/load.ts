import type { BulkTable, Session } from '../contract.js'
import { type Insert, Inserts } from './inserts.js'
import { Portions } from './portions.js'
import { learnPlace, loadsInAnyOrder, openBeside } from './second-session.js'
import { MysqlSession } from './session.js'

/**
 * INSERTs of many rows, prepared, the next one made while the server works on the last; those of a long table in two sessions.
 * Without LOCAL INFILE, which would let a server read our files. Inside a caller's transaction nothing is committed. What the rows
 * themselves throw comes through.
 */
export async function load(session: Session, table: BulkTable, onRows: (loaded: number) => void): Promise<number> {
  if (!(session instanceof MysqlSession)) throw new TypeError('not a session of MySQL')
  const work: Work = { portions: new Portions(new Inserts(table)), loaded: 0, onRows, failure: null }
  if (session.inTransaction) {
    await insertAll(session, work)
  } else {
    const place = await learnPlace(session)
    const help = async () => {
      const second = await openBeside(session, place).catch(() => null)
      if (second === null) return
      if (await loadsInAnyOrder(second, table).catch(() => false)) await insertAll(second, work)
      await second.end()
    }
    let helped = Promise.resolve()
    await insertAll(session, work, () => {
      helped = help()
    })
    await helped
  }
  if (work.failure !== null) throw work.failure.error
  return work.loaded
}

/** What is still to do, for all sessions that do it. */
interface Work {
  readonly portions: Portions
  loaded: number
  readonly onRows: (loaded: number) => void
  /** Why it is given up. */
  failure: { readonly error: unknown } | null
}

/**
 * Takes portions as long as there are any. Never throws: a failure is left in `work`, and ends the work of the other session too.
 *
 * @param onMore there is more than one portion
 */
async function insertAll(session: Session, work: Work, onMore = () => {}): Promise<void> {
  const ours = !session.inTransaction
  try {
    for (let taken = 1; work.failure === null; taken++) {
      const portion = work.portions.take()
      if (portion === null) break
      if (taken === 2) onMore()
      if (ours) await session.begin({ isolation: null, readOnly: false })
      for (const insert of portion) if (work.failure === null) await send(session, insert, work)
      if (ours) await (work.failure === null ? session.commit() : session.rollback())
    }
  } catch (error) {
    work.failure ??= { error }
    if (ours && session.alive) await session.rollback().catch(() => {})
  }
}

async function send(session: Session, { statement, values, rows }: Insert, work: Work): Promise<void> {
  const sent = session.execute(statement, values)
  try {
    // While the server works.
    work.portions.makeAhead()
  } finally {
    await sent
  }
  work.loaded += rows
  work.onRows(work.loaded)
}
