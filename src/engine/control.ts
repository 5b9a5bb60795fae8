import { Alarm } from './alarm.js'

/** Thrown inside a transaction that an abrupt stop has cut off. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/**
 * Whether clients of one worker go on. `draining`: no new transactions, what runs is finished. `stopping`: nothing is waited for.
 * A run that simply comes to its end goes on `running` until its clients are through; then the drain limit may stop it.
 */
export class Control {
  private readonly idle = new Alarm()
  private readonly pauses = new Alarm()
  private readonly busy = new Alarm()
  private current: 'running' | 'draining' | 'stopping' = 'running'
  private ended = false

  get running(): boolean {
    return this.current === 'running'
  }

  get stopping(): boolean {
    return this.current === 'stopping'
  }

  drain(): void {
    if (this.current === 'running') this.current = 'draining'
    this.comeToEnd()
  }

  stop(): void {
    this.current = 'stopping'
    this.comeToEnd()
    this.busy.ring()
  }

  /** The last phase is over: nobody needs to wait for its next transaction. */
  comeToEnd(): void {
    this.ended = true
    this.idle.ring()
    this.pauses.ring()
  }

  /** With nothing to do: a new phase cuts it short, so the caller looks around again. */
  async idleFor(ms: number): Promise<void> {
    if (!this.ended && ms > 0) await this.idle.sleep(ms)
  }

  wakeIdle(): void {
    this.idle.ring()
  }

  /** Think and keying times: a new phase does not cut them short, or all clients would start it at once. */
  async pause(ms: number): Promise<void> {
    if (!this.ended && ms > 0) await this.pauses.sleep(ms)
  }

  /** Inside a transaction: only an abrupt stop cuts it short. @throws Stopped */
  async sleep(ms: number): Promise<void> {
    if (!this.stopping) await this.busy.sleep(ms)
    if (this.stopping) throw new Stopped()
  }
}
