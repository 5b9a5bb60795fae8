import type { Load } from '../engine/load.js'
import { secondsOf, spansBefore, type TimeSpan } from '../measure/spans.js'
import { type AnomalyName, anomalyNames } from '../scenario/anomalies.js'
import type { LiveFindings } from '../verify/history/live.js'
import { LiveThread } from '../verify/history/live-in-worker.js'
import { type AnomalyKind, kindSoFar } from './anomaly-kinds.js'

/** Of the time, while the load runs: the server and the load want theirs. */
const mostShare = 0.1

interface Standing {
  transactions: number
  measured_s: number
  readonly counts: Map<AnomalyName, { count: number; measured: number }>
}

/** Looks at what is recorded of lists while the load runs, in a thread of its own that works for a tenth of the time at most. */
export class ListWatch {
  private readonly thread = new LiveThread()
  private readonly standings: readonly Standing[]
  private looking: Promise<void> | null = null
  private restsUntil = 0

  /** @param checks how many there are of lists */
  constructor(checks: number) {
    this.standings = Array.from({ length: checks }, () => ({ transactions: 0, measured_s: 0, counts: new Map() }))
  }

  /** Unless it looks already, or rests. @param measured when the load was measured so far */
  look(load: Pick<Load, 'recent'>, measured: readonly TimeSpan[]): void {
    if (this.looking !== null || performance.now() < this.restsUntil) return
    this.looking = this.lookNow(load, measured)
      .then(tookMs => {
        this.restsUntil = performance.now() + tookMs * (1 / mostShare - 1)
        this.looking = null
      })
      // It finds no more from now on; what there is, is found after the load.
      .catch(() => {})
  }

  /** Of one check, by its place among those of lists: how many transactions it has looked at, and what it has found in them. */
  standing(index: number): { readonly transactions: number; readonly kinds: readonly AnomalyKind[] } {
    const { transactions, counts, measured_s } = this.standings[index] as Standing
    const kinds = anomalyNames.flatMap(name => {
      const found = counts.get(name)
      return found === undefined ? [] : [kindSoFar(name, found.count, found.measured, measured_s)]
    })
    return { transactions, kinds }
  }

  async close(): Promise<void> {
    await this.thread.close()
    await this.looking
  }

  private async lookNow(load: Pick<Load, 'recent'>, measured: readonly TimeSpan[]): Promise<number> {
    const threads = await load.recent()
    const parts = this.standings.map((_, check) => threads.flatMap(histories => histories[check] ?? []))
    const { findings, tookMs } = await this.thread.look({ parts, measured })
    findings.forEach((found, check) => {
      if (found !== null) add(this.standings[check] as Standing, found, measured)
    })
    return tookMs
  }
}

function add(standing: Standing, { transactions, until, anomalies }: LiveFindings, measured: readonly TimeSpan[]): void {
  standing.transactions += transactions
  standing.measured_s = Math.max(standing.measured_s, secondsOf(spansBefore(measured, until)))
  for (const { name, count, measured: within } of anomalies) {
    const known = standing.counts.get(name) ?? { count: 0, measured: 0 }
    standing.counts.set(name, { count: known.count + count, measured: known.measured + within })
  }
}
