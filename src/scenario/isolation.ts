import { exitCodes, OltpError } from '../errors.js'
import { type Isolation, isolationLevels } from './model.js'
import { suggest } from './nearest.js'

/** A level as a person writes it, as in `Repeatable-Read`. @throws OltpError ISOLATION_UNKNOWN, exit code 2 */
export function readIsolation(text: string): Isolation {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/[-_ ]+/g, ' ')
  const found = isolationLevels.find(level => level === plain)
  if (found) return found
  throw new OltpError('ISOLATION_UNKNOWN', exitCodes.usage, `unknown isolation level «${text}»`, { hint: suggest(plain, isolationLevels) })
}
