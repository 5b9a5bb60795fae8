import { exitCodes, OltpError } from '../errors.js'
import { DatabaseError } from './contract.js'

/** What the server answered, as an error for people with exit code 3: what we were at, its words, and what to do. Other errors stay as they are. */
export function explain(
  error: unknown,
  { code, what, hint }: { readonly code: string; readonly what: string; readonly hint: string },
): unknown {
  if (!(error instanceof DatabaseError)) return error
  return new OltpError(code, exitCodes.setup, `${what}: ${error.message} (${error.code})`, { hint, cause: error })
}
