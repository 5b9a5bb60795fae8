import type { Database, Session, Target } from '../database/contract.js'
import { claimNamespace, releaseNamespace, requireConfirmation } from '../database/namespace.js'
import { openDatabase } from '../database/open.js'
import { connectionProblem } from '../database/problem.js'
import { exitCodes, OltpError } from '../errors.js'
import type { Result } from '../measure/result.js'
import type { ResolvedScenario } from '../scenario/model.js'
import { assembleResult } from './assemble.js'
import type { RunListener, StopControl } from './events.js'
import { markDirty, prepareData } from './prepare.js'
import { preparationStep } from './progress.js'
import { runVerifiedLoad } from './verified-load.js'

export interface BenchPlan {
  readonly scenario: ResolvedScenario
  readonly target: Target
  /** The server was started by us, for this run or by `oltp server start`. */
  readonly throwaway: boolean
  readonly namespace: string
  /** What the user gave as `--confirm`. */
  readonly confirm: string | null
  /** Seed again even if the data is clean. */
  readonly fresh: boolean
  readonly threads: number
  readonly protocol: 'prepared' | 'extended'
  readonly pipeline: boolean
  readonly latencyLimitMs: number | null
  readonly labels: { readonly [name: string]: string }
  readonly argv: readonly string[]
  readonly version: string
  readonly ci: boolean
}

/** The code of the error that a run ends with when it is stopped before anything was measured. */
export const stoppedCode = 'STOPPED'

/**
 * One run from an empty server to the result: namespace, migrations, seed, load, invariants. What happens is told to the
 * listener as it happens. The data stays for the next run.
 *
 * @throws OltpError when it cannot be set up, or with `stoppedCode`
 */
export async function runBench(plan: BenchPlan, listener: RunListener, stop: StopControl): Promise<Result> {
  const { scenario, target, namespace, confirm, fresh } = plan
  const notices: Result['series']['events'] = []
  const noting: RunListener = event => {
    if (event.kind === 'notice') notices.push({ t_s: event.t_s, level: event.level, text: event.text })
    listener(event)
  }
  requireConfirmation(target, confirm)
  const database = await openDatabase(target.engine)
  const control = await preparationStep(noting, 'connect', 'connect', async () => connectFor(database, target, null))
  // Whatever statement the preparation is at fails at once, which ends it.
  const giveUp = () => control.session.destroy()
  stop.drain.addEventListener('abort', giveUp)
  try {
    const { session } = control
    stop.drain.throwIfAborted()
    const server = await database.inspect(session)
    const claim = await claimNamespace({ database, session, target, serverInfo: server, namespace, confirm })
    await prepareData({ database, session, namespace, serverInfo: server, scenario, fresh, listener: noting })
    await markDirty(claim, scenario)
    stop.drain.removeEventListener('abort', giveUp)
    stop.drain.throwIfAborted()
    const verified = await runVerifiedLoad(plan, database, server, noting, stop)
    const result = assembleResult({ plan, server, verified, notices })
    listener({ kind: 'result', result })
    await releaseNamespace(claim)
    return result
  } catch (error) {
    throw stop.drain.aborted && !(error instanceof OltpError && error.exitCode === exitCodes.broke) ? stoppedEarly(error) : error
  } finally {
    stop.drain.removeEventListener('abort', giveUp)
    await control.session.end()
  }
}

async function connectFor(database: Database, target: Target, namespace: string | null): Promise<{ session: Session; detail: string }> {
  try {
    const session = await database.connect(target, {
      namespace,
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
