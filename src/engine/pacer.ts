import type { Phase } from '../scenario/model.js'
import { createRandom } from '../scenario/random.js'
import { type ArrivalSchedule, scheduleArrivals } from './arrivals.js'
import type { Clock } from './clock.js'
import type { Dispatcher } from './dispatcher.js'
import type { Memory } from './memory.js'
import type { Metronome } from './metronome.js'
import { backlogLimit, clientsOfWorker, mostClients } from './phases.js'

/** Lets the arrivals of an open loop go when they are due, in one worker. */
export class Pacer {
  private readonly facts: PacerFacts
  private schedule: ArrivalSchedule = () => null
  private phase = 0
  private phaseStart = 0
  private limit = 0
  private next: number | null = null

  constructor(facts: PacerFacts) {
    this.facts = facts
    // In a busy loop the alarm may have to wait behind the answers of other clients.
    facts.dispatcher.whenFree(() => {
      if (this.next !== null && this.next <= facts.clock()) this.release()
    })
  }

  /** What is due of the phase before is let go first: it may be late, but it is never dropped. */
  beginPhase(index: number, phase: Phase | null, start: number): void {
    this.release()
    this.next = null
    if (phase === null || phase.rate === null) return
    const { seed, worker, workers } = this.facts
    const uniform = createRandom(seed, `arrivals ${index} ${worker}`)
    const { arrivals, rate, durationMs, transactions } = phase
    const limit = transactions === null ? null : transactions * clientsOfWorker(mostClients(phase), worker, workers).length
    const durationUs = durationMs === null ? null : durationMs * 1000
    this.schedule = scheduleArrivals({ arrivals, rate, durationUs, limit }, worker, workers, () => uniform.next())
    this.phase = index
    this.phaseStart = start
    this.limit = backlogLimit(phase, workers)
    this.advance()
    this.release()
  }

  /** Stops letting arrivals go. */
  stop(): void {
    this.next = null
    this.facts.metronome?.close()
  }

  /** Lets go whatever is due, late or not, and sets the alarm for what comes next. */
  readonly release = (): void => {
    const { clock, dispatcher, memory, onShed } = this.facts
    while (this.next !== null) {
      const released = clock()
      if (this.next > released) break
      memory.countArrivals(this.phase, 'due')
      if (!dispatcher.offer(this.phase, this.next, released, this.limit)) {
        memory.countArrivals(this.phase, 'shed')
        onShed(this.phase)
      }
      this.advance()
    }
    memory.setGauge('backlog', dispatcher.waiting)
    if (this.next !== null) this.facts.metronome?.wakeIn((this.next - clock()) / 1000)
  }

  private advance(): void {
    const due = this.schedule()
    this.next = due === null ? null : this.phaseStart + due
  }
}

export interface PacerFacts {
  readonly seed: number
  readonly worker: number
  readonly workers: number
  readonly clock: Clock
  readonly dispatcher: Dispatcher
  readonly memory: Memory
  /** null: no phase has a rate. */
  readonly metronome: Metronome | null
  onShed(phase: number): void
}
