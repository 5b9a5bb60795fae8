/** Packets of MySQL's protocol: the length of the payload in three bytes, a number within the exchange, the payload. */

export const command = {
  quit: 0x01,
  initDatabase: 0x02,
  query: 0x03,
  ping: 0x0e,
  prepare: 0x16,
  execute: 0x17,
  sendLongData: 0x18,
  closeStatement: 0x19,
  resetStatement: 0x1a,
  resetConnection: 0x1f,
} as const

export const capability = {
  compress: 1 << 5,
  localFiles: 1 << 7,
  ssl: 1 << 11,
  sessionTrack: 1 << 23,
  deprecateEof: 1 << 24,
  optionalMetadata: 1 << 25,
  zstd: 1 << 26,
  queryAttributes: 1 << 27,
} as const

export const status = { inTransaction: 0x0001, autocommit: 0x0002, moreResults: 0x0008 } as const

export const marker = { ok: 0x00, localFile: 0xfb, end: 0xfe, error: 0xff } as const

const header = 4
const fullPayload = 0xffffff

/** With all the packets that a payload of 16 MB or more goes on in. */
export function packetSize(buffer: Buffer, start: number): number {
  for (let size = 0; ; ) {
    if (buffer.length - start < size + header) return 0
    const length = buffer.readUIntLE(start + size, 3)
    size += header + length
    if (length < fullPayload) return size
  }
}

export function packet(sequence: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(header)
  head.writeUIntLE(payload.length, 0, 3)
  head[3] = sequence
  return Buffer.concat([head, payload])
}

export function okPacket(sequence: number, flags: number): Buffer {
  return packet(sequence, Buffer.of(marker.ok, 0, 0, flags & 0xff, flags >> 8, 0, 0))
}

export function errorPacket(sequence: number, number: number, sqlstate: string, text: string): Buffer {
  return packet(sequence, Buffer.concat([Buffer.of(marker.error, number & 0xff, number >> 8), Buffer.from(`#${sqlstate}${text}`)]))
}

/** A length-encoded number and where what follows it begins. Beyond 2^53 the number is not exact: nothing here is as large. */
export function readNumber(buffer: Buffer, start: number): [value: number, after: number] {
  const first = buffer[start] ?? 0
  if (first < 0xfb) return [first, start + 1]
  if (first === 0xfc) return [buffer.readUInt16LE(start + 1), start + 3]
  if (first === 0xfd) return [buffer.readUIntLE(start + 1, 3), start + 4]
  return [Number(buffer.readBigUInt64LE(start + 1)), start + 9]
}

/** The text of a COM_QUERY; null where it comes with query attributes, which nothing here reads. */
export function queryText(buffer: Buffer, start: number, end: number, capabilities: number): string | null {
  const body = start + header + 1
  if ((capabilities & capability.queryAttributes) === 0) return buffer.toString('utf8', body, end)
  const [count, afterCount] = readNumber(buffer, body)
  const [, afterSets] = readNumber(buffer, afterCount)
  return count === 0 ? buffer.toString('utf8', afterSets, end) : null
}

/** Where in the greeting the connection's number is, four bytes; the lower half of the capabilities; the upper half. */
export function greetingPlaces(greeting: Buffer): { readonly connection: number; readonly lower: number; readonly upper: number } {
  const connection = greeting.indexOf(0, header + 1) + 1
  const lower = connection + 4 + 8 + 1
  return { connection, lower, upper: lower + 2 + 1 + 2 }
}

/** The capabilities that a greeting offers. */
export function offeredIn(greeting: Buffer): number {
  const { lower, upper } = greetingPlaces(greeting)
  return greeting.readUInt16LE(lower) | (greeting.readUInt16LE(upper) << 16)
}
