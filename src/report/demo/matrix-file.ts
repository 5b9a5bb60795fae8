import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { actualLevels } from '../../demo/levels.js'
import type { ComparedMatrix } from '../../demo/matrix-changes.js'
import { outcomes } from '../../demo/verdict.js'
import { exitCodes, OltpError } from '../../errors.js'
import { dialects, isolationLevels } from '../../scenario/model.js'

const isolation = z.enum(isolationLevels)

/** The format that is written now. Before it there were no ways out in a matrix, and what was there is read the same. */
const newest = 2

/** Of the document, what is compared; the rest may be more than this version knows. */
const comparedSchema = z.object({
  format: z.literal([1, newest]),
  servers: z.array(z.object({ server: z.string(), engine: z.enum(dialects) })),
  cells: z.array(
    z.object({
      server: z.string(),
      demo: z.string(),
      variant: z.string().nullable(),
      isolation,
      outcome: z.enum(outcomes),
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

const formatSchema = z.object({ format: z.number() })

/**
 * An earlier matrix, to compare with.
 *
 * @throws OltpError `MATRIX_UNREADABLE`, exit code 2
 */
export function readMatrix(path: string): ComparedMatrix {
  const document = parsed(textOf(path), path)
  const read = comparedSchema.safeParse(document)
  if (read.success) return read.data
  const { format } = formatSchema.safeParse(document).data ?? {}
  if (format !== undefined && format > newest) throw tooNew(path, format)
  throw unreadable(`${path} is not a matrix of demos: ${faultOf(read.error)}`, read.error)
}

/** As in «`cells.0.codes`: Invalid input: expected array, received undefined». */
function faultOf({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined || issue.path.length === 0) return 'it holds something else'
  if (issue.path.length === 1 && issue.path[0] === 'format') return 'it has no `format` that a matrix has'
  return `\`${issue.path.join('.')}\`: ${issue.message}`
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT') throw unreadable(`there is no file ${path}`, error)
    throw unreadable(`${path} cannot be read: ${code === 'EISDIR' ? 'it is a folder' : (code ?? String(error))}`, error)
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(`${path} is not JSON`, error)
  }
}

function tooNew(path: string, format: number): OltpError {
  return new OltpError('MATRIX_UNREADABLE', exitCodes.usage, `${path} was written by a newer oltp: its format is ${format}`, {
    hint: `compare with it by that version; this one reads formats up to ${newest}`,
  })
}

function unreadable(message: string, cause: unknown): OltpError {
  return new OltpError('MATRIX_UNREADABLE', exitCodes.usage, message, {
    hint: 'name a file that `oltp demo --matrix --format json -o FILE` wrote',
    cause,
  })
}
