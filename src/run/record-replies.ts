import { DatabaseError, type ServerInfo, type Target } from '../database/contract.js'
import { connectionProblem } from '../database/problem.js'
import { type LoadReport, startLoad } from '../engine/load.js'
import { exitCodes, OltpError } from '../errors.js'
import { formatCount } from '../format.js'
import type { ResultPhase } from '../measure/result.js'
import type { Phase, ResolvedScenario } from '../scenario/model.js'
import { hasReply, type Recording } from '../server/stub/recording.js'
import { startRelay } from '../server/stub/relay.js'
import type { BenchPlan } from './bench.js'
import type { RunListener, StopControl } from './events.js'
import { preparationStep } from './progress.js'
import { mayRun } from './read-only.js'
import { withData } from './with-data.js'
import { withoutWaits } from './without-waits.js'

/** What a server answered to a scenario's statements, and which server that was. */
export interface RecordedReplies {
  readonly recording: Recording
  readonly server: ServerInfo
  /** Statements by name that never came: the stub has no reply to them. */
  readonly unseen: readonly string[]
}

/** A short load shows nearly all. Rare statements get a second one, transactions that did not come to an end yet a third as well. */
const roundsMs = [1500, 1500, 6000]
const roundsForStatements = 2
const drainMs = 5000

/**
 * Prepares the scenario's data as a run does, and lets a small load of every transaction that may run go through a relay that
 * remembers the server's replies.
 *
 * @throws OltpError as `withData` and `startRelay` do; `RECORDING_BROKE`, `RECORDING_INCOMPLETE`
 */
export async function recordReplies(plan: BenchPlan, listener: RunListener, stop: StopControl): Promise<RecordedReplies> {
  const relay = await startRelay(plan.target)
  try {
    return await withData(plan, listener, stop, (_, server) =>
      preparationStep(listener, 'record', 'record replies', async update => {
        const ended = new Set<string>()
        for (const [round, durationMs] of roundsMs.entries()) {
          const phase = await load(plan, relay.target, server, round, durationMs, stop)
          for (const { name, totals } of phase.transactions) if (totals.committed + totals.rolled_back > 0) ended.add(name)
          const recording = relay.recording()
          const waiting = namesOf(plan.scenario).filter(name => !ended.has(name))
          const unseen = unseenIn(recording, phase, plan.scenario)
          if (waiting.length === 0 && (unseen.length === 0 || round + 1 >= roundsForStatements)) {
            return { recording, server, unseen, detail: `to ${formatCount(recording.statements.length)} texts` }
          }
          update(`waiting for ${[...waiting, ...unseen].join(', ')}`, null)
        }
        throw incomplete(namesOf(plan.scenario).filter(name => !ended.has(name)))
      }),
    )
  } finally {
    await relay.stop()
  }
}

/** Of the transactions that may run. */
function namesOf(scenario: ResolvedScenario): string[] {
  return scenario.transactions.filter(transaction => mayRun(transaction, scenario)).map(({ name }) => name)
}

/** The statements of those transactions that have no reply yet. */
function unseenIn(recording: Recording, { statements }: ResultPhase, scenario: ResolvedScenario): string[] {
  const owners = namesOf(scenario)
  const mine = statements.filter(({ name }) => owners.some(owner => name.startsWith(`${owner}/`)))
  return mine.filter(({ sql }) => !hasReply(recording, sql)).map(({ name }) => name)
}

async function load(
  plan: BenchPlan,
  target: Target,
  server: ServerInfo,
  round: number,
  durationMs: number,
  stop: StopControl,
): Promise<ResultPhase> {
  const { namespace, protocol, pipeline } = plan
  const scenario = smallLoad(plan.scenario, round, durationMs)
  const { dialect } = server
  const running = startLoad(
    { scenario, dialect, target, namespace, threads: 1, protocol, pipeline, latencyLimitMs: null, drainMs },
    { onPhase() {}, onTick() {}, onNotice() {} },
  )
  const giveUp = () => running.stop()
  stop.drain.addEventListener('abort', giveUp)
  try {
    const report = await running.ready.then(() => running.finished)
    stop.drain.throwIfAborted()
    return phaseOf(report, plan)
  } catch (error) {
    throw error instanceof DatabaseError ? connectionProblem(error, plan.target) : error
  } finally {
    stop.drain.removeEventListener('abort', giveUp)
  }
}

function phaseOf({ fatal, broken, phases, headline }: LoadReport, plan: BenchPlan): ResultPhase {
  if (fatal !== null) throw connectionProblem(fatal, plan.target)
  const phase = phases[headline]
  if (broken === null && phase !== undefined) return phase
  const message = broken === null ? 'nothing ran' : `${broken.transaction}: ${broken.message}`
  throw new OltpError('RECORDING_BROKE', exitCodes.broke, `the load broke while replies were recorded: ${message}`, {
    hint: 'run it without --calibrate first, until it runs through',
  })
}

/** Two clients at least, since some transactions wait for what others do, and each transaction as often as the next. */
function smallLoad(scenario: ResolvedScenario, round: number, durationMs: number): ResolvedScenario {
  const names = namesOf(scenario)
  const clients = Math.max(2, Math.min(8, names.length))
  const phase: Phase = {
    name: 'recording',
    clients: { from: clients, to: clients },
    durationMs,
    transactions: null,
    rate: null,
    arrivals: 'poisson',
    measure: true,
    weights: Object.fromEntries(names.map(name => [name, 1])),
  }
  return { ...withoutWaits(scenario), randomSeed: scenario.randomSeed + round, groups: [], phases: [phase], thresholds: [] }
}

function incomplete(transactions: readonly string[]): OltpError {
  return new OltpError(
    'RECORDING_INCOMPLETE',
    exitCodes.broke,
    `${transactions.join(', ')} never came to an end while replies were recorded`,
    {
      hint: 'run it without --calibrate first, to see what keeps it',
    },
  )
}
