/** When arrivals of one phase are due: microseconds since the phase began, ascending; null after the last. */
export type ArrivalSchedule = () => number | null

export interface ArrivalPlan {
  readonly arrivals: 'constant' | 'poisson'
  /** Per second, over all workers; linear from one to the other over the duration. */
  readonly rate: { readonly from: number; readonly to: number }
  /** null: until `limit`, at the rate that the phase starts with. */
  readonly durationUs: number | null
  /** Arrivals of this worker at most; null: as many as the duration holds. */
  readonly limit: number | null
}

/**
 * The schedule of worker `worker` of `workers`. It counts from the phase's start, never from an earlier arrival's end, so that a
 * slow server cannot slow it down. Poisson: each worker is an independent process of its share of the rate, whose superposition is
 * a Poisson process again. Constant: worker k has arrivals k, k + workers, …
 *
 * @param uniform 0 ≤ u < 1, of a stream of this worker's own
 */
export function scheduleArrivals(plan: ArrivalPlan, worker: number, workers: number, uniform: () => number): ArrivalSchedule {
  const { arrivals, durationUs, limit } = plan
  let count = 0
  // In expected arrivals of the whole load since the phase began; a rate that changes is then a stretched time axis and nothing else.
  let expected = 0
  return () => {
    if (limit !== null && count >= limit) return null
    if (arrivals === 'constant') expected = worker + count * workers
    else expected += -Math.log(1 - uniform()) * workers
    count++
    const due = timeOf(expected, plan)
    return due === null || (durationUs !== null && due >= durationUs) ? null : due
  }
}

/** Solves `expected = from·t + (to − from)·t²/2T` for t; null when so many never come. */
function timeOf(expected: number, { rate, durationUs }: ArrivalPlan): number | null {
  const from = rate.from / 1e6
  if (durationUs === null || rate.from === rate.to) return from > 0 ? Math.round(expected / from) : null
  const slope = (rate.to - rate.from) / 1e6 / durationUs
  const discriminant = from * from + 2 * slope * expected
  if (discriminant < 0) return null
  // This form of the root does not cancel when the slope is small.
  const denominator = from + Math.sqrt(discriminant)
  return denominator === 0 ? 0 : Math.round((2 * expected) / denominator)
}
