import type { Phase } from '../scenario/model.js'
import type { Clock } from './clock.js'
import type { PhaseWindow } from './phases.js'

/**
 * Which phase it is, as one worker sees it. A phase with a duration ends by the clock, so that all workers agree without a word; one
 * that is bounded by transactions ends when the main thread says so.
 */
export class Timeline {
  private readonly windows: PhaseWindow[] = []
  private readonly phases: readonly Phase[]
  private readonly clock: Clock
  private readonly onPhase: (index: number, window: PhaseWindow) => void
  private timer: NodeJS.Timeout | undefined
  /** No phase any more from then on. */
  private endedAt = Number.POSITIVE_INFINITY

  constructor(phases: readonly Phase[], clock: Clock, onPhase: (index: number, window: PhaseWindow) => void) {
    this.phases = phases
    this.clock = clock
    this.onPhase = onPhase
  }

  /** Begins with the first phase at time 0. */
  start(): void {
    this.enter(0, 0)
  }

  /** The phase before this one, which was bounded by transactions, is over in all workers. */
  begin(index: number, start: number): void {
    if (this.over) return
    const before = this.windows.length - 1
    const open = this.windows[before]
    if (open !== undefined && open.end === null) this.windows[before] = { start: open.start, end: start }
    if (index < this.phases.length) this.enter(index, start)
    else this.finish(start)
  }

  /** Index of the phase at a time that has come; null before the first and after the last. */
  at(now: number): number | null {
    if (now < 0) return null
    let latest = this.windows.at(-1)
    while (!this.over && latest !== undefined && latest.end !== null && now >= latest.end) {
      if (this.windows.length < this.phases.length) this.enter(this.windows.length, latest.end)
      else this.finish(latest.end)
      latest = this.windows.at(-1)
    }
    if (latest === undefined || now >= this.endedAt) return null
    // Of two clients that read the clock, the one that read it first may ask last.
    return now >= latest.start ? this.windows.length - 1 : this.windows.findLastIndex(({ start }) => now >= start)
  }

  get over(): boolean {
    return this.endedAt !== Number.POSITIVE_INFINITY
  }

  windowOf(index: number): PhaseWindow {
    return this.windows[index] as PhaseWindow
  }

  /** Cut short: no phase any more, from now on. */
  close(): void {
    if (!this.over) this.endedAt = this.clock()
    clearTimeout(this.timer)
  }

  private enter(index: number, start: number): void {
    const { durationMs } = this.phases[index] as Phase
    const window = { start, end: durationMs === null ? null : start + durationMs * 1000 }
    this.windows.push(window)
    clearTimeout(this.timer)
    if (window.end !== null) this.watch(window.end)
    this.onPhase(index, window)
  }

  /** Phases change although all clients may be busy or asleep. */
  private watch(end: number): void {
    this.timer = setTimeout(
      () => {
        if (this.clock() < end) this.watch(end)
        else this.at(this.clock())
      },
      Math.min(Math.max(1, (end - this.clock()) / 1000), 2_000_000_000),
    )
  }

  private finish(end: number): void {
    this.endedAt = end
    clearTimeout(this.timer)
    this.onPhase(this.phases.length, { start: end, end: null })
  }
}
