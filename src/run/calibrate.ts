import { DatabaseError } from '../database/contract.js'
import { type LoadReport, startLoad } from '../engine/load.js'
import { exitCodes, OltpError } from '../errors.js'
import { type Calibration, trustedShare } from '../measure/calibration.js'
import type { ResolvedScenario } from '../scenario/model.js'
import type { StubUse } from '../server/stub/messages.js'
import { startStub } from '../server/stub/stub.js'
import { describeScenario } from './assemble.js'
import type { BenchPlan } from './bench.js'
import { describeEnvironment } from './environment.js'
import type { RunListener, StopControl } from './events.js'
import type { RecordedReplies } from './record-replies.js'
import { obey } from './verified-load.js'
import { waitsOf, withoutWaits } from './without-waits.js'

/** How long transactions in flight may take to finish once the last phase is over. */
const drainMs = 10_000

/**
 * Runs the scenario's load, a closed loop without waits, against a stub that gives the recorded replies. Nothing is verified:
 * the stub holds no data.
 *
 * @throws OltpError `CALIBRATION_BROKE`, and as `startStub` does
 */
export async function calibrate(
  plan: BenchPlan,
  recorded: RecordedReplies,
  listener: RunListener,
  stop: StopControl,
): Promise<Calibration> {
  const { server } = recorded
  const scenario: ResolvedScenario = { ...withoutWaits(plan.scenario), invariants: [], thresholds: [] }
  const stub = await startStub(recorded.recording)
  try {
    const { namespace, threads, protocol, pipeline } = plan
    const load = startLoad(
      { scenario, dialect: server.dialect, target: stub.target, namespace, threads, protocol, pipeline, latencyLimitMs: null, drainMs },
      {
        onPhase: (index, t_s) => listener({ kind: 'phase', index, t_s }),
        onTick: tick => listener({ kind: 'tick', tick }),
        onNotice: (level, text) => listener({ kind: 'notice', level, t_s: null, text }),
      },
    )
    const disobey = obey(stop, load, listener)
    try {
      const { startedAt } = await load.ready.catch(error => {
        throw error instanceof DatabaseError ? broke(error.message) : error
      })
      listener({ kind: 'load', scenario, target: `the stub`, server, startedAt })
      return describe(plan, recorded, await load.finished, stub.use())
    } finally {
      disobey()
    }
  } finally {
    await stub.stop()
  }
}

function describe(plan: BenchPlan, { server, unseen }: RecordedReplies, report: LoadReport, use: StubUse): Calibration {
  const phase = report.phases[report.headline]
  if (report.broken !== null || report.fatal !== null || phase === undefined)
    throw broke(report.broken?.message ?? report.fatal?.message ?? 'nothing ran')
  const { name, variant, parameters } = describeScenario(plan.scenario)
  const { committed, rolled_back, failed, retries } = phase.totals
  const ended = report.phases.reduce((sum, { totals }) => sum + totals.committed + totals.rolled_back + totals.failed, 0)
  const { cpu_us_per_transaction, utilisation } = report.generator
  const { node, platform, cpu_model, logical_cores } = describeEnvironment(plan.target, plan.ci)
  return {
    schema: 'oltp.calibration/1',
    tool: { name: 'oltp', version: plan.version },
    scenario: { name, variant, parameters },
    load: { clients: phase.clients.to, threads: plan.threads, protocol: plan.protocol, pipeline: plan.pipeline },
    recorded_from: { engine: plan.target.engine, product: server.product, version: server.version },
    tps: phase.tps,
    duration_s: phase.duration_s,
    trusted_tps: phase.tps * trustedShare,
    latency: phase.latency,
    totals: { committed, rolled_back, failed, retries },
    generator: { cpu_us_per_transaction, utilisation },
    stub: { cpu_us_per_transaction: ended === 0 ? null : use.cpuUs / ended, utilisation: use.busiest },
    interrupted: report.interrupted,
    environment: { node, platform, cpu_model, logical_cores },
    notices: [
      ...waitsOf(plan.scenario).map(what => `left out: ${what}`),
      ...(unseen.length === 0 ? [] : [`never sent while replies were recorded, so that the stub has none: ${unseen.join(', ')}`]),
    ],
  }
}

function broke(message: string): OltpError {
  return new OltpError('CALIBRATION_BROKE', exitCodes.broke, `the load broke against the stub: ${message}`, {
    hint: 'a branch that is rarely taken may not have been recorded: weigh it more, or calibrate without it',
  })
}
