import type { Database, ServerInfo, Session, Target } from '../database/contract.js'
import { explain } from '../database/explain.js'
import { openDatabase } from '../database/open.js'
import { connectionProblem } from '../database/problem.js'
import { describeTarget } from '../database/url.js'
import { exitCodes, OltpError } from '../errors.js'

/** A session for what is not load: namespaces, migrations, seeding. */
export interface Control {
  readonly database: Database
  readonly session: Session
  readonly serverInfo: ServerInfo
}

/**
 * Connects, lets `work` use the session, and ends it.
 *
 * @param stop cuts off whatever statement runs
 * @throws OltpError `CANNOT_CONNECT`, `STOPPED`, `DATABASE_REFUSED` for what the server says, and what `work` throws
 */
export async function withControl<T>(target: Target, stop: AbortSignal, work: (control: Control) => Promise<T>): Promise<T> {
  const database = await openDatabase(target.engine)
  const session = await database
    .connect(target, { namespace: null, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false })
    .catch(error => {
      throw connectionProblem(error, target)
    })
  const giveUp = () => session.destroy()
  stop.addEventListener('abort', giveUp)
  try {
    stop.throwIfAborted()
    return await work({ database, session, serverInfo: await database.inspect(session) })
  } catch (error) {
    if (stop.aborted) throw stopped(error)
    const hint = 'run it as a user with the right to do this; `oltp prepare` needs more rights than `oltp bench`'
    throw explain(error, { code: 'DATABASE_REFUSED', what: `${describeTarget(target)} answered`, hint })
  } finally {
    stop.removeEventListener('abort', giveUp)
    await session.end()
  }
}

function stopped(cause: unknown): OltpError {
  return new OltpError('STOPPED', exitCodes.interrupted, 'stopped on the way', {
    hint: 'run it again: it goes on from what is there',
    cause,
  })
}
