import { DatabaseError, type ServerInfo, type Target } from '../database/contract.js'
import { connectionProblem } from '../database/problem.js'
import { type LoadReport, startLoad } from '../engine/load.js'
import { exitCodes, OltpError } from '../errors.js'
import type { ResultPhase } from '../measure/result.js'
import type { Phase, ResolvedScenario } from '../scenario/model.js'
import type { Recording } from '../server/stub/recording.js'
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
  /** Statements that never came: the stub has no reply to them. */
  readonly unseen: readonly string[]
}

/** A short load is enough for most; what is rare is waited for. */
const roundsMs = [1500, 3000, 6000]
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
        const seen = new Set<string>()
        let left: Unseen = unseenOf(plan.scenario, seen)
        for (const [round, durationMs] of roundsMs.entries()) {
          update(round === 0 ? '' : `waiting for ${[...left.transactions, ...left.statements].join(', ')}`, null)
          const phase = await load(plan, relay.target, server, round, durationMs, stop)
          noteSeen(phase, seen)
          left = unseenOf(plan.scenario, seen, phase)
          if (left.transactions.length + left.statements.length === 0) break
        }
        if (left.transactions.length > 0) throw incomplete(left.transactions)
        const recording = relay.recording()
        return { recording, server, unseen: left.statements, detail: `${recording.statements.length} texts` }
      }),
    )
  } finally {
    await relay.stop()
  }
}

interface Unseen {
  readonly transactions: readonly string[]
  readonly statements: readonly string[]
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
  const names = scenario.transactions.filter(transaction => mayRun(transaction, scenario)).map(({ name }) => name)
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

function noteSeen({ transactions, statements }: ResultPhase, seen: Set<string>): void {
  for (const { name, totals } of transactions) if (totals.committed + totals.rolled_back > 0) seen.add(name)
  for (const { name, executions } of statements) if (executions > 0) seen.add(name)
}

function unseenOf(scenario: ResolvedScenario, seen: ReadonlySet<string>, phase?: ResultPhase): Unseen {
  const transactions = scenario.transactions.filter(transaction => mayRun(transaction, scenario)).map(({ name }) => name)
  const statements = (phase?.statements ?? []).map(({ name }) => name)
  return {
    transactions: transactions.filter(name => !seen.has(name)),
    statements: statements.filter(name => !seen.has(name) && transactions.some(transaction => name.startsWith(`${transaction}/`))),
  }
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
