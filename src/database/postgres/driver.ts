import type pg from 'pg'
import type { StatementResult } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import { decoders, encodeValue } from './values.js'

/** How long after an error the server may take to say that it is ready again. */
const recoveryMs = 1_000

/**
 * What goes through node-postgres itself: our own queries and COPY. The workload's statements do not, see exchange.ts.
 * The connection's socket belongs to one of the two at a time.
 */
export class Driver {
  readonly client: pg.Client
  /** The server has not said yet that it is ready for the next request. */
  busy = false

  constructor(client: pg.Client) {
    this.client = client
    client.on('drain', () => {
      this.busy = false
    })
  }

  /** A transaction is open, or has failed, as the driver heard it last. */
  get inTransaction(): boolean {
    return this.client.getTransactionStatus() !== 'I'
  }

  /** Sends the server something through the client; resolves when it is ready again. */
  async use<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    this.busy = true
    const result = await work(this.client)
    if (!(await this.becomesReady())) throw new Error('Connection terminated before the server was ready again')
    return result
  }

  /** Without parameters the simple protocol is used, which takes several statements in one text: the last one's answer counts. */
  query(text: string, parameters?: readonly Value[]): Promise<StatementResult> {
    const config = {
      text,
      rowMode: 'array' as const,
      types: decoders,
      ...(parameters === undefined ? {} : { queryMode: 'extended', values: parameters.map(encodeValue) }),
    }
    return this.use(
      client =>
        new Promise((resolve, reject) => {
          client.query<Value[]>(config, (error, result) => {
            if (error) reject(error)
            else resolve(toResult(result))
          })
        }),
    )
  }

  /**
   * A failed statement is over when ReadyForQuery comes; after FATAL the connection closes instead. That holds in every language of the
   * server. False when it closes, or nothing comes for a second.
   */
  becomesReady(): Promise<boolean> {
    if (!this.busy) return Promise.resolve(true)
    const { client } = this
    return new Promise(resolve => {
      const settle = (ready: boolean) => {
        clearTimeout(timer)
        client.off('drain', onReady)
        client.off('end', onEnd)
        resolve(ready)
      }
      const onReady = () => settle(true)
      const onEnd = () => settle(false)
      const timer = setTimeout(onEnd, recoveryMs)
      client.on('drain', onReady)
      client.on('end', onEnd)
    })
  }
}

function toResult(answer: pg.QueryArrayResult<Value[]> | readonly pg.QueryArrayResult<Value[]>[]): StatementResult {
  const result = 'rows' in answer ? answer : answer.at(-1)
  return {
    affected: result?.rowCount ?? 0,
    columns: result?.fields.map(field => field.name) ?? [],
    rows: result?.rows ?? [],
    insertId: null,
  }
}
