import { letter, message, messagesIn } from './postgres-wire.js'
import { type Effect, effectOf, normalise, type PostgresRecording, type PostgresReplies, placeholderRuns } from './recording.js'
import type { Piece } from './sequence.js'

/** What to say to one statement. null: nobody ever asked the real server for that. */
export interface Answers {
  readonly text: string
  readonly effect: Effect
  readonly description: Answer | null
  readonly portal: Answer | null
  readonly execute: Answer | null
  readonly query: Answer | null
}

export interface Answer extends Piece {
  /** It ends in an error. */
  readonly failed: boolean
}

/** The recorded replies by text, and those to what needs no recording: the begin and end of transactions, SET. */
export class PostgresReplyBook {
  readonly #byText: Map<string, Answers>
  readonly #byShape: Map<string, PostgresReplies>

  constructor({ statements }: PostgresRecording) {
    this.#byText = new Map(statements.map(replies => [replies.text, answersOf(replies)]))
    this.#byShape = new Map(statements.map(replies => [normalise(replies.text, 'postgres'), replies]))
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
    const like = this.#byShape.get(normalise(text, 'postgres'))
    if (like === undefined) return null
    const description = like.description === null ? null : retyped(Buffer.from(like.description), like.text, text)
    return answersOf({ ...like, text, description })
  }
}

function answersOf({ text, description, portal, execute, query }: PostgresReplies): Answers {
  const tag = simpleTag(text)
  const plain = tag === null ? null : message(letter.commandComplete, tag)
  return {
    text,
    effect: effectOf(text),
    description: answer(description),
    portal: answer(portal ?? (description === null ? null : lastMessage(description))),
    execute: answer(execute ?? plain),
    query: answer(query ?? plain),
  }
}

function answer(bytes: Uint8Array | null): Answer | null {
  if (bytes === null) return null
  const buffer = Buffer.from(bytes)
  return { bytes: buffer, failed: [...messagesIn(buffer)].some(each => each[0] === letter.error) }
}

/** Of a statement's description, the part that a portal of it has too. */
function lastMessage(description: Uint8Array): Buffer {
  return [...messagesIn(Buffer.from(description))].at(-1) ?? Buffer.alloc(0)
}

function control(text: string): Answers | null {
  if (simpleTag(text) === null) return null
  return answersOf({ text, description: Buffer.concat([parameterTypes([]), noData]), portal: noData, execute: null, query: null })
}

/** The command tag of a statement that answers with nothing else; null for all others. */
function simpleTag(text: string): string | null {
  const [, first = '', second = ''] = /^\s*(\w+)(?:\s+(\w+))?/.exec(text) ?? []
  const word = first.toUpperCase()
  if (word === 'START' && second.toUpperCase() === 'TRANSACTION') return 'START TRANSACTION'
  if (word === 'END') return 'COMMIT'
  if (word === 'ABORT') return 'ROLLBACK'
  return ['BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'SET'].includes(word) ? word : null
}

const noData = message(letter.noData)

/** The description for a text whose lists have another length: each new item has the type that its list has. */
function retyped(description: Buffer, recorded: string, text: string): Buffer {
  const [types, ...others] = [...messagesIn(description)]
  if (types?.[0] !== letter.parameterDescription) return description
  const oids = Array.from({ length: types.readUInt16BE(5) }, (_, at) => types.readUInt32BE(7 + 4 * at))
  const from = runsOf(recorded)
  const typed = new Map<number, number>()
  for (const [at, run] of runsOf(text).entries()) {
    for (const [item, number] of run.entries()) {
      const like = from[at]?.[Math.min(item, from[at].length - 1)] ?? 1
      typed.set(number, oids[like - 1] ?? 0)
    }
  }
  return Buffer.concat([parameterTypes(Array.from({ length: typed.size }, (_, at) => typed.get(at + 1) ?? 0)), ...others])
}

/** The numbers of the placeholders, run by run. */
function runsOf(text: string): number[][] {
  return [...text.matchAll(placeholderRuns('postgres'))].map(([run]) => [...run.matchAll(/\d+/g)].map(Number))
}

function parameterTypes(oids: readonly number[]): Buffer {
  const body = Buffer.alloc(2 + 4 * oids.length)
  body.writeUInt16BE(oids.length, 0)
  for (const [at, oid] of oids.entries()) body.writeUInt32BE(oid, 2 + 4 * at)
  return message(letter.parameterDescription, body)
}
