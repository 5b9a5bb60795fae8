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
  private finished = false

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
    if (this.finished) return
    const before = this.windows.length - 1
    const open = this.windows[before]
    if (open !== undefined && open.end === null) this.windows[before] = { start: open.start, end: start }
    if (index < this.phases.length) this.enter(index, start)
    else this.finish()
  }

  /** Index of the phase at a time that is not before the last one asked for; null before the first and after the last. */
  at(now: number): number | null {
    if (now < 0) return null
    let latest = this.windows.at(-1)
    while (!this.finished && latest !== undefined && latest.end !== null && now >= latest.end) {
      if (this.windows.length < this.phases.length) this.enter(this.windows.length, latest.end)
      else this.finish()
      latest = this.windows.at(-1)
    }
    return this.finished || latest === undefined ? null : this.windows.length - 1
  }

  get over(): boolean {
    return this.finished
  }

  windowOf(index: number): PhaseWindow {
    return this.windows[index] as PhaseWindow
  }

  /** Cut short: no phase any more, from now on. */
  close(): void {
    this.finished = true
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

  private finish(): void {
    this.finished = true
    clearTimeout(this.timer)
    this.onPhase(this.phases.length, { start: this.windows.at(-1)?.end ?? this.clock(), end: null })
  }
}
