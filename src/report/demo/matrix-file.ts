import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { actualLevels } from '../../demo/levels.js'
import type { ComparedMatrix } from '../../demo/matrix-changes.js'
import { exitCodes, OltpError } from '../../errors.js'
import { dialects, isolationLevels } from '../../scenario/model.js'

const isolation = z.enum(isolationLevels)

/** Of the document, what is compared; the rest may be more than this version knows. */
const comparedSchema = z.object({
  format: z.literal(1),
  servers: z.array(z.object({ server: z.string(), engine: z.enum(dialects) })),
  cells: z.array(
    z.object({
      server: z.string(),
      demo: z.string(),
      isolation,
      outcome: z.enum(['happens', 'error', 'waits', 'prevented']),
      codes: z.array(z.string()),
      serializable: z.boolean().nullable(),
      rule_held: z.boolean().nullable(),
    }),
  ),
  levels: z.array(
    z.object({
      server: z.string(),
      isolation,
      level: z.enum(actualLevels).nullable(),
      at_least: z.boolean(),
    }),
  ),
})

/**
 * An earlier matrix, to compare with.
 *
 * @throws OltpError `MATRIX_UNREADABLE`, exit code 2
 */
export function readMatrix(path: string): ComparedMatrix {
  let document: unknown
  try {
    document = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw unreadable(missing ? `there is no file ${path}` : `${path} cannot be read as JSON`, error)
  }
  const read = comparedSchema.safeParse(document)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw unreadable(`${path} is not a matrix of demos: \`${issue?.path.join('.') || 'document'}\`: ${issue?.message}`, read.error)
}

function unreadable(message: string, cause: unknown): OltpError {
  return new OltpError('MATRIX_UNREADABLE', exitCodes.usage, message, {
    hint: 'name a file that `oltp demo --matrix --format json -o FILE` wrote',
    cause,
  })
}
