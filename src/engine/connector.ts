import { DatabaseError, type Session } from '../database/contract.js'
import { backoffMs } from './backoff.js'
import type { Control } from './control.js'
import { Stopped } from './control.js'

/** Reconnecting was given up: the client cannot go on. */
export class ClientLost extends Error {
  override readonly name = 'ClientLost'
}

const patienceMs = 30_000
const backoff = { initialMs: 50, factor: 2, maxMs: 2000, jitter: 'full' } as const

/** Makes sessions for the clients of one worker, a few at a time: a crowd that reconnects at once would keep the server down. */
export class Connector {
  private readonly connect: () => Promise<Session>
  private readonly control: Control
  private readonly patience: number
  private readonly waiting: (() => void)[] = []
  private free: number

  /** @param concurrent how many may connect at the same time */
  constructor(connect: () => Promise<Session>, control: Control, concurrent: number, patience = patienceMs) {
    this.connect = connect
    this.control = control
    this.free = concurrent
    this.patience = patience
  }

  /** @throws DatabaseError at stage `connect` */
  async once(): Promise<Session> {
    if (this.free > 0) this.free--
    else await new Promise<void>(resolve => this.waiting.push(resolve))
    try {
      return await this.connect()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.free++
      else next()
    }
  }

  /**
   * Tries for half a minute.
   *
   * @param fraction uniform in [0, 1), of a stream that the workload does not use
   * @throws ClientLost when time is up, Stopped, DatabaseError when it is fatal
   */
  async again(fraction: () => number): Promise<Session> {
    const deadline = performance.now() + this.patience
    for (let retry = 1; ; retry++) {
      if (this.control.stopping) throw new Stopped()
      try {
        const session = await this.once()
        if (!this.control.stopping) return session
        session.destroy()
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.fatal) throw error
        if (performance.now() > deadline) throw new ClientLost(`${error.message} (${error.code})`, { cause: error })
        await this.control.sleep(backoffMs(backoff, retry, fraction()))
      }
    }
  }
}
