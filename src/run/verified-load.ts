import type { Database, ServerInfo, Session } from '../database/contract.js'
import { connectionProblem } from '../database/problem.js'
import { describeTarget } from '../database/url.js'
import { type Load, type LoadReport, startLoad } from '../engine/load.js'
import type { Result } from '../measure/result.js'
import { checkInvariants, type InvariantFacts, readInvariants } from '../verify/invariants.js'
import { watchInvariants } from '../verify/watch.js'
import type { BenchPlan } from './bench.js'
import { CheckWatch, finalStates } from './check-watch.js'
import type { RunListener, StopControl } from './events.js'
import { InvariantLog } from './invariant-log.js'
import { beginChecks, type CountersBefore, finishChecks } from './load-checks.js'
import { measuredSpans } from './measured-phases.js'
import { type ServerFindings, ServerWatch } from './server-watch.js'
import { thresholdStates } from './threshold-states.js'

export interface VerifiedLoad {
  readonly report: LoadReport
  /** What the server said of itself meanwhile. */
  readonly findings: ServerFindings
  readonly invariants: Result['invariants']
  readonly checks: Result['checks']
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
    const counters = await beginChecks(verifier, plan.scenario.checks)

    const { report, startedAt, findings, marks } = await withServerWatch(plan, database, server, listener, watching =>
      withCounting(plan, database, counters, watching, watch => watchedLoad(plan, verifier, server, facts, log, watching, watch, stop)),
    )
    if (report.fatal !== null) throw connectionProblem(report.fatal, plan.target)

    const checkAfter = async (session: Session) => ({
      checks: await checkInvariants(session, invariants, 'after', { ...facts, tallies: report.tallies }),
      // A scenario whose steps do not work may well name the wrong lists: that is what is to be said.
      anomalies:
        report.broken !== null
          ? []
          : await finishChecks(session, plan.scenario, counters, {
              records: report.checks,
              marks,
              measured: measuredSpans(report.phases),
            }),
    })
    // The server may have dropped the session meanwhile, as it may have those of the load.
    const { checks, anomalies } = verifier.alive ? await checkAfter(verifier) : await withVerifier(plan, database, checkAfter)
    log.record('after', null, checks)
    listener({ kind: 'invariants', states: log.states() })
    if (anomalies.length > 0) listener({ kind: 'anomalies', states: finalStates(anomalies) })
    return { report, findings, invariants: log.results(), checks: anomalies, startedAt, endedAt: Date.now() }
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

/** Has what the load threads note for the checks counted while `run` makes the load; for counters, on a session of its own. */
async function withCounting<T>(
  { scenario: { checks, phases }, ...plan }: BenchPlan,
  database: Database,
  counters: CountersBefore,
  listener: RunListener,
  run: (watch: CheckWatch | null) => Promise<T>,
): Promise<T & Pick<CheckWatch, 'marks'>> {
  if (checks.length === 0) return { ...(await run(null)), marks: new Map() }
  return withVerifier(plan, database, async session => {
    const watch = new CheckWatch(session, checks, phases, counters, listener)
    const result = await run(watch).finally(() => watch.stop())
    return { ...result, marks: watch.marks }
  })
}

async function watchedLoad(
  plan: BenchPlan,
  verifier: Session,
  server: ServerInfo,
  facts: InvariantFacts,
  log: InvariantLog,
  listener: RunListener,
  checkWatch: CheckWatch | null,
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
      onPhase(index, t_s) {
        checkWatch?.onPhase(index, t_s * 1e6)
        listener({ kind: 'phase', index, t_s })
      },
      onTick(tick) {
        checkWatch?.onTick()
        listener({ kind: 'tick', tick })
        listener({ kind: 'thresholds', states: thresholds(tick) })
      },
      onNotice: (level, text) => listener({ kind: 'notice', level, t_s: elapsed_s(), text }),
    },
  )
  checkWatch?.follow(load)
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

async function withVerifier<T>(
  plan: Pick<BenchPlan, 'target' | 'namespace'>,
  database: Database,
  use: (session: Session) => Promise<T>,
): Promise<T> {
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
