import { exitCodes, OltpError } from '../../errors.js'
import { DatabaseError } from '../contract.js'

/** No such right, in MySQL's numbers: none on the table, none on the schema, none on the server. */
const refusals: ReadonlySet<string> = new Set(['1142', '1044', '1227'])

/**
 * Who waits for whom is shown to those alone who may see it.
 *
 * @throws OltpError `WAITS_FORBIDDEN` that names the grant, exit code 3
 */
export async function withPrivilege<Result>(grant: string, look: Promise<Result>): Promise<Result> {
  try {
    return await look
  } catch (error) {
    if (!isRefusal(error)) throw error
    throw new OltpError('WAITS_FORBIDDEN', exitCodes.setup, `this user may not see who waits for whom: ${error.message} (${error.code})`, {
      hint: `let an administrator say \`GRANT ${grant} TO …\`, or use another user`,
      cause: error,
    })
  }
}

/** Whether the server has refused for want of a right. */
export function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && refusals.has(error.code)
}
