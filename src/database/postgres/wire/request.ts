import type { Value } from '../../../scenario/values.js'
import { encodeValue } from '../values.js'

const usualSize = 1024
const mostKept = 64 * 1024
const mostParameters = 65_535
/** Up to here a loop over the characters is faster than a call out of JavaScript. */
const shortText = 48

/** Of the unnamed portal, all rows. */
const executeMessage = Uint8Array.of(0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0)
const describePortalMessage = Uint8Array.of(0x44, 0, 0, 0, 6, 0x50, 0)
const syncMessage = Uint8Array.of(0x53, 0, 0, 0, 4)

/** The beginning of a Bind of a statement to the unnamed portal, up to the parameters; its length is filled in with every Bind. */
export function bindHead(name: string): Uint8Array {
  return Buffer.from(`B\0\0\0\0\0${name}\0\0\0`, 'latin1')
}

/** Puts messages of the extended protocol together, in one buffer that serves again and again. */
export class RequestWriter {
  #bytes = Buffer.allocUnsafeSlow(usualSize)
  #at = 0

  /** Begins a request. */
  reset(): void {
    this.#at = 0
    if (this.#bytes.length > mostKept) this.abandon()
  }

  /** The types of the parameters are the server's to find. */
  parse(name: string, text: string): void {
    const start = this.#begin(0x50, name.length + text.length * 3 + 4)
    this.#cstring(name)
    this.#cstring(text)
    this.#int16(0)
    this.#end(start)
  }

  describeStatement(name: string): void {
    const start = this.#begin(0x44, name.length + 2)
    this.#bytes[this.#at++] = 0x53
    this.#cstring(name)
    this.#end(start)
  }

  /** @throws TypeError for what is no value, or too many of them */
  bind(head: Uint8Array, parameters: readonly Value[]): void {
    if (parameters.length > mostParameters) {
      throw new TypeError(`a statement has ${parameters.length} parameters, and PostgreSQL takes ${mostParameters} at most`)
    }
    const start = this.#at
    this.#need(head.length + 2)
    this.#put(head)
    this.#int16(parameters.length)
    for (const parameter of parameters) this.#parameter(parameter)
    this.#need(2)
    // The results come as text.
    this.#int16(0)
    this.#end(start)
  }

  describePortal(): void {
    this.#need(describePortalMessage.length)
    this.#put(describePortalMessage)
  }

  execute(): void {
    this.#need(executeMessage.length)
    this.#put(executeMessage)
  }

  sync(): void {
    this.#need(syncMessage.length)
    this.#put(syncMessage)
  }

  /** Answers the server that wants rows for a COPY. It has thrown the Sync away that came while it waited for them. */
  copyFail(reason: string): void {
    const start = this.#begin(0x66, reason.length * 3 + 1)
    this.#cstring(reason)
    this.#end(start)
    this.sync()
  }

  /** The request: bytes that stay as they are until `reset`. */
  take(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  /** The bytes taken still wait to be sent: the next request is put together elsewhere. */
  abandon(): void {
    this.#bytes = Buffer.allocUnsafeSlow(usualSize)
  }

  #begin(type: number, atMost: number): number {
    this.#need(5 + atMost)
    const start = this.#at
    this.#bytes[start] = type
    this.#at += 5
    return start
  }

  #end(start: number): void {
    this.#setInt32(start + 1, this.#at - start - 1)
  }

  #parameter(value: Value): void {
    if (typeof value === 'number' && (value | 0) === value) this.#integer(value)
    else {
      const text = encodeValue(value)
      if (text === null) this.#null()
      else this.#text(text)
    }
  }

  #null(): void {
    this.#need(4)
    this.#setInt32(this.#at, -1)
    this.#at += 4
  }

  #integer(value: number): void {
    this.#need(15)
    const bytes = this.#bytes
    const start = this.#at + 4
    let rest = value
    let end = start + digitsOf(Math.abs(value))
    if (value < 0) {
      bytes[start] = 0x2d
      rest = -value
      end += 1
    }
    let at = end
    do {
      const tenth = (rest / 10) | 0
      bytes[--at] = 0x30 + rest - tenth * 10
      rest = tenth
    } while (rest > 0)
    this.#setInt32(this.#at, end - start)
    this.#at = end
  }

  #text(text: string): void {
    const { length } = text
    this.#need(4 + length * 3)
    const start = this.#at + 4
    const written = this.#ascii(text, start) ? length : this.#bytes.write(text, start)
    this.#setInt32(this.#at, written)
    this.#at = start + written
  }

  /** False, and something to be overwritten, where the text is long or has other characters. */
  #ascii(text: string, start: number): boolean {
    const { length } = text
    if (length > shortText) return false
    const bytes = this.#bytes
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code > 0x7f) return false
      bytes[start + index] = code
    }
    return true
  }

  #cstring(text: string): void {
    this.#at += this.#bytes.write(text, this.#at)
    this.#bytes[this.#at++] = 0
  }

  #int16(value: number): void {
    this.#bytes[this.#at++] = value >> 8
    this.#bytes[this.#at++] = value
  }

  #setInt32(at: number, value: number): void {
    const bytes = this.#bytes
    bytes[at] = value >> 24
    bytes[at + 1] = value >> 16
    bytes[at + 2] = value >> 8
    bytes[at + 3] = value
  }

  #put(source: Uint8Array): void {
    const bytes = this.#bytes
    const { length } = source
    const start = this.#at
    for (let index = 0; index < length; index++) bytes[start + index] = source[index] as number
    this.#at = start + length
  }

  #need(size: number): void {
    if (this.#at + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + size))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

/** Of an integer from 0 to 2^31. */
function digitsOf(value: number): number {
  if (value < 10) return 1
  if (value < 100) return 2
  if (value < 1_000) return 3
  if (value < 10_000) return 4
  if (value < 100_000) return 5
  if (value < 1_000_000) return 6
  if (value < 10_000_000) return 7
  if (value < 100_000_000) return 8
  return value < 1_000_000_000 ? 9 : 10
}
