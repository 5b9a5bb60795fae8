import { type CounterName, type Counters, counterNames, type MetricName, metricNames } from '../measure/counters.js'
import type { HistogramRecorder } from '../measure/histogram.js'

/** Where each counter lies: a name would be looked up at every event. */
export const counterIndex: Readonly<Record<CounterName, number>> = indexOf(counterNames)

/** Counters and times of one transaction type in one phase, in memory that it is given. */
export class TransactionRecorder {
  readonly metrics: Readonly<Record<MetricName, HistogramRecorder>>
  private readonly counters: Float64Array

  /** @param recorders in the order of `metricNames` */
  constructor(counters: Float64Array, recorders: readonly HistogramRecorder[]) {
    this.counters = counters
    this.metrics = Object.fromEntries(metricNames.map((name, index) => [name, recorders[index]])) as Record<MetricName, HistogramRecorder>
  }

  /** @param counter of `counterIndex` */
  count(counter: number, by = 1): void {
    this.counters[counter] = (this.counters[counter] as number) + by
  }

  read(): Counters {
    return Object.fromEntries(counterNames.map((name, index) => [name, this.counters[index]])) as Counters
  }
}

export function indexOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>
}
