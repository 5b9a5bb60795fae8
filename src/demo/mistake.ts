import { DatabaseError } from '../database/contract.js'
import { exitCodes, OltpError, type SourceLocation } from '../errors.js'
import { mayChangeCatalogue } from '../scenario/demo/catalogue.js'
import type { DemoPlot, DemoStep } from '../scenario/demo/model.js'
import { placeFor } from '../scenario/demo/places.js'
import type { Dialect } from '../scenario/model.js'
import { textFor } from '../scenario/sql.js'
import type { StepFact } from './facts.js'

export const mistakeCode = 'DEMO_STATEMENT'

/**
 * A statement that is wrong by itself is a mistake in the file and no outcome: its text, or a name in it that is not there. Where another
 * step may change what is there it may be the point of the demo, and where the application goes on after an error it is meant.
 *
 * @throws OltpError `DEMO_STATEMENT`, exit code 2, with the place of the first such step
 */
export function refuseMistakes({ schedule }: DemoPlot, dialect: Dialect, facts: readonly StepFact[]): void {
  for (const [index, { step: number, session, sql, error }] of facts.entries()) {
    const step = schedule[number] as DemoStep
    if (error?.faulty !== true || step.kind === 'wait' || step.onError === 'continue') continue
    if (mayRename(schedule, dialect, step)) continue
    const meant = 'correct it; if it is meant to fail, add `on_error: continue`'
    throw mistake(mistakeCode, `step ${index + 1}, of ${session},`, { ...error, sql }, meant, placeFor(step.at, dialect))
  }
}

/** The same of the final query, which reads what is left; other errors as they are. */
export function finalMistake(error: unknown, { schedule, finalAt }: DemoPlot, dialect: Dialect, sql: string): unknown {
  if (!(error instanceof DatabaseError) || !error.faulty || mayRename(schedule, dialect, null)) return error
  const { code, message, hint } = error
  return mistake('DEMO_FINAL', 'the `final` query', { code, message, hint, sql }, 'correct it', placeFor(finalAt, dialect))
}

/** Whether some other step may have made, changed or dropped what a statement names. */
function mayRename(schedule: DemoPlot['schedule'], dialect: Dialect, step: DemoStep | null): boolean {
  return schedule.some(other => other !== step && other.kind === 'statement' && mayChangeCatalogue(textFor(other.sql, dialect) ?? ''))
}

function mistake(
  errorCode: string,
  what: string,
  said: { readonly code: string; readonly message: string; readonly hint: string | null; readonly sql: string },
  advice: string,
  location: SourceLocation | null,
): OltpError {
  const message = `${what} is wrong by itself: ${said.message} (${said.code}) in «${said.sql}»`
  const hint = said.hint === null ? advice : `${said.hint.replace(/\.$/, '')}; ${advice}`
  return new OltpError(errorCode, exitCodes.usage, message, { hint, problems: [{ message, hint, ...(location && { location }) }] })
}
