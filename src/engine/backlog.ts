/** Arrivals that wait for a client, first come, first served: a ring of numbers, so that a million of them are cheap. */
export class Backlog {
  private ring = new Float64Array(3 * 64)
  private head = 0
  private length = 0

  get size(): number {
    return this.length
  }

  /** @param intended when it was due, @param released when the schedule let it go: microseconds */
  push(phase: number, intended: number, released: number): void {
    if (this.length * 3 === this.ring.length) this.grow()
    const at = ((this.head + this.length) * 3) % this.ring.length
    this.ring[at] = phase
    this.ring[at + 1] = intended
    this.ring[at + 2] = released
    this.length++
  }

  shift(): { readonly phase: number; readonly intended: number; readonly released: number } | null {
    if (this.length === 0) return null
    const at = this.head * 3
    this.head = (this.head + 1) % (this.ring.length / 3)
    this.length--
    return { phase: this.ring[at] as number, intended: this.ring[at + 1] as number, released: this.ring[at + 2] as number }
  }

  private grow(): void {
    const { ring, head } = this
    this.ring = new Float64Array(ring.length * 2)
    this.ring.set(ring.subarray(head * 3))
    this.ring.set(ring.subarray(0, head * 3), ring.length - head * 3)
    this.head = 0
  }
}
