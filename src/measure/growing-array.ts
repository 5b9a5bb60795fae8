/** 32-bit integers, as many as come. */
export class GrowingArray {
  length = 0
  private room = new Int32Array(64)

  push(value: number): void {
    if (this.length === this.room.length) {
      const larger = new Int32Array(this.length * 2)
      larger.set(this.room)
      this.room = larger
    }
    this.room[this.length++] = value
  }

  at(index: number): number {
    return this.room[index] as number
  }

  /** A copy of just that size. */
  toArray(): Int32Array {
    return this.room.slice(0, this.length)
  }
}
