import pg from 'pg'
import type { Value } from '../../scenario/values.js'
import type { SessionOptions, Target } from '../contract.js'
import { withDeadline } from '../deadline.js'
import type { Answer, Dialogue } from '../dialogue.js'
import { clientConfig, settingsQuery } from './connect.js'
import { classify } from './errors.js'
import { decoders } from './values.js'

const goodbyeMs = 1_000

/** Through node-postgres, in the simple protocol: what an audience reads is what is sent. */
export async function dialogue(target: Target, options: SessionOptions): Promise<Dialogue> {
  const client = new pg.Client(clientConfig(target))
  const talk = new PostgresDialogue(client, target)
  const open = client.connect().then(() => client.query(settingsQuery(options)))
  try {
    await withDeadline(target.connectTimeoutMs, open, () => talk.destroy())
    return talk
  } catch (error) {
    talk.destroy()
    throw classify(error, { stage: 'connect', definite: false, read: true, readOnly: false, secrets: [target.password] })
  }
}

class PostgresDialogue implements Dialogue {
  alive = true
  readonly #client: pg.Client
  readonly #target: Target

  constructor(client: pg.Client, target: Target) {
    this.#client = client
    this.#target = target
    // Without a listener a dropped connection would end the process.
    client.on('error', () => this.#lose())
    client.on('end', () => this.#lose())
  }

  get id(): number {
    return 'processID' in this.#client && typeof this.#client.processID === 'number' ? this.#client.processID : 0
  }

  get inTransaction(): boolean {
    return this.alive && this.#client.getTransactionStatus() !== 'I'
  }

  get inFailedTransaction(): boolean {
    return this.alive && this.#client.getTransactionStatus() === 'E'
  }

  async tell(text: string): Promise<Answer> {
    try {
      const answer = await this.#ask(text)
      return {
        columns: answer.fields.map(({ name }) => name),
        rows: answer.rows,
        affected: answer.rowCount ?? 0,
        tag: answer.command,
      }
    } catch (error) {
      const circumstances = { stage: 'body', definite: this.alive, read: false, readOnly: true, keeps: true } as const
      throw classify(error, { ...circumstances, secrets: [this.#target.password] })
    }
  }

  async end(): Promise<void> {
    if (this.alive) await withDeadline(goodbyeMs, this.#client.end(), () => this.destroy()).catch(() => {})
  }

  async kill(): Promise<void> {
    if (!this.alive) return
    const executioner = new pg.Client(clientConfig(this.#target))
    executioner.on('error', () => {})
    const killed = executioner.connect().then(() => executioner.query(`SELECT pg_terminate_backend(${this.id}, ${goodbyeMs})`))
    await withDeadline(this.#target.connectTimeoutMs, killed, () => {}).catch(() => {})
    executioner.connection.stream.destroy()
    this.destroy()
  }

  destroy(): void {
    this.#lose()
    this.#client.connection.stream.destroy()
  }

  /** Answered when the server is ready again: only then does the client know whether a transaction is open. */
  #ask(text: string): Promise<pg.QueryArrayResult<Value[]>> {
    return new Promise((resolve, reject) => {
      let settle = () => reject(new Error('Connection terminated'))
      const ready = () => {
        this.#client.off('drain', ready)
        this.#client.off('end', ready)
        settle()
      }
      this.#client.on('drain', ready)
      this.#client.on('end', ready)
      this.#client.query<Value[]>({ text, rowMode: 'array', types: decoders }, (error, result) => {
        settle = () => (error ? reject(error) : resolve(result))
        if (!this.alive) ready()
      })
    })
  }

  #lose(): void {
    this.alive = false
  }
}
