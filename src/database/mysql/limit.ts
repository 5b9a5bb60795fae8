import { CallDeadline } from '../deadline.js'

/** How much longer than a statement may take we wait before we take the connection for dead. */
const graceMs = 5_000
/** How much longer we wait where the server is to end the statement itself. */
const serverGraceMs = 1_000

type Step = 'ask the server' | 'cancel' | 'give up'

/** Limits the calls of one session: cancels a statement that has had its time, unless the server does, and gives the connection up if that does not help. */
export class StatementLimit {
  readonly #ms: number
  readonly #does: { byServer(): boolean; cancel(): Promise<void>; giveUp(): void }
  readonly #deadline = new CallDeadline(() => this.#passed())
  #next: Step = 'give up'
  #cancelled: Promise<void> | null = null

  /** @param does `byServer`: whether the server limits the call under way itself */
  constructor(ms: number, does: { byServer(): boolean; cancel(): Promise<void>; giveUp(): void }) {
    this.#ms = ms
    this.#does = does
  }

  /** A cancel was sent for the call under way. */
  get cancelling(): boolean {
    return this.#cancelled !== null
  }

  /** @param cancellable false for a call that is only given up, after some time more */
  begin(cancellable: boolean): void {
    this.#next = cancellable ? 'ask the server' : 'give up'
    this.#cancelled = null
    this.#deadline.begin(cancellable ? this.#ms : this.#ms + graceMs)
  }

  /** The call is over. A promise when a cancel was sent, of the moment from which it can no longer arrive. */
  end(): Promise<void> | null {
    this.#deadline.end()
    return this.#cancelled
  }

  #passed(): void {
    if (this.#next === 'give up') {
      this.#does.giveUp()
    } else if (this.#next === 'ask the server' && this.#does.byServer()) {
      this.#next = 'cancel'
      this.#deadline.begin(serverGraceMs)
    } else {
      this.#next = 'give up'
      this.#cancelled = this.#does.cancel().catch(() => this.#does.giveUp())
      this.#deadline.begin(graceMs)
    }
  }
}
