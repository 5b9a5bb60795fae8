/** What a packet's payload may be long at most: one as long as this goes on in the next packet. */
export const longestPacket = 0xffffff

const headerLength = 4
const err = 0xff
const smallBytes = 1024
/** A buffer for split packets that has grown beyond this is not kept. */
const keptBytes = 1024 * 1024

/** The server broke the protocol, or we lost track of it: nothing that comes after can be trusted. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code = 'PROTOCOL_ERROR'
}

/**
 * Takes a payload: `bytes` from `start` to `end`, there only during the call.
 *
 * @returns true when no more packets are expected
 */
export type PacketTaker = (bytes: Buffer, start: number, end: number) => boolean

/** Cuts what arrives, in pieces of any size, into packets. */
export class PacketSplitter {
  readonly #take: PacketTaker
  /** The number that the next packet must have. */
  #sequence = 0
  /** What came of a packet that is not all there yet, its header included. */
  #held = Buffer.allocUnsafe(smallBytes)
  #heldLength = 0
  /** The payloads so far of one that goes on over several packets. */
  #parts: Buffer[] = []

  constructor(take: PacketTaker) {
    this.#take = take
  }

  /** A reply begins. */
  expect(sequence: number): void {
    this.#sequence = sequence
  }

  /**
   * @returns how many of the first `length` bytes were used: all, or those up to the last packet that was expected
   * @throws ProtocolError
   */
  push(bytes: Buffer, length: number): number {
    let at = 0
    if (this.#heldLength > 0) {
      at = this.#fill(bytes, length)
      if (!this.#isWhole()) return length
      if (this.#packet(this.#held, 0, this.#release())) return at
    }
    while (length - at >= headerLength) {
      const end = at + headerLength + payloadLength(bytes, at)
      if (end > length) break
      if (this.#packet(bytes, at, end)) return end
      at = end
    }
    if (at < length) this.#hold(bytes, at, length)
    return length
  }

  /** Adds what is missing of the packet that is held. */
  #fill(bytes: Buffer, length: number): number {
    const at = this.#hold(bytes, 0, Math.min(length, headerLength - this.#heldLength))
    if (this.#heldLength < headerLength) return at
    return this.#hold(bytes, at, Math.min(length, at + this.#heldNeeds() - this.#heldLength))
  }

  #isWhole(): boolean {
    return this.#heldLength >= headerLength && this.#heldLength === this.#heldNeeds()
  }

  #heldNeeds(): number {
    return headerLength + payloadLength(this.#held, 0)
  }

  /** Where the packet that was held ends. */
  #release(): number {
    const end = this.#heldLength
    this.#heldLength = 0
    return end
  }

  #hold(bytes: Buffer, start: number, end: number): number {
    if (end <= start) return start
    const length = this.#heldLength + end - start
    if (length > this.#held.length || (this.#heldLength === 0 && this.#held.length > keptBytes)) this.#makeRoom(length)
    bytes.copy(this.#held, this.#heldLength, start, end)
    this.#heldLength = length
    return end
  }

  // For the whole packet at once, where its length is known: a long one comes in hundreds of pieces.
  #makeRoom(length: number): void {
    const larger = Buffer.allocUnsafe(this.#heldLength < headerLength ? Math.max(length, smallBytes) : this.#heldNeeds())
    this.#held.copy(larger, 0, 0, this.#heldLength)
    this.#held = larger
  }

  #packet(bytes: Buffer, start: number, end: number): boolean {
    const sequence = bytes[start + 3] ?? 0
    // A server that ends the session says so without having been asked, and counts from 0.
    if (sequence !== this.#sequence && bytes[start + headerLength] !== err) {
      throw new ProtocolError(`packets out of order: number ${sequence} came in the place of number ${this.#sequence}`)
    }
    this.#sequence = (sequence + 1) & 0xff
    const payload = start + headerLength
    if (end - payload === longestPacket || this.#parts.length > 0) return this.#part(bytes, payload, end)
    return this.#take(bytes, payload, end)
  }

  #part(bytes: Buffer, start: number, end: number): boolean {
    this.#parts.push(Buffer.from(bytes.subarray(start, end)))
    if (end - start === longestPacket) return false
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    return this.#take(whole, 0, whole.length)
  }
}

function payloadLength(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
}
