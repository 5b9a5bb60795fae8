import type { Database, ServerInfo, Session } from '../database/contract.js'
import { connectionProblem } from '../database/problem.js'
import { describeTarget } from '../database/url.js'
import { type Load, type LoadReport, startLoad } from '../engine/load.js'
import type { Result } from '../measure/result.js'
import { checkInvariants, type InvariantFacts, readInvariants } from '../verify/invariants.js'
import { watchInvariants } from '../verify/watch.js'
import type { BenchPlan } from './bench.js'
import type { RunListener, StopControl } from './events.js'
import { InvariantLog } from './invariant-log.js'
import { type ServerFindings, ServerWatch } from './server-watch.js'
import { thresholdStates } from './threshold-states.js'

export interface VerifiedLoad {
  readonly report: LoadReport
  /** What the server said of itself meanwhile. */
  readonly findings: ServerFindings
  readonly invariants: Result['invariants']
  /** Date.now() of the load's zero, and when the last check was done. */
  readonly startedAt: number
  readonly endedAt: number
}

/** How long transactions in flight may take to finish once the last phase is over. */
const drainMs = 10_000

/** Runs the load on prepared data, and checks the scenario's invariants before, while and after. */
export async function runVerifiedLoad(
  plan: BenchPlan,
  database: Database,
  server: ServerInfo,
  listener: RunListener,
  stop: StopControl,
): Promise<VerifiedLoad> {
  const { invariants, parameters } = plan.scenario
  const log = new InvariantLog(invariants)
  return withVerifier(plan, database, async verifier => {
    const before = await readInvariants(verifier, invariants, server.dialect)
    const facts: InvariantFacts = { dialect: server.dialect, parameters, before, tallies: new Map() }
    log.record('before', null, await checkInvariants(verifier, invariants, 'before', facts))

    const { report, startedAt, findings } = await withServerWatch(plan, database, server, listener, watching =>
      watchedLoad(plan, verifier, server, facts, log, watching, stop),
    )
    if (report.fatal !== null) throw connectionProblem(report.fatal, plan.target)

    const checkAfter = (session: Session) => checkInvariants(session, invariants, 'after', { ...facts, tallies: report.tallies })
    // The server may have dropped the session meanwhile, as it may have those of the load.
    const checks = verifier.alive ? await checkAfter(verifier) : await withVerifier(plan, database, checkAfter)
    log.record('after', null, checks)
    listener({ kind: 'invariants', states: log.states() })
    return { report, findings, invariants: log.results(), startedAt, endedAt: Date.now() }
  })
}

/** Has the server watched while `run` makes its load, from before its first session to after its last. */
async function withServerWatch<T>(
  plan: BenchPlan,
  database: Database,
  server: ServerInfo,
  listener: RunListener,
  run: (watching: RunListener) => Promise<T>,
): Promise<T & { readonly findings: ServerFindings }> {
  const watch = await ServerWatch.open(plan, database, server, listener)
  try {
    const result = await run(event => {
      if (event.kind === 'load') watch.begin(event.startedAt)
      listener(event)
    })
    return { ...result, findings: await watch.finish() }
  } finally {
    await watch.close()
  }
}

async function watchedLoad(
  plan: BenchPlan,
  verifier: Session,
  server: ServerInfo,
  facts: InvariantFacts,
  log: InvariantLog,
  listener: RunListener,
  stop: StopControl,
): Promise<{ report: LoadReport; startedAt: number }> {
  const { scenario, target, namespace, threads, protocol, pipeline, latencyLimitMs } = plan
  const { dialect } = server
  const thresholds = thresholdStates(scenario)
  let zero: number | null = null
  const elapsed_s = () => (zero === null ? null : (Date.now() - zero) / 1000)
  const load = startLoad(
    { scenario, dialect, target, namespace, threads, protocol, pipeline, latencyLimitMs, drainMs },
    {
      onPhase: (index, t_s) => listener({ kind: 'phase', index, t_s }),
      onTick(tick) {
        listener({ kind: 'tick', tick })
        listener({ kind: 'thresholds', states: thresholds(tick) })
      },
      onNotice: (level, text) => listener({ kind: 'notice', level, t_s: elapsed_s(), text }),
    },
  )
  const disobey = obey(stop, load, listener)
  try {
    const { startedAt } = await load.ready
    zero = startedAt
    listener({ kind: 'load', scenario, target: describeTarget(target), server, startedAt })
    listener({ kind: 'invariants', states: log.states() })
    const watch = watchInvariants(verifier, scenario.invariants, facts, {
      onChecks(checks) {
        log.record('during', elapsed_s(), checks)
        listener({ kind: 'invariants', states: log.states() })
      },
      onError(error) {
        const text = `an invariant could not be checked: ${error instanceof Error ? error.message : String(error)}`
        listener({ kind: 'notice', level: 'warning', t_s: elapsed_s(), text })
      },
    })
    const report = await load.finished.finally(() => watch.stop())
    return { report, startedAt }
  } catch (error) {
    throw connectionProblem(error, target)
  } finally {
    disobey()
  }
}

/** Passes the user's stop on to the load. */
export function obey(stop: StopControl, load: Load, listener: RunListener): () => void {
  const drain = () => {
    listener({ kind: 'stopping', how: 'drain' })
    load.drain()
  }
  const now = () => {
    listener({ kind: 'stopping', how: 'now' })
    load.stop()
  }
  stop.drain.addEventListener('abort', drain)
  stop.now.addEventListener('abort', now)
  return () => {
    stop.drain.removeEventListener('abort', drain)
    stop.now.removeEventListener('abort', now)
  }
}

async function withVerifier<T>(plan: BenchPlan, database: Database, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await database
    .connect(plan.target, { namespace: plan.namespace, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false })
    .catch(error => {
      throw connectionProblem(error, plan.target)
    })
  try {
    return await use(session)
  } finally {
    await session.end()
  }
}
