import { Backlog } from './backlog.js'

/** One arrival of an open loop. Times in microseconds since the load's zero. */
export interface Arrival {
  readonly phase: number
  /** When the schedule wanted it to start. */
  readonly intended: number
  /** When the generator let it go: later only by the generator's own fault. */
  readonly released: number
}

interface Parked {
  readonly until: number
  readonly resolve: (arrival: Arrival | null) => void
  next: Parked | null
}

/** Brings arrivals and the free clients of one worker together, both first come, first served. */
export class Dispatcher {
  private readonly backlog = new Backlog()
  /** A linked list: to take the first of a thousand from an array moves the others. */
  private first: Parked | null = null
  private last: Parked | null = null

  get waiting(): number {
    return this.backlog.size
  }

  /** Gives the arrival to a free client, else lets it wait; false when too many wait already. */
  offer(arrival: Arrival, limit: number): boolean {
    for (let client = this.unpark(); client !== null; client = this.unpark()) {
      const mayTake = arrival.released < client.until
      client.resolve(mayTake ? arrival : null)
      if (mayTake) return true
    }
    if (this.backlog.size >= limit) return false
    this.backlog.push(arrival.phase, arrival.intended, arrival.released)
    return true
  }

  takeWaiting(): Arrival | null {
    return this.backlog.shift()
  }

  /** The next arrival, or null when the client should look around first: `release` was called or its time (`until`) is up. */
  take(until: number): Promise<Arrival | null> {
    return new Promise(resolve => {
      const client: Parked = { until, resolve, next: null }
      if (this.last === null) this.first = client
      else this.last.next = client
      this.last = client
    })
  }

  /** Sends all free clients away without an arrival. */
  release(): void {
    for (let client = this.unpark(); client !== null; client = this.unpark()) client.resolve(null)
  }

  private unpark(): Parked | null {
    const { first } = this
    this.first = first?.next ?? null
    if (this.first === null) this.last = null
    return first
  }
}
