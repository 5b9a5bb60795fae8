import type { Database, ServerInfo, Session, Target } from '../database/contract.js'
import { claimNamespace, releaseNamespace, requireConfirmation } from '../database/namespace.js'
import { openDatabase } from '../database/open.js'
import { connectionProblem } from '../database/problem.js'
import { exitCodes, OltpError } from '../errors.js'
import type { ResolvedScenario } from '../scenario/model.js'
import type { RunListener, StopControl } from './events.js'
import { markDirty, prepareData } from './prepare.js'
import { preparationStep } from './progress.js'

/** Whose data is wanted, and where. */
export interface DataPlan {
  readonly scenario: ResolvedScenario
  readonly target: Target
  readonly namespace: string
  /** What the user gave as `--confirm`. */
  readonly confirm: string | null
  /** Seed again even if the data is clean. */
  readonly fresh: boolean
}

/** The code of the error that a run ends with when it is stopped before anything was measured. */
export const stoppedCode = 'STOPPED'

/**
 * Holds the namespace with the scenario's data in it, marked as written to, while `work` loads it. The data stays for the next run.
 *
 * @throws OltpError when it cannot be set up, or with `stoppedCode`; and what `work` throws
 */
export async function withData<T>(
  plan: DataPlan,
  listener: RunListener,
  stop: StopControl,
  work: (database: Database, server: ServerInfo) => Promise<T>,
): Promise<T> {
  const { scenario, target, namespace, confirm, fresh } = plan
  requireConfirmation(target, confirm)
  const database = await openDatabase(target.engine)
  const control = await preparationStep(listener, 'connect', 'connect', async () => connectFor(database, target))
  // Whatever statement the preparation is at fails at once, which ends it.
  const giveUp = () => control.session.destroy()
  stop.drain.addEventListener('abort', giveUp)
  try {
    const { session } = control
    stop.drain.throwIfAborted()
    const server = await database.inspect(session)
    const claim = await claimNamespace({ database, session, target, serverInfo: server, namespace, confirm })
    await prepareData({ database, session, namespace, serverInfo: server, scenario, fresh, listener })
    await markDirty(claim, scenario)
    stop.drain.removeEventListener('abort', giveUp)
    stop.drain.throwIfAborted()
    const result = await work(database, server)
    await releaseNamespace(claim)
    return result
  } catch (error) {
    throw stop.drain.aborted && !(error instanceof OltpError && error.exitCode === exitCodes.broke) ? stoppedEarly(error) : error
  } finally {
    stop.drain.removeEventListener('abort', giveUp)
    await control.session.end()
  }
}

async function connectFor(database: Database, target: Target): Promise<{ session: Session; detail: string }> {
  try {
    const session = await database.connect(target, {
      namespace: null,
      settings: {},
      statementTimeoutMs: null,
      protocol: 'prepared',
      pipeline: false,
    })
    return { session, detail: '' }
  } catch (error) {
    throw connectionProblem(error, target)
  }
}

function stoppedEarly(cause: unknown): OltpError {
  return new OltpError(stoppedCode, exitCodes.interrupted, 'stopped while getting ready', { cause })
}
