import { type Counters, counterNames, sumCounters } from '../measure/counters.js'
import type { HistogramRecorder } from '../measure/histogram.js'
import { mergeSlices, SliceReader } from '../measure/histogram-slice.js'
import type { ErrorTick, GeneratorTick, HistogramSlice, Tick, TransactionTick } from '../measure/tick.js'
import type { Phase } from '../scenario/model.js'
import type { Program } from '../scenario/program.js'
import type { LoadError } from './load.js'
import type { Memory } from './memory.js'
import { activeClients } from './phases.js'

/** What the ticker cannot read from the workers' memory. */
export interface TickFacts {
  readonly t_s: number
  readonly phase: number
  readonly sincePhaseUs: number
  readonly errors: readonly LoadError[]
  readonly generator: Omit<GeneratorTick, 'lag_max_us'>
}

/** Turns what the workers have counted so far into what happened since the last tick. */
export class Ticker {
  private readonly memories: readonly Memory[]
  private readonly phases: readonly Phase[]
  private readonly program: Program
  private readonly readers = new Map<HistogramRecorder, SliceReader>()
  private readonly counted: Counters[]
  private readonly errorsSeen = new Map<string, number>()
  private due = 0
  private lastT_s = 0

  constructor(memories: readonly Memory[], phases: readonly Phase[], program: Program) {
    this.memories = memories
    this.phases = phases
    this.program = program
    this.counted = program.transactions.map(() => sumCounters([]))
  }

  tick(facts: TickFacts): Tick {
    const { t_s, phase, generator } = facts
    const interval_s = t_s - this.lastT_s
    this.lastT_s = t_s
    const gauge = (name: 'inTransaction' | 'backingOff' | 'backlog') => this.memories.reduce((sum, memory) => sum + memory.gauge(name), 0)
    const started = this.counted.reduce((sum, counters) => sum + counters.started, 0)
    const transactions = this.program.transactions.map(({ name }, index) => this.transactionTick(name, index))
    const startedNow = this.counted.reduce((sum, counters) => sum + counters.started, 0)
    const due = this.newlyDue()
    const current = this.phases[phase]
    return {
      t_s,
      interval_s,
      phase,
      clients: current === undefined ? 0 : activeClients(current, facts.sincePhaseUs),
      inTransaction: gauge('inTransaction'),
      backingOff: gauge('backingOff'),
      backlog: gauge('backlog'),
      offered: current?.rate == null && due === 0 ? startedNow - started : due,
      transactions,
      statements: this.program.statements.map(({ name }, index) => ({
        name,
        latency: this.slices((memory, at) => memory.statement(at, index)),
      })),
      errors: this.newErrors(facts.errors),
      generator: {
        ...generator,
        lag_max_us: Math.max(
          0,
          ...this.program.transactions.map((_, index) => this.slices((memory, at) => memory.metric(at, index, 'lag')).max_us),
        ),
      },
    }
  }

  private transactionTick(name: string, index: number): TransactionTick {
    const before = this.counted[index] as Counters
    const now = sumCounters(this.memories.flatMap(memory => this.phases.map((_, phase) => memory.readCounters(phase, index))))
    this.counted[index] = now
    const gained = Object.fromEntries(counterNames.map(counter => [counter, now[counter] - before[counter]])) as Counters
    return {
      name,
      committed: gained.committed,
      rolledBack: gained.rolled_back,
      failed: gained.failed,
      retries: gained.retries,
      latency: this.slices((memory, phase) => memory.metric(phase, index, this.phases[phase]?.rate == null ? 'service' : 'response')),
    }
  }

  private newlyDue(): number {
    const now = this.memories.reduce(
      (sum, memory) => sum + this.phases.reduce((due, _, phase) => due + memory.readArrivals(phase).due, 0),
      0,
    )
    const gained = now - this.due
    this.due = now
    return gained
  }

  private slices(of: (memory: Memory, phase: number) => HistogramRecorder): HistogramSlice {
    return mergeSlices(this.memories.flatMap(memory => this.phases.map((_, phase) => this.slice(of(memory, phase)))))
  }

  private slice(recorder: HistogramRecorder): HistogramSlice {
    let reader = this.readers.get(recorder)
    if (reader === undefined) {
      if (recorder.count === 0) return mergeSlices([])
      reader = new SliceReader()
      this.readers.set(recorder, reader)
    }
    return reader.read(recorder.view())
  }

  private newErrors(errors: readonly LoadError[]): ErrorTick[] {
    return errors.map(({ code, outcome, message, transaction, count }) => {
      const key = `${transaction}\n${code}\n${outcome}`
      const before = this.errorsSeen.get(key) ?? 0
      this.errorsSeen.set(key, count)
      return { code, outcome, message, transaction, count: count - before, total: count }
    })
  }
}
