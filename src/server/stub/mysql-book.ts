import type { AnswerReader } from './mysql-answer.js'
import type { MysqlRecording, MysqlReplies, MysqlReply } from './recording.js'
import { Shapes } from './shapes.js'

interface Replies {
  readonly prepare: Shapes<Uint8Array>
  readonly execute: readonly [Shapes<MysqlReply>, Shapes<MysqlReply>]
  readonly query: readonly [Shapes<MysqlReply>, Shapes<MysqlReply>]
}

/** What a MySQL or MariaDB server answered, over all sessions that were listened to. */
export class MysqlBook {
  readonly #replies = new Map<string, Replies>()
  #greeting: Buffer = Buffer.alloc(0)
  #capabilities = 0

  greeted(greeting: Buffer): void {
    this.#greeting = greeting
  }

  agreed(capabilities: number): void {
    this.#capabilities = capabilities
  }

  answered(kind: 'prepare' | 'execute' | 'query', text: string, inTransaction: boolean, answer: AnswerReader): void {
    let replies = this.#replies.get(text)
    if (replies === undefined) {
      replies = { prepare: new Shapes(), execute: [new Shapes(), new Shapes()], query: [new Shapes(), new Shapes()] }
      this.#replies.set(text, replies)
    }
    const { failed, packets, rows } = answer
    if (kind === 'prepare') replies.prepare.add(String(failed), failed, () => answer.bytes)
    else {
      const make = () => ({ bytes: answer.bytes, statusAt: answer.statusAt })
      replies[kind][inTransaction ? 1 : 0].add(`${failed} ${packets} ${rows}`, failed, make)
    }
  }

  get recording(): MysqlRecording {
    return {
      engine: 'mysql',
      greeting: this.#greeting,
      capabilities: this.#capabilities,
      statements: [...this.#replies].map(([text, { prepare, execute, query }]): MysqlReplies => {
        return {
          text,
          prepare: prepare.usual(),
          execute: [execute[0].usual(), execute[1].usual()],
          query: [query[0].usual(), query[1].usual()],
        }
      }),
    }
  }
}
