import { createHash } from 'node:crypto'
import { type Load, type LoadPlan, type LoadReport, startLoad } from '#oltp/engine/load.js'
import type { ResultPhase } from '#oltp/measure/result.js'
import type { Tick } from '#oltp/measure/tick.js'
import { parseScenario } from '#oltp/scenario/parse.js'
import { resolveScenario } from '#oltp/scenario/resolve.js'
import type { engines } from './servers.js'
import type { Ground } from './sessions.js'

/** A load in worker threads against a real server, from a scenario's text. */
export interface RealLoad {
  readonly load: Load
  readonly ticks: readonly Tick[]
  readonly phasesSeen: readonly number[]
}

export function startReal(engine: (typeof engines)[number], ground: Ground, text: string, more: Partial<LoadPlan> = {}): RealLoad {
  const sha256 = createHash('sha256').update(text).digest('hex')
  const scenario = resolveScenario(parseScenario(text, 'inline.yaml', sha256), { variant: null, set: {}, overrides: {} })
  const ticks: Tick[] = []
  const phasesSeen: number[] = []
  const load = startLoad(
    {
      scenario,
      dialect: engine.name,
      target: ground.target,
      namespace: ground.namespace,
      threads: 1,
      protocol: 'prepared',
      pipeline: false,
      latencyLimitMs: null,
      drainMs: 5000,
      ...more,
    },
    { onPhase: index => phasesSeen.push(index), onTick: tick => ticks.push(tick), onNotice() {} },
  )
  return { load, ticks, phasesSeen }
}

export async function runReal(
  ...args: Parameters<typeof startReal>
): Promise<RealLoad & { readonly report: LoadReport; readonly phase: ResultPhase }> {
  const real = startReal(...args)
  const report = await real.load.finished
  const phase = report.phases[report.headline]
  if (phase === undefined) throw new Error('no phase began')
  return { ...real, report, phase }
}
