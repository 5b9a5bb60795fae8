import type { Socket } from 'node:net'
import type { Connection } from 'mysql2'
import type { SessionOptions, Target } from '../contract.js'
import { withDeadline } from '../deadline.js'
import type { Answer, Dialogue } from '../dialogue.js'
import { prepareSession } from './connect.js'
import { classify } from './errors.js'
import { openLink, ready } from './link.js'
import { sendText } from './statements.js'

const goodbyeMs = 1_000

/** Through mysql2, in the text protocol: what an audience reads is what is sent. */
export async function dialogue(target: Target, options: SessionOptions): Promise<Dialogue> {
  const { connection, socket } = openLink(target, options.namespace ?? target.database)
  const circumstances = { read: true, readOnly: false, rollsBackOnTimeout: false, secrets: [target.password] }
  try {
    await withDeadline(target.connectTimeoutMs, prepareSession(connection, options), () => socket.destroy())
    return new MysqlDialogue(connection, socket, target)
  } catch (error) {
    socket.destroy()
    throw classify(error, { ...circumstances, stage: 'connect' }).error
  }
}

class MysqlDialogue implements Dialogue {
  alive = true
  inTransaction = false
  /** An error undoes a statement or all of the transaction; either way the session goes on. */
  readonly inFailedTransaction = false
  readonly #connection: Connection
  readonly #socket: Socket
  readonly #target: Target

  constructor(connection: Connection, socket: Socket, target: Target) {
    this.#connection = connection
    this.#socket = socket
    this.#target = target
    connection.on('error', () => this.#lose())
    socket.on('close', () => this.#lose())
  }

  get id(): number {
    return this.#connection.threadId
  }

  async tell(text: string): Promise<Answer> {
    try {
      const { columns, rows, affected, inTransaction } = await sendText(this.#connection, text)
      this.inTransaction = inTransaction ?? (await this.#askState())
      return { columns, rows, affected, tag: null }
    } catch (error) {
      const circumstances = { stage: 'body', read: false, readOnly: true, rollsBackOnTimeout: false, keeps: true } as const
      const failure = classify(error, { ...circumstances, secrets: [this.#target.password] }).error
      if (failure.sessionLost) this.#lose()
      else this.inTransaction = await this.#askState()
      throw failure
    }
  }

  async end(): Promise<void> {
    if (!this.alive) return this.destroy()
    const closed = new Promise<void>(resolve => this.#socket.once('close', () => resolve()))
    this.#connection.end()
    await withDeadline(goodbyeMs, closed, () => {}).catch(() => {})
    this.destroy()
  }

  async kill(): Promise<void> {
    if (!this.alive) return
    const { connection, socket } = openLink(this.#target, null)
    const killed = ready(connection).then(() => sendText(connection, `KILL ${this.id}`))
    await withDeadline(this.#target.connectTimeoutMs, killed, () => {}).catch(() => {})
    socket.destroy()
    this.destroy()
  }

  destroy(): void {
    this.#lose()
    this.#socket.destroy()
  }

  /** Rows and errors do not tell whether a transaction is open; what a statement answers that does nothing does. */
  async #askState(): Promise<boolean> {
    const answer = await sendText(this.#connection, 'DO 0').catch(() => null)
    return this.alive && (answer?.inTransaction ?? this.inTransaction)
  }

  #lose(): void {
    this.alive = false
    this.inTransaction = false
  }
}
