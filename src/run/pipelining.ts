import type { EngineName } from '../database/contract.js'
import { openDatabase } from '../database/open.js'
import { exitCodes, OltpError } from '../errors.js'

/** @throws OltpError `NO_PIPELINE`, exit 2, where the engine answers one statement at a time */
export async function requirePipelining(engine: EngineName): Promise<void> {
  const database = await openDatabase(engine)
  if (database.pipelines) return
  throw new OltpError(
    'NO_PIPELINE',
    exitCodes.usage,
    `--pipeline does not work on ${engine}: BEGIN and COMMIT cannot travel with statements`,
    {
      hint: 'leave --pipeline out, or run on PostgreSQL',
    },
  )
}
