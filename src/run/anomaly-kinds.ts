import { type AnomalyName, anomalyMeanings } from '../scenario/anomalies.js'

/** How often one anomaly was found so far. */
export interface AnomalyKind {
  readonly name: string
  readonly meaning: string
  readonly count: number
  /** In measured phases; null: not known, or none has run for long enough. */
  readonly perMinute: number | null
}

/** Of less than that a rate says nothing. */
const leastSeconds = 1

/** While the load runs. @param measured how many of them in measured phases; @param seconds that these have run so far */
export function kindSoFar(name: AnomalyName, count: number, measured: number, seconds: number): AnomalyKind {
  return { name, meaning: anomalyMeanings[name], count, perMinute: seconds < leastSeconds ? null : perMinute(measured, seconds) }
}

export function perMinute(measured: number, seconds: number): number | null {
  return seconds > 0 ? (measured * 60) / seconds : null
}
