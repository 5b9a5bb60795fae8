import { DatabaseError } from '../database/contract.js'
import { OltpError } from '../errors.js'
import { mistakeCode } from './mistake.js'

/** Whether the demo's file has a mistake in one of its statements, which no other order of the steps would undo. */
export function isMistake(error: unknown): boolean {
  return error instanceof OltpError && error.code === mistakeCode
}

/** Why one demo could not be played, where others still can; null: the server is gone, or it is no fault of the demo. */
export function whyUnplayable(error: unknown): string | null {
  if (!(error instanceof OltpError)) return null
  if (error.cause instanceof DatabaseError && (error.cause.sessionLost || error.cause.fatal)) return null
  return [error.message, error.hint].filter(Boolean).join(': ')
}
