import type { CounterName, Counters, MetricName } from '../measure/counters.js'
import { type ArrivalCounterName, type ArrivalCounters, arrivalCounterNames, counterNames, metricNames } from '../measure/counters.js'
import { bucketCount, factCount, HistogramRecorder } from '../measure/histogram.js'

/** How many of each there are: decides where everything lies in a worker's shared memory. */
export interface MemoryShape {
  readonly phases: number
  readonly transactions: number
  readonly statements: number
}

/** What is so now, as opposed to counted; written by the worker alone. */
const gaugeNames = ['inTransaction', 'backingOff', 'backlog', 'clientsLost'] as const
export type GaugeName = (typeof gaugeNames)[number]

const bytesPerHistogram = bucketCount * 4
const bytesPerNumber = 8

/** Memory of one worker. Pages that no value falls into are never touched, so a wide shape costs address space, not memory. */
export function allocateMemory(shape: MemoryShape): SharedArrayBuffer {
  const { histograms, numbers } = sizes(shape)
  return new SharedArrayBuffer(numbers * bytesPerNumber + histograms * bytesPerHistogram)
}

function sizes({ phases, transactions, statements }: MemoryShape) {
  const histograms = phases * (transactions * metricNames.length + statements)
  const counters = phases * transactions * counterNames.length
  const arrivals = phases * arrivalCounterNames.length
  return { histograms, counters, arrivals, numbers: gaugeNames.length + counters + arrivals + histograms * factCount }
}

/**
 * Histograms, counters and gauges of one worker in shared memory. The worker adds, another thread may read at any time: histograms
 * and counters only ever grow, so what happened in between is the difference of two readings.
 */
export class Memory {
  private readonly shape: MemoryShape
  private readonly gauges: Float64Array
  private readonly counters: Float64Array
  private readonly arrivals: Float64Array
  private readonly metrics: readonly HistogramRecorder[]
  private readonly statements: readonly HistogramRecorder[]

  constructor(buffer: SharedArrayBuffer, shape: MemoryShape) {
    this.shape = shape
    const size = sizes(shape)
    let at = 0
    const numbers = (count: number) => {
      const view = new Float64Array(buffer, at, count)
      at += count * bytesPerNumber
      return view
    }
    this.gauges = numbers(gaugeNames.length)
    this.counters = numbers(size.counters)
    this.arrivals = numbers(size.arrivals)
    const facts = numbers(size.histograms * factCount)
    const recorders = Array.from({ length: size.histograms }, (_, index) => {
      const counts = new Uint32Array(buffer, at + index * bytesPerHistogram, bucketCount)
      return new HistogramRecorder(counts, facts.subarray(index * factCount, (index + 1) * factCount))
    })
    const ofTransactions = shape.phases * shape.transactions * metricNames.length
    this.metrics = recorders.slice(0, ofTransactions)
    this.statements = recorders.slice(ofTransactions)
  }

  count(phase: number, transaction: number, name: CounterName, by = 1): void {
    const index = (phase * this.shape.transactions + transaction) * counterNames.length + counterIndex[name]
    this.counters[index] = (this.counters[index] as number) + by
  }

  countArrivals(phase: number, name: ArrivalCounterName, by = 1): void {
    const index = phase * arrivalCounterNames.length + arrivalIndex[name]
    this.arrivals[index] = (this.arrivals[index] as number) + by
  }

  setGauge(name: GaugeName, value: number): void {
    this.gauges[gaugeIndex[name]] = value
  }

  addToGauge(name: GaugeName, by: number): void {
    this.gauges[gaugeIndex[name]] = (this.gauges[gaugeIndex[name]] as number) + by
  }

  gauge(name: GaugeName): number {
    return this.gauges[gaugeIndex[name]] as number
  }

  metric(phase: number, transaction: number, name: MetricName): HistogramRecorder {
    return this.metrics[(phase * this.shape.transactions + transaction) * metricNames.length + metricIndex[name]] as HistogramRecorder
  }

  statement(phase: number, statement: number): HistogramRecorder {
    return this.statements[phase * this.shape.statements + statement] as HistogramRecorder
  }

  readCounters(phase: number, transaction: number): Counters {
    const start = (phase * this.shape.transactions + transaction) * counterNames.length
    return Object.fromEntries(counterNames.map((name, index) => [name, this.counters[start + index]])) as Counters
  }

  readArrivals(phase: number): ArrivalCounters {
    const start = phase * arrivalCounterNames.length
    return Object.fromEntries(arrivalCounterNames.map((name, index) => [name, this.arrivals[start + index]])) as ArrivalCounters
  }
}

function indexOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>
}

const counterIndex = indexOf(counterNames)
const arrivalIndex = indexOf(arrivalCounterNames)
const metricIndex = indexOf(metricNames)
const gaugeIndex = indexOf(gaugeNames)
