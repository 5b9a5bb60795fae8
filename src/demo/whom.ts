import { listed } from '../format.js'
import type { SeenWait } from './facts.js'

/**
 * For whom somebody waits, as it goes on after «waits»: ` for A`, `, it seems, for B`, ` for A and, it seems, B`; nothing where nobody is known.
 * What the server has not told is never said for sure.
 */
export function forWhom({ blockers, inferred }: SeenWait): string {
  if (inferred.length === 0) return blockers.length === 0 ? '' : ` for ${listed(blockers)}`
  return blockers.length === 0 ? `, it seems, for ${listed(inferred)}` : ` for ${listed(blockers)} and, it seems, ${listed(inferred)}`
}

/** The same with what is waited for: ` for A (X on t)`, and ` for X on t` where nobody is known. */
export function forWhomAndWhat(wait: SeenWait): string {
  const known = forWhom(wait)
  return known === '' ? ` for ${wait.lock}` : `${known} (${wait.lock})`
}
