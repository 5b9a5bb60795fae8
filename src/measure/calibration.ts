import type { Result, ResultGenerator, ResultLatency, ResultTotals } from './result.js'

/**
 * What a calibration leaves behind, `oltp.calibration/1`: the most that the generator can do with a scenario, found against a stub
 * that answers at once. Units are in the names; what it shares with a result is as in a result.
 */
export interface Calibration {
  readonly schema: 'oltp.calibration/1'
  readonly tool: { readonly name: 'oltp'; readonly version: string }
  readonly scenario: Pick<Result['scenario'], 'name' | 'variant' | 'parameters'>
  readonly load: Pick<Result['load'], 'clients' | 'threads' | 'protocol' | 'pipeline'>
  /** The server whose replies the stub gives. */
  readonly recorded_from: Pick<Result['target'], 'engine' | 'product' | 'version'>
  /** The ceiling, and how long it was held. */
  readonly tps: number
  readonly duration_s: number
  /** What a measurement may reach before it is one of the generator as much as of the server. */
  readonly trusted_tps: number
  /** In a closed loop: `service`. */
  readonly latency: ResultLatency
  readonly totals: Pick<ResultTotals, 'committed' | 'rolled_back' | 'failed' | 'retries'>
  readonly generator: Pick<ResultGenerator, 'cpu_us_per_transaction' | 'utilisation'>
  readonly stub: {
    /** Processor time of its process, by transactions that ended. */
    readonly cpu_us_per_transaction: number | null
    /** Of its busiest half second: near 1 the ceiling is the stub's own. */
    readonly utilisation: number
  }
  readonly interrupted: Result['interrupted']
  readonly environment: Pick<Result['environment'], 'node' | 'platform' | 'cpu_model' | 'logical_cores'>
  /** What was left out or has to be known, as people are told. */
  readonly notices: readonly string[]
}

/** Beyond this share of the ceiling a measurement is one of the generator as much as of the server. */
export const trustedShare = 0.6

/** From this on a thread counts as busy: a little of the time it always waits for the other side. */
const busy = 0.8

/** What held the rate down. `neither`: too few clients to keep either busy, or somebody else who took the processors. */
export function limitOf({ stub, generator }: Pick<Calibration, 'stub' | 'generator'>): 'generator' | 'stub' | 'neither' {
  if (generator.utilisation === null || generator.utilisation >= busy) return 'generator'
  return stub.utilisation >= busy ? 'stub' : 'neither'
}
