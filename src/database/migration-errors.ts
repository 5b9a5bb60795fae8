import { exitCodes, OltpError } from '../errors.js'
import { DatabaseError } from './contract.js'
import { lockedHint } from './explain.js'
import type { MigrationScript } from './migration-files.js'
import type { StatementFailed } from './operations.js'

export interface FailureFacts {
  readonly direction: 'up' | 'down'
  /** The engine took the whole script back. */
  readonly transactional: boolean
  /** The other set that made the object which the statement wanted to make. */
  readonly owner: string | null
}

/** A statement that the server refused: where it stands, what is applied, what to do. */
export function scriptFailed(error: StatementFailed, script: MigrationScript, facts: FailureFacts): OltpError {
  const statement = script.statements[error.index]
  const line = statement?.line ?? 1
  const text = script.text.split('\n')[line - 1] ?? ''
  const column = text.length - text.trimStart().length + 1
  const hint = hintFor(error, facts)
  const message = `statement ${error.index + 1} of ${script.statements.length} failed: ${error.message}`
  const length = (statement?.text.split('\n')[0] ?? text).length
  return new OltpError('MIGRATION_FAILED', exitCodes.setup, `${script.file}:${line}: ${message}`, {
    hint,
    cause: error,
    problems: [{ message, hint, location: { file: script.file, line, column, length, text } }],
  })
}

function hintFor({ index, cause }: StatementFailed, { direction, transactional, owner }: FailureFacts): string {
  if (owner !== null) {
    return `that name belongs to the migrations «${owner}»: undo those with \`oltp migrate down --set ${owner} --to 0\`, or use another --namespace`
  }
  if (cause instanceof DatabaseError && cause.outcome === 'lock_timeout') return lockedHint
  const again = `\`oltp migrate ${direction}\``
  if (transactional) return `nothing of the script was applied: correct it and run ${again} again`
  const kept =
    ['nothing of it was applied', 'the statement before it is applied and stays'][index] ??
    `the ${index} statements before it are applied and stay`
  return `${kept}: correct this statement and run ${again} again, it goes on from here; or start over with \`oltp clean\``
}

/** Half-way in one direction, asked to go in the other. */
export function unfinished(name: string, what: string, hint: string): OltpError {
  return new OltpError('MIGRATION_UNFINISHED', exitCodes.usage, `migration ${name} was ${what} and did not finish`, { hint })
}

/** Not what was applied any more. */
export function changed(message: string, next: string): OltpError {
  return new OltpError('MIGRATION_CHANGED', exitCodes.usage, message, { hint: `${next}; or start over with \`oltp clean\`` })
}
