import { inflateSync } from 'node:zlib'

/** What a blob says of itself. */
export interface HdrBlob {
  readonly digits: number
  readonly lowest: number
  readonly highest: number
  /** Non-zero counts by index; below 2048 an index is a value. */
  readonly counts: ReadonlyMap<number, number>
}

/**
 * Reads HdrHistogram's V2 format, base64 of a deflated body, by its description alone: a second opinion beside the library that wrote
 * it. The body: cookie, length of the counts, offset, digits, lowest and highest value, a ratio, then counts in zigzag LEB128, a
 * negative one a run of so many zeros.
 */
export function readHdrBlob(base64: string): HdrBlob {
  const outer = Buffer.from(base64, 'base64')
  const cookieOf = (buffer: Buffer) => buffer.readUInt32BE(0) & ~0xf0
  if (cookieOf(outer) !== 0x1c849304) throw new Error(`no compressed V2 histogram: ${outer.readUInt32BE(0).toString(16)}`)
  const body = inflateSync(outer.subarray(8, 8 + outer.readUInt32BE(4)))
  if (cookieOf(body) !== 0x1c849303) throw new Error(`no V2 histogram: ${body.readUInt32BE(0).toString(16)}`)
  const counts = new Map<number, number>()
  let [at, index] = [40, 0]
  const end = 40 + body.readUInt32BE(4)
  while (at < end) {
    const { value, next } = readZigzag(body, at)
    at = next
    if (value > 0) counts.set(index, value)
    index += value < 0 ? -value : 1
  }
  return { digits: body.readUInt32BE(12), lowest: Number(body.readBigUInt64BE(16)), highest: Number(body.readBigUInt64BE(24)), counts }
}

function readZigzag(buffer: Buffer, at: number): { readonly value: number; readonly next: number } {
  let [bits, shift, next] = [0n, 0n, at]
  for (let byte = 0x80; byte >= 0x80; next++) {
    byte = buffer.readUInt8(next)
    bits |= BigInt(byte & 0x7f) << shift
    shift += 7n
  }
  return { value: Number((bits >> 1n) ^ -(bits & 1n)), next }
}
