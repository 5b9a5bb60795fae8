const high = 0x1_0000_0000

/** Reads the parts of a payload one after the other. Put it on the payload first: `bytes` and `at` are where it stands. */
export class ByteReader {
  bytes: Buffer = Buffer.alloc(0)
  at = 0

  uint8(): number {
    return this.bytes[this.at++] ?? 0
  }

  uint16(): number {
    this.at += 2
    return this.bytes.readUInt16LE(this.at - 2)
  }

  uint32(): number {
    this.at += 4
    return this.bytes.readUInt32LE(this.at - 4)
  }

  float(): number {
    this.at += 4
    return this.bytes.readFloatLE(this.at - 4)
  }

  double(): number {
    this.at += 8
    return this.bytes.readDoubleLE(this.at - 8)
  }

  /** A 64-bit integer while it is a safe one, else its digits. */
  integer64(unsigned: boolean): number | string {
    const low = this.uint32()
    const top = this.uint32()
    const value = low + high * (unsigned ? top : top | 0)
    if (Number.isSafeInteger(value)) return value
    const start = this.at - 8
    return String(unsigned ? this.bytes.readBigUInt64LE(start) : this.bytes.readBigInt64LE(start))
  }

  /** An integer whose first byte says how long it is. Beyond 2^53 it is not exact. */
  lengthEncoded(): number {
    const first = this.uint8()
    if (first < 0xfb) return first
    if (first === 0xfc) return this.uint16()
    if (first === 0xfd) return this.uint16() + this.uint8() * 0x1_0000
    return this.uint32() + this.uint32() * high
  }

  /** The same for an integer that can be negative, as one that fills all 64 bits is. */
  signedLengthEncoded(): number {
    if (this.bytes[this.at] !== 0xfe) return this.lengthEncoded()
    this.at += 1
    return Number(this.integer64(false))
  }

  /** Text in UTF-8, its length in front. */
  text(): string {
    const length = this.lengthEncoded()
    this.at += length
    return this.bytes.toString('utf8', this.at - length, this.at)
  }

  /** Bytes, their length in front; a view. */
  view(): Buffer {
    const length = this.lengthEncoded()
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}
