import type { Result } from '../measure/result.js'
import { assembleResult } from './assemble.js'
import { describeEnvironment } from './environment.js'
import type { RunListener, StopControl } from './events.js'
import { runVerifiedLoad } from './verified-load.js'
import { type DataPlan, withData } from './with-data.js'

export interface BenchPlan extends DataPlan {
  /** The server was started by us, for this run or by `oltp server start`. */
  readonly throwaway: boolean
  readonly threads: number
  readonly protocol: 'prepared' | 'extended'
  readonly pipeline: boolean
  readonly latencyLimitMs: number | null
  readonly labels: { readonly [name: string]: string }
  readonly argv: readonly string[]
  readonly version: string
  readonly ci: boolean
}

/**
 * One run from an empty server to the result: namespace, migrations, seed, load, invariants. What happens is told to the
 * listener as it happens. The data stays for the next run.
 *
 * @throws OltpError when it cannot be set up, or with `stoppedCode`
 */
export async function runBench(plan: BenchPlan, listener: RunListener, stop: StopControl): Promise<Result> {
  const environment = describeEnvironment(plan.target, plan.ci)
  const notices: Result['series']['events'] = []
  const noting: RunListener = event => {
    if (event.kind === 'notice') notices.push({ t_s: event.t_s, level: event.level, text: event.text })
    listener(event)
  }
  return withData(plan, noting, stop, async (database, server) => {
    const verified = await runVerifiedLoad(plan, database, server, noting, stop)
    const result = assembleResult({ plan, server, verified, notices, environment })
    listener({ kind: 'result', result })
    return result
  })
}
