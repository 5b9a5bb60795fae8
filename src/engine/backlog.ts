/** One arrival of an open loop. Times in microseconds since the load's zero. */
export interface Arrival {
  readonly phase: number
  /** When the schedule wanted it to start. */
  readonly intended: number
  /** When the generator let it go: later only by the generator's own fault. */
  readonly released: number
  /** How much earlier it could have been served at most, had the generator never been late. */
  readonly heldUp: number
}

const fields = 4

/** Arrivals that wait for a client, first come, first served: a ring of numbers, so that a million of them are cheap. */
export class Backlog {
  private ring = new Float64Array(fields * 64)
  private head = 0
  private length = 0

  get size(): number {
    return this.length
  }

  push(phase: number, intended: number, released: number, heldUp: number): void {
    if (this.length * fields === this.ring.length) this.grow()
    const at = ((this.head + this.length) * fields) % this.ring.length
    this.ring[at] = phase
    this.ring[at + 1] = intended
    this.ring[at + 2] = released
    this.ring[at + 3] = heldUp
    this.length++
  }

  shift(): Arrival | null {
    if (this.length === 0) return null
    const { ring } = this
    const at = this.head * fields
    this.head = (this.head + 1) % (ring.length / fields)
    this.length--
    return {
      phase: ring[at] as number,
      intended: ring[at + 1] as number,
      released: ring[at + 2] as number,
      heldUp: ring[at + 3] as number,
    }
  }

  private grow(): void {
    const { ring, head } = this
    this.ring = new Float64Array(ring.length * 2)
    this.ring.set(ring.subarray(head * fields))
    this.ring.set(ring.subarray(0, head * fields), ring.length - head * fields)
    this.head = 0
  }
}
