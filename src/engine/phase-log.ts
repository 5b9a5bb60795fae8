import type { Phase } from '../scenario/model.js'
import type { PhaseSpan } from './collect.js'

/** Which phases began and ended when, as the main thread hears of it. Microseconds since the load's zero. */
export class PhaseLog {
  private readonly phases: readonly Phase[]
  private readonly workers: number
  private readonly starts: number[] = []
  /** Of phases bounded by transactions: the latest end so far, and how many workers are through. */
  private readonly ends: { latest: number; workers: number }[]

  constructor(phases: readonly Phase[], workers: number) {
    this.phases = phases
    this.workers = workers
    this.ends = phases.map(() => ({ latest: 0, workers: 0 }))
  }

  /** Index of the phase at a time that is not in the future; 0 before the first. */
  at(now: number): number {
    return Math.max(
      0,
      this.starts.findLastIndex(start => start <= now),
    )
  }

  startOf(index: number): number {
    return this.starts[index] ?? 0
  }

  /** False when another worker has said so already. */
  began(index: number, start: number): boolean {
    if (index < this.starts.length) return false
    this.starts[index] = start
    return true
  }

  /** A worker is through with a phase bounded by transactions: the phase's end once all of them are, else null. */
  workerDone(index: number, end: number): number | null {
    const ends = this.ends[index]
    if (ends === undefined) return null
    ends.latest = Math.max(ends.latest, end)
    ends.workers++
    return ends.workers === this.workers ? ends.latest : null
  }

  /** Of the phases that began. @param cutAt when the load was cut short; null: it was not */
  spans(cutAt: number | null): PhaseSpan[] {
    return this.starts.map((start, index) => {
      const { durationMs } = this.phases[index] as Phase
      const ends = this.ends[index]
      const done = ends !== undefined && ends.workers === this.workers ? Math.max(start, ends.latest) : null
      const planned = durationMs === null ? done : start + durationMs * 1000
      const end = Math.max(start, Math.min(planned ?? cutAt ?? start, cutAt ?? Number.POSITIVE_INFINITY))
      return { start, end, complete: planned !== null && planned <= end }
    })
  }
}
