import type { ResultTotals } from '../measure/result.js'

export interface Failures {
  readonly serialization: number
  readonly deadlock: number
  readonly other: number
}

/**
 * Of the transactions that failed, what their last attempt failed of. Attempts are counted by cause, transactions are not: null where
 * several causes were retried, so that it cannot be told which one was the last.
 */
export function failuresOf({ failed, outcomes }: ResultTotals): Failures | null {
  const final = outcomes.constraint + outcomes.statement_timeout + outcomes.other + outcomes.ambiguous
  const gaveUp = failed - final
  const { serialization, deadlock, lock_timeout, conflict, connection } = outcomes
  const retried = [serialization, deadlock, lock_timeout + conflict + connection]
  const neverRetried = gaveUp === retried.reduce((sum, count) => sum + count, 0)
  if (!neverRetried && gaveUp > 0 && retried.filter(count => count > 0).length > 1) return null
  const last = (attempts: number) => (neverRetried ? attempts : attempts > 0 ? gaveUp : 0)
  return { serialization: last(serialization), deadlock: last(deadlock), other: failed - last(serialization) - last(deadlock) }
}
