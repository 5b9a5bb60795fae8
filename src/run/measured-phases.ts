import type { ResultPhase } from '../measure/result.js'
import { spansBefore, type TimeSpan } from '../measure/spans.js'
import type { Phase } from '../scenario/model.js'

/** When the measured phases of a load run, as far as they have begun. Microseconds since the load's zero. */
export class MeasuredPhases {
  private readonly phases: readonly Phase[]
  private readonly starts: number[] = []

  constructor(phases: readonly Phase[]) {
    this.phases = phases
  }

  began(index: number, at: number): void {
    this.starts[index] = at
  }

  until(now: number): readonly TimeSpan[] {
    const spans = this.starts.flatMap((from, index) => {
      const { measure, durationMs } = this.phases[index] as Phase
      const to = this.starts[index + 1] ?? (durationMs === null ? Number.POSITIVE_INFINITY : from + durationMs * 1000)
      return measure ? [{ from, to }] : []
    })
    return spansBefore(spans, now)
  }
}

/** The same of a load that is over. */
export function measuredSpans(phases: readonly ResultPhase[]): readonly TimeSpan[] {
  return phases.flatMap(({ measured, start_s, duration_s }) =>
    measured ? [{ from: start_s * 1e6, to: (start_s + duration_s) * 1e6 }] : [],
  )
}
