import { outcomes } from './outcome.js'

/**
 * What is counted per phase and transaction type. Times are whole microseconds, summed. The outcomes count attempts; of a
 * transaction at most one attempt is `committed`, `rolled_back` or `ambiguous`, so these count transactions too.
 */
export const counterNames = [
  'started',
  'failed',
  'cancelled',
  'late',
  'attempts',
  'retries',
  'retried',
  /** Commits acknowledged inside the phase's window, whenever they were started: what TPS counts. */
  'acknowledged',
  /** In attempts that neither committed nor rolled back as declared. */
  'failed_attempts_us',
  'backoff_us',
  /** From the start of a transaction to its end, whatever the end. */
  'busy_us',
  ...outcomes,
] as const

export type CounterName = (typeof counterNames)[number]
export type Counters = Readonly<Record<CounterName, number>>

/** What is counted per phase, of arrivals that no transaction was drawn for yet. */
export const arrivalCounterNames = ['due', 'taken', 'shed', 'skipped'] as const
export type ArrivalCounterName = (typeof arrivalCounterNames)[number]
export type ArrivalCounters = Readonly<Record<ArrivalCounterName, number>>

/**
 * Times kept per phase and transaction type, all of them in whole microseconds. `punctual`: what `response` would have been at best,
 * had the generator let all arrivals go on time.
 */
export const metricNames = ['response', 'service', 'queue', 'lag', 'punctual', 'time_to_failure', 'first_try', 'retried'] as const
export type MetricName = (typeof metricNames)[number]

export function sumCounters(all: readonly Counters[]): Counters {
  return Object.fromEntries(counterNames.map(name => [name, all.reduce((sum, one) => sum + one[name], 0)])) as Counters
}
