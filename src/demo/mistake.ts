import { exitCodes, OltpError } from '../errors.js'
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
    const others = schedule.flatMap(other => (other === step || other.kind === 'wait' ? [] : (textFor(other.sql, dialect) ?? [])))
    if (others.some(text => mayChangeCatalogue(text, dialect))) continue
    const message = `step ${index + 1}, of ${session}, is wrong by itself: ${error.message} (${error.code}) in «${sql}»`
    const meant = 'correct it; if it is meant to fail, add `on_error: continue`'
    const hint = error.hint === null ? meant : `${error.hint.replace(/\.$/, '')}; ${meant}`
    const location = placeFor(step.at, dialect)
    throw new OltpError(mistakeCode, exitCodes.usage, message, { hint, problems: [{ message, hint, ...(location && { location }) }] })
  }
}
