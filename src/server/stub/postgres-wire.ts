/** Messages of PostgreSQL's protocol 3: a letter, the length of the rest, the rest. The very first of a client has no letter. */

/** What stands in for the protocol's version in a first message that asks for something else. */
export const sslRequest = 80877103
export const gssRequest = 80877104
export const cancelRequest = 80877102

export const letter = {
  // From the client.
  bind: code('B'),
  close: code('C'),
  describe: code('D'),
  execute: code('E'),
  flush: code('H'),
  parse: code('P'),
  query: code('Q'),
  sync: code('S'),
  terminate: code('X'),
  // From the server.
  parseComplete: code('1'),
  bindComplete: code('2'),
  closeComplete: code('3'),
  notification: code('A'),
  commandComplete: code('C'),
  dataRow: code('D'),
  error: code('E'),
  copyIn: code('G'),
  copyOut: code('H'),
  emptyQuery: code('I'),
  notice: code('N'),
  noData: code('n'),
  parameterStatus: code('S'),
  portalSuspended: code('s'),
  parameterDescription: code('t'),
  rowDescription: code('T'),
  copyBoth: code('W'),
  ready: code('Z'),
} as const

export function messageSize(buffer: Buffer, start: number): number {
  return buffer.length - start < 5 ? 0 : 1 + buffer.readUInt32BE(start + 1)
}

/** Of the message without a letter. */
export function firstMessageSize(buffer: Buffer, start: number): number {
  return buffer.length - start < 4 ? 0 : buffer.readUInt32BE(start)
}

/** Where the text that begins at `start` ends: at its zero byte. */
export function textEnd(buffer: Buffer, start: number): number {
  return buffer.indexOf(0, start)
}

export function message(type: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)))
  const head = Buffer.alloc(5)
  head[0] = type
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

export function readyMessage(status: 'I' | 'T' | 'E'): Buffer {
  return message(letter.ready, Buffer.from(status))
}

export function errorMessage(sqlstate: string, text: string): Buffer {
  const fields = { S: 'ERROR', V: 'ERROR', C: sqlstate, M: text }
  return message(letter.error, ...Object.entries(fields).map(([field, value]) => `${field}${value}`), Buffer.of(0))
}

/** The messages in a stretch of them, one after the other. */
export function* messagesIn(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; ) {
    const end = start + messageSize(bytes, start)
    yield bytes.subarray(start, end)
    start = end
  }
}

function code(text: string): number {
  return text.charCodeAt(0)
}
