import type { RetryPolicy } from '../scenario/model.js'

/**
 * How long to wait before the n-th retry, in milliseconds: `rand(0, min(max, initial · factor^(n−1)))` with full jitter, the upper
 * end of that without.
 *
 * @param retry counts from 1
 * @param fraction 0 ≤ fraction < 1, from a stream of its own, so that retries do not shift the workload
 */
export function backoffMs({ initialMs, factor, maxMs, jitter }: RetryPolicy['backoff'], retry: number, fraction: number): number {
  const ceiling = Math.min(maxMs, initialMs * factor ** (retry - 1))
  return jitter === 'none' ? ceiling : ceiling * fraction
}
