import type { Outcome } from './outcome.js'

/** Non-zero buckets of a histogram (`[index, count, index, count, …]`); the extremes are exact to a bucket's width (0.1 %). */
export interface HistogramSlice {
  readonly buckets: readonly number[]
  readonly count: number
  readonly sum_us: number
  readonly min_us: number
  readonly max_us: number
}

/** What happened to one transaction type within one interval. Attributed to the second in which it ended. */
export interface TransactionTick {
  readonly name: string
  readonly committed: number
  readonly rolledBack: number
  readonly failed: number
  readonly retries: number
  /** Latency of commits: `response` in an open loop, `service` in a closed one. */
  readonly latency: HistogramSlice
}

export interface StatementTick {
  readonly name: string
  readonly latency: HistogramSlice
}

/** An error code, with counts of this interval and of the run so far. */
export interface ErrorTick {
  readonly code: string
  readonly outcome: Outcome
  /** One example of the server's message, of which transaction. */
  readonly message: string
  readonly transaction: string
  readonly count: number
  readonly total: number
}

/** One second of a run, all workers merged: what the dashboard and the plain lines show. */
export interface Tick {
  /** Seconds since the load began, at the end of the interval. */
  readonly t_s: number
  readonly interval_s: number
  /** Index of the phase that the interval is about, at its end. */
  readonly phase: number
  readonly clients: number
  readonly inTransaction: number
  readonly backingOff: number
  /** Open loop: arrivals that wait for a client, and those that were due in the interval. */
  readonly backlog: number
  readonly offered: number
  readonly transactions: readonly TransactionTick[]
  readonly statements: readonly StatementTick[]
  readonly errors: readonly ErrorTick[]
  readonly generator: GeneratorTick
}

/** What there is to say of the load generator itself; of several load threads, the worst. */
export interface GeneratorTick {
  /** Of the event loop's time, 0 to 1: what it did not spend waiting, nor going round with nothing to do. */
  readonly utilisation: number
  readonly lag_max_us: number
  /** Pauses for garbage collection: all together, and the longest. */
  readonly gc_ms: number
  readonly gc_max_ms: number
  /** Ready to run, but without a processor; null where the platform does not say. */
  readonly run_queue_ms: number | null
  /** Processor time of the whole process. */
  readonly cpu_us: number
  readonly host: HostSecond
}

/** What was added within one interval; null where the platform does not say. */
export interface HostSecond {
  /** Processor time that the hypervisor gave to other guests, of all there was. */
  readonly steal: Part | null
  /** Scheduling periods in which our cgroup, or one around it, had used up its processor time, of all. */
  readonly throttled: Part | null
  /** Time in which some task of the machine waited for a processor. */
  readonly pressure_us: number | null
}

/** So much of so much. Sums of both are right where the mean of shares is not. */
export interface Part {
  readonly part: number
  readonly whole: number
}
