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

  /** A copy of what is there from `from` on, to before `to`. */
  toArray(from = 0, to = this.length): Int32Array {
    return this.room.slice(from, to)
  }
}
