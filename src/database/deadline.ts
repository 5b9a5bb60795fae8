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
