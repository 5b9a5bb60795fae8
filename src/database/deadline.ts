/** A wait that was given up: `code` is the network's word for it. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed'
  readonly code = 'ETIMEDOUT'
}

/**
 * Waits for `work`, at most `ms` milliseconds. Past that `onDeadline` must make an end of it: what `work` does later is nobody's concern.
 *
 * @throws DeadlinePassed
 */
export function withDeadline<T>(ms: number, work: Promise<T>, onDeadline: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new DeadlinePassed(`no answer within ${ms} ms`))
      onDeadline()
    }, ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/**
 * Limits the calls of one session, which come one at a time. A timer per call would cost more than the call's bytes: here one runs on from
 * call to call and, when it fires, looks how old the call under way is.
 */
export class CallDeadline {
  readonly #onDeadline: () => void
  #timer: NodeJS.Timeout | null = null
  /** When the timer fires, and when the call under way is too old; in milliseconds of `performance.now()`. */
  #firesAt = 0
  #endsAt = Number.POSITIVE_INFINITY

  constructor(onDeadline: () => void) {
    this.#onDeadline = onDeadline
  }

  /** A call begins that may take `ms` milliseconds. */
  begin(ms: number): void {
    this.#endsAt = performance.now() + ms
    if (this.#timer === null || this.#firesAt > this.#endsAt) this.#arm(ms)
  }

  /** The call is over. */
  end(): void {
    this.#endsAt = Number.POSITIVE_INFINITY
  }

  /** No call will come any more. */
  close(): void {
    this.end()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #arm(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#firesAt = performance.now() + ms
    this.#timer = setTimeout(() => this.#fired(), ms)
    // The call under way keeps the process alive by its socket; between calls nothing should.
    this.#timer.unref()
  }

  #fired(): void {
    this.#timer = null
    if (this.#endsAt === Number.POSITIVE_INFINITY) return
    const left = this.#endsAt - performance.now()
    if (left > 0) {
      this.#arm(left)
    } else {
      this.end()
      this.#onDeadline()
    }
  }
}
