import {
  type ArrivalCounterName,
  type ArrivalCounters,
  arrivalCounterNames,
  type Counters,
  counterNames,
  type MetricName,
  metricNames,
} from '../measure/counters.js'
import { bucketCount, factCount, HistogramRecorder } from '../measure/histogram.js'
import { indexOf, TransactionRecorder } from './transaction-recorder.js'

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
  private readonly arrivals: Float64Array
  private readonly transactions: readonly TransactionRecorder[]
  private readonly statements: readonly (readonly HistogramRecorder[])[]

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
    const counters = numbers(size.counters)
    this.arrivals = numbers(size.arrivals)
    const facts = numbers(size.histograms * factCount)
    const recorders = Array.from({ length: size.histograms }, (_, index) => {
      const counts = new Uint32Array(buffer, at + index * bytesPerHistogram, bucketCount)
      return new HistogramRecorder(counts, facts.subarray(index * factCount, (index + 1) * factCount))
    })
    const take = (from: number, count: number) => recorders.slice(from, from + count)
    this.transactions = Array.from({ length: shape.phases * shape.transactions }, (_, index) => {
      const own = counters.subarray(index * counterNames.length, (index + 1) * counterNames.length)
      return new TransactionRecorder(own, take(index * metricNames.length, metricNames.length))
    })
    const ofTransactions = this.transactions.length * metricNames.length
    this.statements = Array.from({ length: shape.phases }, (_, phase) => take(ofTransactions + phase * shape.statements, shape.statements))
  }

  /** What one transaction type counts in one phase: to be looked up once, not per event. */
  transaction(phase: number, transaction: number): TransactionRecorder {
    return this.transactions[phase * this.shape.transactions + transaction] as TransactionRecorder
  }

  /** The times of all statements in one phase, by their index. */
  statementsOf(phase: number): readonly HistogramRecorder[] {
    return this.statements[phase] as readonly HistogramRecorder[]
  }

  countArrivals(phase: number, name: ArrivalCounterName, by = 1): void {
    const index = phase * arrivalCounterNames.length + arrivalIndex[name]
    this.arrivals[index] = (this.arrivals[index] as number) + by
  }

  /** A client has begun a transaction, or goes on with it after a back-off. */
  transactionRuns(): void {
    this.gauges[inTransaction] = (this.gauges[inTransaction] as number) + 1
  }

  transactionRests(): void {
    this.gauges[inTransaction] = (this.gauges[inTransaction] as number) - 1
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
    return this.transaction(phase, transaction).metrics[name]
  }

  statement(phase: number, statement: number): HistogramRecorder {
    return this.statementsOf(phase)[statement] as HistogramRecorder
  }

  readCounters(phase: number, transaction: number): Counters {
    return this.transaction(phase, transaction).read()
  }

  readArrivals(phase: number): ArrivalCounters {
    const start = phase * arrivalCounterNames.length
    return Object.fromEntries(arrivalCounterNames.map((name, index) => [name, this.arrivals[start + index]])) as ArrivalCounters
  }
}

const inTransaction = gaugeNames.indexOf('inTransaction')
const gaugeIndex = indexOf(gaugeNames)
const arrivalIndex = indexOf(arrivalCounterNames)
