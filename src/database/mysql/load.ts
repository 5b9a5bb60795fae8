import type { BulkTable, Session } from '../contract.js'
import { Inserts } from './inserts.js'
import { learnPlace, loadsInAnyOrder, openBeside } from './second-session.js'
import { MysqlSession } from './session.js'

/** Commit that often: neither a flush to disk per statement nor an undo log as long as the table. */
const insertsPerCommit = 64
/** A table of fewer statements is loaded before a second session could help. */
const insertsAlone = 64

/**
 * INSERTs of many rows, prepared, the next one made while the server works on the last; those of a long table in two sessions.
 * Without LOCAL INFILE, which would let a server read our files. Inside a caller's transaction nothing is committed. What the rows
 * themselves throw comes through.
 */
export async function load(session: Session, table: BulkTable, onRows: (loaded: number) => void): Promise<number> {
  if (!(session instanceof MysqlSession)) throw new TypeError('not a session of MySQL')
  const work: Work = { inserts: new Inserts(table), taken: 0, loaded: 0, onRows, failure: null }
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
      if (work.taken === insertsAlone) helped = help()
    })
    await helped
  }
  if (work.failure !== null) throw work.failure.error
  return work.loaded
}

/** What is still to do, for all sessions that do it. */
interface Work {
  readonly inserts: Inserts
  taken: number
  loaded: number
  readonly onRows: (loaded: number) => void
  /** Why it is given up. */
  failure: { readonly error: unknown } | null
}

/** Takes INSERTs as long as there are any. Never throws: a failure is left in `work`, and ends the work of the other session too. */
async function insertAll(session: Session, work: Work, onTaken = () => {}): Promise<void> {
  const ours = !session.inTransaction
  let sent: Promise<void> = Promise.resolve()
  let uncommitted = 0
  try {
    while (work.failure === null) {
      // Made while the server works on the last one.
      const insert = work.inserts.next()
      await sent
      if (insert === null) break
      if (ours && uncommitted === insertsPerCommit) {
        await session.commit()
        uncommitted = 0
      }
      if (ours && !session.inTransaction) await session.begin({ isolation: null, readOnly: false })
      sent = session.execute(insert.statement, insert.values).then(() => {
        work.loaded += insert.rows
        work.onRows(work.loaded)
      })
      // Awaited in the next round; until then nobody listens for its failure.
      sent.catch(() => {})
      uncommitted += 1
      work.taken += 1
      onTaken()
    }
    await sent
    if (ours && session.inTransaction) await (work.failure === null ? session.commit() : session.rollback())
  } catch (error) {
    work.failure ??= { error }
    await sent.catch(() => {})
    if (ours && session.alive) await session.rollback().catch(() => {})
  }
}
