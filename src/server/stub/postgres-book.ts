import { letter } from './postgres-wire.js'
import type { PostgresRecording } from './recording.js'
import { Shapes } from './shapes.js'

const kinds = ['description', 'portal', 'execute', 'query'] as const
type Kind = (typeof kinds)[number]

/** What a PostgreSQL server answered, over all sessions that were listened to. */
export class PostgresBook {
  readonly #replies = new Map<string, { readonly [kind in Kind]: Shapes<Uint8Array> }>()
  readonly #parameters = new Map<string, Buffer>()

  /** A ParameterStatus message. */
  parameter(bytes: Buffer): void {
    const name = bytes.toString('utf8', 5, bytes.indexOf(0, 5))
    if (!this.#parameters.has(name)) this.#parameters.set(name, Buffer.from(bytes))
  }

  answered(kind: Kind, text: string, answer: readonly Buffer[]): void {
    // COPY is a conversation: no reply alone makes one.
    if (answer.some(bytes => conversations.includes(bytes[0] ?? 0))) return
    let replies = this.#replies.get(text)
    if (replies === undefined) {
      replies = { description: new Shapes(), portal: new Shapes(), execute: new Shapes(), query: new Shapes() }
      this.#replies.set(text, replies)
    }
    const failed = answer.some(bytes => bytes[0] === letter.error)
    replies[kind].add(shapeOf(answer), failed, () => Buffer.concat(answer))
  }

  get recording(): PostgresRecording {
    return {
      engine: 'postgres',
      parameters: Buffer.concat([...this.#parameters.values()]),
      statements: [...this.#replies].map(([text, replies]) => ({
        text,
        description: replies.description.usual(),
        portal: replies.portal.usual(),
        execute: replies.execute.usual(),
        query: replies.query.usual(),
      })),
    }
  }
}

const conversations: readonly number[] = [letter.copyIn, letter.copyOut, letter.copyBoth]

function shapeOf(answer: readonly Buffer[]): string {
  const tags = answer.filter(bytes => bytes[0] === letter.commandComplete).map(bytes => bytes.toString('latin1', 5, bytes.length - 1))
  return `${answer.length} ${answer.map(bytes => bytes[0]).at(-1)} ${tags.join(';')}`
}
