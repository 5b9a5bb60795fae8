import { exitCodes, OltpError } from '../errors.js'

/** Longer than any lock time-out of a demo. */
export const patienceMs = 60_000

/** What is said when patience is at its end. */
export function stuck(who: string): OltpError {
  return new OltpError('DEMO_STUCK', exitCodes.broke, `the statement of ${who} neither ends nor waits for a lock`, {
    hint: 'is the server overloaded, or does the schedule wait for something that never comes?',
  })
}
