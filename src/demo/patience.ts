import { setTimeout as sleep } from 'node:timers/promises'
import { exitCodes, OltpError } from '../errors.js'
import type { Actor } from './actor.js'

/** Longer than any lock time-out of a demo. */
export const patienceMs = 60_000

/** Longer than a detector takes that acts at once; shorter than PostgreSQL lets a circle stand. */
const circleMs = 200

/** Whether a statement of one of them ends within the time that a circle lasts where the server looks for circles at once. */
export async function oneEndsSoon(actors: readonly Actor[]): Promise<boolean> {
  const pending = actors.filter(actor => actor.pending !== null)
  await Promise.race([sleep(circleMs), ...pending.map(({ ending }) => ending)])
  return pending.some(({ ended }) => ended !== null)
}

/** What is said when patience is at its end. */
export function stuck(who: string): OltpError {
  return new OltpError('DEMO_STUCK', exitCodes.broke, `the statement of ${who} neither ends nor waits for a lock`, {
    hint: 'is the server overloaded, or does the schedule wait for something that never comes?',
  })
}
