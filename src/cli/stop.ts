import { type ExitCode, exitCodes } from '../errors.js'
import type { StopControl } from '../run/events.js'
import { stoppedCode } from '../run/with-data.js'
import type { CliContext } from './context.js'

/** Turns signals and the screen's `q` into one stop: the first drains, the second stops now. */
export class Stop {
  readonly #drain = new AbortController()
  readonly #now = new AbortController()
  readonly #release: () => void
  #signal: NodeJS.Signals = 'SIGINT'

  constructor(context: CliContext) {
    this.#release = context.onSignal(signal => {
      this.#signal = signal
      this.request()
    })
  }

  get control(): StopControl {
    return { drain: this.#drain.signal, now: this.#now.signal }
  }

  get requested(): boolean {
    return this.#drain.signal.aborted
  }

  /** 130, or 143 where somebody sent SIGTERM. */
  get exitCode(): ExitCode {
    return this.#signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted
  }

  /** Whether it was stopped, and this is how whoever was at work says so. */
  explains(error: unknown): boolean {
    const isStop = error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === stoppedCode))
    return this.requested && isStop
  }

  request(): void {
    if (this.#drain.signal.aborted) this.#now.abort()
    else this.#drain.abort()
  }

  /** Gives the signals back to whoever had them. */
  release(): void {
    this.#release()
  }
}
