import { exitCodes, OltpError } from '../errors.js'
import { DatabaseError } from './contract.js'

/** What to do when a statement waited in vain for a lock. */
export const lockedHint = 'another session holds a lock on it: wait until that one ends, then run the same again'

/** What the server answered, as an error for people with exit code 3: what we were at, its words, and what to do. Other errors stay as they are. */
export function explain(
  error: unknown,
  { code, what, hint }: { readonly code: string; readonly what: string; readonly hint: string },
): unknown {
  if (!(error instanceof DatabaseError)) return error
  const next = error.outcome === 'lock_timeout' ? lockedHint : hint
  return new OltpError(code, exitCodes.setup, `${what}: ${error.message} (${error.code})`, { hint: next, cause: error })
}
