import type { Connection } from 'mysql2'
import type { SessionOptions, Target } from '../contract.js'
import { withDeadline } from '../deadline.js'
import type { Answer, Dialogue } from '../dialogue.js'
import { prepareSession } from './connect.js'
import { classify } from './errors.js'
import { openLink } from './link.js'
import { sendText } from './statements.js'

const goodbyeMs = 1_000

/** Through mysql2, in the text protocol: what an audience reads is what is sent. */
export async function dialogue(target: Target, options: SessionOptions): Promise<Dialogue> {
  const { connection, socket } = openLink(target, options.namespace ?? target.database)
  const circumstances = { read: true, readOnly: false, rollsBackOnTimeout: false, secrets: [target.password] }
  try {
    await withDeadline(target.connectTimeoutMs, prepareSession(connection, options), () => socket.destroy())
    return new MysqlDialogue(connection, socket, target.password)
  } catch (error) {
    socket.destroy()
    throw classify(error, { ...circumstances, stage: 'connect' }).error
  }
}

class MysqlDialogue implements Dialogue {
  alive = true
  inTransaction = false
  readonly #connection: Connection
  readonly #socket: { destroy(): unknown }
  readonly #password: string | null

  constructor(connection: Connection, socket: { destroy(): unknown }, password: string | null) {
    this.#connection = connection
    this.#socket = socket
    this.#password = password
    connection.on('error', () => this.#lose())
    connection.on('end', () => this.#lose())
  }

  get id(): number {
    return this.#connection.threadId
  }

  async tell(text: string): Promise<Answer> {
    try {
      const { columns, rows, affected, inTransaction } = await sendText(this.#connection, text)
      this.inTransaction = inTransaction ?? this.inTransaction
      return { columns, rows, affected, tag: null }
    } catch (error) {
      const circumstances = { stage: 'body', read: false, readOnly: true, rollsBackOnTimeout: false, secrets: [this.#password] } as const
      const { error: failure, transactionGone } = classify(error, circumstances)
      if (transactionGone || failure.sessionLost) this.inTransaction = false
      throw failure
    }
  }

  async end(): Promise<void> {
    if (!this.alive) return
    const goodbye = new Promise<void>(resolve => this.#connection.end(() => resolve()))
    await withDeadline(goodbyeMs, goodbye, () => {}).catch(() => {})
    this.destroy()
  }

  destroy(): void {
    this.#lose()
    this.#socket.destroy()
  }

  #lose(): void {
    this.alive = false
    this.inTransaction = false
  }
}
