import type { Result, ResultGenerator, ResultPhase, ValidityCheck } from './result.js'

/** What the verdict on a run is made from: the headline phase and what was seen while it ran. */
export interface ValidityInputs {
  readonly phase: ResultPhase
  readonly threads: number
  /** Per second of the phase: the busiest load thread's event-loop utilisation, 0 to 1, and arrivals that waited. */
  readonly seconds: readonly { readonly t_s: number; readonly utilisation: number; readonly backlog: number }[]
  readonly generator: ResultGenerator
  /** Open loop: arrivals that were due in the phase, and those that a client took before the phase ended. */
  readonly due: number
  readonly taken: number
  readonly clientsLost: number
  readonly interrupted: Result['interrupted']
  /** Histogram values that were no times at all, and those beyond the range. */
  readonly rejected: number
  readonly clamped: number
}

/** What one rule found. @param message what was seen and what to do, for when it is not ok */
export function found(
  id: string,
  status: ValidityCheck['status'],
  value: number,
  limit: number,
  unit: string,
  message: string,
): ValidityCheck {
  return { id, status, value, limit, unit, message: status === 'ok' ? '' : message }
}
