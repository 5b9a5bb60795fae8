import type { Interposition } from '../../interpose.js'

/** Who is told of the server's messages while they are ours. */
export interface FrameListener {
  /** Whether a message of this type is worth putting together when it comes in pieces. */
  wants(type: number): boolean
  /** One whole message: its type, and where its body is. The bytes are only there during the call. */
  message(type: number, bytes: Buffer, start: number, end: number): void
}

const headerLength = 5

/**
 * Cuts what the server sends into messages. While `ours` is set they go to the listener, else to the driver as they come; even then the
 * boundaries are followed, so that a message that began as the driver's is the driver's to its end.
 */
export class Frames {
  /** The messages that begin from now on are the listener's. */
  ours = false
  #interposition: Interposition | null = null
  #listener: FrameListener | null = null
  readonly #header = Buffer.alloc(headerLength)
  /** How much of a header has come, where it came in part. */
  #headerHas = 0
  /** How much of the body is still to come, where a message came in part. */
  #missing = 0
  /** The message that came in part is the driver's. */
  #isDrivers = false
  /** Where the message that came in part is put together; null: it is the driver's, or nobody wants it. */
  #whole: Buffer | null = null
  #wholeHas = 0

  listen(listener: FrameListener): void {
    this.#listener = listener
  }

  /** From here on the server's bytes come through us. Nothing may have come yet. */
  attach(interposition: Interposition, onNonsense: (error: Error) => void): void {
    this.#interposition = interposition
    interposition.reader = (bytes, length) => {
      try {
        this.read(bytes, length)
      } catch (error) {
        onNonsense(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }

  /** @throws Error where the bytes make no sense */
  read(bytes: Buffer, length: number): void {
    let at = 0
    while (at < length) {
      if (this.#missing > 0) at = this.#continue(bytes, at, length)
      else if (this.#headerHas > 0) at = this.#continueHeader(bytes, at, length)
      else if (this.ours) at = this.#take(bytes, at, length)
      else {
        this.#interposition?.pass(bytes, at, length)
        this.#follow(bytes, at, length)
        return
      }
    }
  }

  /** Gives the driver a message that the listener was told of. */
  passToDriver(bytes: Buffer, start: number, end: number): void {
    this.#interposition?.pass(bytes, start - headerLength, end)
  }

  #take(bytes: Buffer, from: number, length: number): number {
    let at = from
    while (this.ours && length - at >= headerLength) {
      const end = at + 1 + lengthAt(bytes, at + 1)
      if (end > length) return this.#begin(bytes, at, length, end - at)
      this.#listener?.message(bytes[at] as number, bytes, at + headerLength, end)
      at = end
    }
    return this.ours && at < length ? this.#keepHeader(bytes, at, length, false) : at
  }

  #begin(bytes: Buffer, at: number, length: number, size: number): number {
    this.#isDrivers = false
    this.#missing = size - (length - at)
    this.#wholeHas = length - at
    this.#whole = this.#listener?.wants(bytes[at] as number) ? Buffer.allocUnsafe(size) : null
    if (this.#whole !== null) bytes.copy(this.#whole, 0, at, length)
    return length
  }

  #continue(bytes: Buffer, at: number, length: number): number {
    const end = Math.min(length, at + this.#missing)
    if (this.#isDrivers) this.#interposition?.pass(bytes, at, end)
    else if (this.#whole !== null) this.#wholeHas += bytes.copy(this.#whole, this.#wholeHas, at, end)
    this.#missing -= end - at
    if (this.#missing === 0) this.#ended()
    return end
  }

  #ended(): void {
    const whole = this.#whole
    this.#whole = null
    if (whole !== null) this.#listener?.message(whole[0] as number, whole, headerLength, whole.length)
  }

  #keepHeader(bytes: Buffer, at: number, length: number, isDrivers: boolean): number {
    this.#isDrivers = isDrivers
    this.#headerHas = bytes.copy(this.#header, 0, at, length)
    return length
  }

  #continueHeader(bytes: Buffer, at: number, length: number): number {
    const end = Math.min(length, at + headerLength - this.#headerHas)
    this.#headerHas += bytes.copy(this.#header, this.#headerHas, at, end)
    if (this.#isDrivers) this.#interposition?.pass(bytes, at, end)
    if (this.#headerHas < headerLength) return end
    this.#headerHas = 0
    const size = 1 + lengthAt(this.#header, 1)
    if (this.#isDrivers) this.#missing = size - headerLength
    else this.#begin(this.#header, 0, headerLength, size)
    if (this.#missing === 0) this.#ended()
    return end
  }

  /** Finds where the last message of the driver's bytes ends. */
  #follow(bytes: Buffer, from: number, length: number): void {
    let at = from
    while (length - at >= headerLength) {
      const end = at + 1 + lengthAt(bytes, at + 1)
      if (end > length) {
        this.#isDrivers = true
        this.#missing = end - length
        return
      }
      at = end
    }
    if (at < length) this.#keepHeader(bytes, at, length, true)
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  const length =
    ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
  if (length < 4) throw new Error('the server sent a message without a length: what is there does not speak the protocol of PostgreSQL')
  return length
}
