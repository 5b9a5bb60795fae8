/**
 * Cuts a stream of bytes into messages, wherever its chunks begin and end.
 *
 * `sizeAt` tells the size of the message at an offset, header included; 0 while too little of it is there to tell.
 */
export class Framer {
  readonly #sizeAt: (buffer: Buffer, start: number) => number
  #rest: Buffer | null = null

  constructor(sizeAt: (buffer: Buffer, start: number) => number) {
    this.#sizeAt = sizeAt
  }

  /** Hands every message that is complete to `take`, as a range of the buffer: it is whoever takes it that copies. */
  feed(chunk: Buffer, take: (buffer: Buffer, start: number, end: number) => void): void {
    const buffer = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk])
    let start = 0
    while (start < buffer.length) {
      const size = this.#sizeAt(buffer, start)
      if (size === 0 || start + size > buffer.length) break
      take(buffer, start, start + size)
      start += size
    }
    this.#rest = start === buffer.length ? null : buffer.subarray(start)
  }
}
