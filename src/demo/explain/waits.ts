import type { SeenWait, StepFact } from '../facts.js'
import { forWhom } from '../whom.js'
import { deadlockCodes } from './error-meanings.js'
import type { Evidence } from './evidence.js'
import { shapeOf } from './statement-shape.js'
import { listed } from './words.js'

/** More than these say nothing new. */
const mostSentences = 5

/** Who waited for whom, and what ended it. */
export function tellWaits({ facts }: Evidence): readonly string[] {
  const waited = facts.flatMap((fact, index) => (fact.waited === null ? [] : [tellWait(fact, index, facts)]))
  const left = waited.length - mostSentences
  const shown = left > 1 ? [...waited.slice(0, mostSentences), `There were ${left} more waits.`] : waited
  return [...shown, ...tellDeadlocks(facts)]
}

function tellWait({ session, waited, wokenBy, error, status }: StepFact, index: number, facts: readonly StepFact[]): string {
  const known = waited === null ? '' : forWhom(waited)
  const begun = `${session} waited${known === '' ? ` for ${waited?.lock ?? 'a lock'}` : known} (step ${index + 1})`
  const woken = wokenBy === null ? undefined : facts[wokenBy]
  if (woken !== undefined && wokenBy !== null) return `${begun}, until ${whatItDid(woken)} (step ${wokenBy + 1}).`
  if (error !== null) return `${begun}, until the server answered with an error.`
  return status === 'waiting' ? `${begun}, and was never answered.` : `${begun}, until the server let it go on.`
}

function whatItDid({ session, sql, error }: StepFact): string {
  const { verb } = shapeOf(sql)
  // A step that says nothing waits until that has happened.
  if (sql === '') return `${session}'s statement ended by itself`
  if (error !== null) return `${session}'s ${verb} was refused`
  if (verb === 'COMMIT' || verb === 'END') return `${session} committed`
  return verb === 'ROLLBACK' || verb === 'ABORT' ? `${session} rolled back` : `${session}'s ${verb} was done`
}

function tellDeadlocks(facts: readonly StepFact[]): readonly string[] {
  return facts.flatMap(({ session, error, waited }, index) => {
    if (error === null || !deadlockCodes.has(error.code)) return []
    const waits = facts.filter(fact => fact.waited !== null && fact.session !== session)
    const circle = (blockersOf: (wait: SeenWait) => readonly string[]) => {
      const standsFor = (wait: SeenWait | null, whom: string) => wait !== null && blockersOf(wait).includes(whom)
      return waits.filter(fact => standsFor(fact.waited, session) || standsFor(waited, fact.session)).map(fact => fact.session)
    }
    const told = new Set(circle(({ blockers }) => blockers))
    const others = [...new Set(circle(({ blockers, inferred }) => [...blockers, ...inferred]))]
    const seems = others.some(other => !told.has(other)) ? ', it seems,' : ''
    // Who else was in the circle is not always seen before the server has broken it.
    if (others.length === 0) return [`The server ended a deadlock by refusing ${session} (step ${index + 1}).`]
    return [
      `${listed([session, ...others].sort())} waited${seems} for each other: the server ended that by refusing ${session} (step ${index + 1}).`,
    ]
  })
}
