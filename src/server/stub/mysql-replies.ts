import { capability, marker, okPacket, packetSize, status } from './mysql-wire.js'
import { type Effect, effectOf, type MysqlRecording, type MysqlReplies, type MysqlReply, normalise } from './recording.js'

/** What to say to one statement; pairs are by whether a transaction is open. null: nobody ever asked the real server for that. */
export interface Answers {
  readonly text: string
  readonly prepare: Buffer | null
  readonly execute: Pair
  readonly query: Pair
}

type Pair = readonly [Answer | null, Answer | null]

interface Answer {
  readonly bytes: Buffer
  /** Whether a transaction is open afterwards. */
  readonly inTransaction: boolean
}

const payload = 4

/** The recorded replies by text, and those to what needs no recording: the begin and end of transactions, SET. */
export class MysqlReplyBook {
  readonly #byText: Map<string, Answers>
  readonly #byShape: Map<string, MysqlReplies>
  readonly #deprecateEof: boolean

  constructor({ statements, capabilities }: MysqlRecording) {
    this.#byText = new Map(statements.map(replies => [replies.text, answersOf(replies)]))
    this.#byShape = new Map(statements.map(replies => [normalise(replies.text, 'mysql'), replies]))
    this.#deprecateEof = (capabilities & capability.deprecateEof) !== 0
  }

  /** A text that was recorded, or like one that was apart from the length of its lists; null: never seen. */
  find(text: string): Answers | null {
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const found = this.#alike(text) ?? control(text)
    if (found !== null) this.#byText.set(text, found)
    return found
  }

  #alike(text: string): Answers | null {
    const like = this.#byShape.get(normalise(text, 'mysql'))
    if (like === undefined) return null
    const more = placeholders(text) - placeholders(like.text)
    const prepare = like.prepare === null ? null : withMoreParameters(Buffer.from(like.prepare), more, this.#deprecateEof)
    return answersOf({ ...like, text, prepare })
  }
}

function answersOf({ text, prepare, execute, query }: MysqlReplies): Answers {
  const effect = effectOf(text)
  const plain = needsNoRecording.test(text) ? plainReply : null
  return {
    text,
    prepare: prepare === null ? null : Buffer.from(prepare),
    execute: pairOf(execute, effect),
    query: pairOf([query[0] ?? plain, query[1] ?? plain], effect),
  }
}

function control(text: string): Answers | null {
  return needsNoRecording.test(text) ? answersOf({ text, prepare: null, execute: [null, null], query: [null, null] }) : null
}

const needsNoRecording = /^\s*(?:begin|start\s+transaction|commit|rollback|savepoint|release|set|do)\b/i
const plainReply: MysqlReply = { bytes: okPacket(1, status.autocommit), statusAt: [payload + 3] }

function pairOf([outside, inside]: readonly [MysqlReply | null, MysqlReply | null], effect: Effect): Pair {
  return [
    outside === plainReply || outside === null ? adapted(inside ?? outside, effect, false) : asRecorded(outside, false),
    inside === plainReply || inside === null ? adapted(outside ?? inside, effect, true) : asRecorded(inside, true),
  ]
}

function asRecorded(reply: MysqlReply, before: boolean): Answer {
  const bytes = Buffer.from(reply.bytes)
  const last = reply.statusAt.at(-1)
  return { bytes, inTransaction: last === undefined ? before : (bytes.readUInt16LE(last) & status.inTransaction) !== 0 }
}

/** What was said in the other state, with the flags of this one. */
function adapted(reply: MysqlReply | null, effect: Effect, before: boolean): Answer | null {
  if (reply === null) return null
  const inTransaction = effect === 'begin' || (effect !== 'end' && before)
  const bytes = Buffer.from(reply.bytes)
  for (const at of reply.statusAt) {
    const others = bytes.readUInt16LE(at) & ~status.inTransaction
    bytes.writeUInt16LE(inTransaction ? others | status.inTransaction : others, at)
  }
  return { bytes, inTransaction }
}

function placeholders(text: string): number {
  return text.split('?').length - 1
}

/** The reply to COM_STMT_PREPARE for a text with longer or shorter lists: the definitions of parameters are all alike. */
function withMoreParameters(prepare: Buffer, more: number, deprecateEof: boolean): Buffer {
  const [head, ...rest] = packetsIn(prepare)
  if (head === undefined || head[payload] !== marker.ok) return prepare
  const had = head.readUInt16LE(payload + 7)
  const [definition] = rest
  if (had === 0 || definition === undefined) return prepare
  const has = Math.max(0, had + more)
  const begin = Buffer.from(head)
  begin.writeUInt16LE(has, payload + 7)
  const eof = has === 0 && !deprecateEof ? 1 : 0
  const all = [begin, ...Array.from({ length: has }, () => Buffer.from(definition)), ...rest.slice(had + eof)]
  for (const [at, packet] of all.entries()) packet[3] = (at + 1) & 0xff
  return Buffer.concat(all)
}

function packetsIn(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = []
  for (let start = 0; start < bytes.length; start += packetSize(bytes, start)) {
    packets.push(Buffer.from(bytes.subarray(start, start + packetSize(bytes, start))))
  }
  return packets
}
