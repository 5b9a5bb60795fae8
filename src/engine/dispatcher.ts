import { type Arrival, Backlog } from './backlog.js'

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
  private onFree: () => void = () => {}
  /** By how much an arrival that has to wait now is held up at most, through what was let go too late before it. */
  private hold = 0
  private lastReleased = 0

  get waiting(): number {
    return this.backlog.size
  }

  /** Whom to tell that a client has nothing to do: an arrival may be due by now. */
  whenFree(handler: () => void): void {
    this.onFree = handler
  }

  /** Gives an arrival that was let go at `released` to a free client, else lets it wait; false when too many wait already. */
  offer(phase: number, intended: number, released: number, limit: number): boolean {
    const late = released - intended
    this.holdUp(late, released)
    for (let client = this.unpark(); client !== null; client = this.unpark()) {
      const mayTake = released < client.until
      client.resolve(mayTake ? { phase, intended, released, heldUp: late } : null)
      if (mayTake) return true
    }
    if (this.backlog.size >= limit) return false
    this.backlog.push(phase, intended, released, this.hold)
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
      this.onFree()
    })
  }

  /** Sends all free clients away without an arrival. */
  release(): void {
    for (let client = this.unpark(); client !== null; client = this.unpark()) client.resolve(null)
  }

  /**
   * First come, first served: when each of some arrivals comes late by so much at most, each is served late by so much at most. That
   * wears off as time goes by, but not while anybody waits, as who piles up behind a late one is late too.
   */
  private holdUp(late: number, released: number): void {
    const worn = this.backlog.size === 0 ? released - this.lastReleased : 0
    this.hold = Math.max(late, this.hold - worn)
    this.lastReleased = released
  }

  private unpark(): Parked | null {
    const { first } = this
    this.first = first?.next ?? null
    if (this.first === null) this.last = null
    return first
  }
}
