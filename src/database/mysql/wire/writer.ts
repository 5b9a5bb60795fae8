const firstBytes = 1024
/** A buffer that has grown beyond this for one request is not kept for the next. */
const keptBytes = 1024 * 1024

/** Writes a request into one buffer, which serves again for the next one. */
export class PacketWriter {
  bytes = Buffer.allocUnsafe(firstBytes)
  at = 0

  /** What was written; a view. */
  written(): Buffer {
    return this.bytes.subarray(0, this.at)
  }

  /** The bytes are not ours any more: a socket still holds them. */
  renew(): void {
    this.bytes = Buffer.allocUnsafe(firstBytes)
  }

  begin(): void {
    this.at = 0
    if (this.bytes.length > keptBytes) this.renew()
  }

  uint8(value: number): void {
    this.#reserve(1)
    this.bytes[this.at++] = value
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.at = this.bytes.writeUInt32LE(value, this.at)
  }

  /** A safe integer in 64 bits, two's complement. */
  int64(value: number): void {
    this.#reserve(8)
    this.bytes.writeUInt32LE(value >>> 0, this.at)
    this.at = this.bytes.writeInt32LE(Math.floor(value / 0x1_0000_0000), this.at + 4)
  }

  double(value: number): void {
    this.#reserve(8)
    this.at = this.bytes.writeDoubleLE(value, this.at)
  }

  zeros(count: number): void {
    this.#reserve(count)
    for (const end = this.at + count; this.at < end; this.at++) this.bytes[this.at] = 0
  }

  /** An integer whose first byte says how long it is. */
  lengthEncoded(value: number): void {
    this.#reserve(9)
    if (value < 0xfb) {
      this.bytes[this.at++] = value
    } else if (value <= 0xffff) {
      this.bytes[this.at] = 0xfc
      this.at = this.bytes.writeUInt16LE(value, this.at + 1)
    } else if (value <= 0xffffff) {
      this.bytes[this.at] = 0xfd
      this.at = this.bytes.writeUIntLE(value, this.at + 1, 3)
    } else {
      this.bytes[this.at] = 0xfe
      this.at = this.bytes.writeUIntLE(value, this.at + 1, 6)
      this.zeros(2)
    }
  }

  /** Text in UTF-8, its length in front. */
  text(text: string): void {
    const length = Buffer.byteLength(text)
    this.lengthEncoded(length)
    this.#reserve(length)
    this.at += this.bytes.write(text, this.at, length, 'utf8')
  }

  #reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.at + count, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }
}
