import { listed } from '../../format.js'
import type { SeenWait, StepFact } from '../facts.js'
import { isBehind } from '../wait-graph.js'
import { forWhom } from '../whom.js'
import { deadlockCodes } from './error-meanings.js'
import type { Evidence } from './evidence.js'
import { shapeOf } from './statement-shape.js'

/** More than these say nothing new. */
const mostSentences = 5

/** Who waited for whom, and what ended it. */
export function tellWaits(evidence: Evidence): readonly string[] {
  const { facts } = evidence
  const waited = facts.flatMap((fact, index) => (fact.waited === null ? [] : [tellWait(fact, index, facts)]))
  const left = waited.length - mostSentences
  const shown = left > 1 ? [...waited.slice(0, mostSentences), `There were ${left} more waits.`] : waited
  return [...shown, ...tellDeadlocks(evidence)]
}

function tellWait({ session, waited, wokenBy, error, status }: StepFact, index: number, facts: readonly StepFact[]): string {
  const known = waited === null ? '' : forWhom(waited)
  const blockers = waited === null ? [] : [...waited.blockers, ...waited.inferred]
  const woken = wokenBy === null ? undefined : facts[wokenBy]
  // Once the first was through there was another one, unless that one was waited for by the first.
  const behind = facts.some(fact => blockers.includes(fact.session) && fact.waited !== null && fact.wokenBy === wokenBy)
  const first = woken !== undefined && blockers.length > 0 && !blockers.includes(woken.session) && !behind ? ' first' : ''
  const whom = known === '' ? ` for ${waited?.lock ?? 'a lock'}` : `${first}${known}`
  const begun = `${session} waited${whom} (step ${index + 1})`
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

function tellDeadlocks(evidence: Evidence): readonly string[] {
  return evidence.facts.flatMap(({ session, error }, index) => {
    if (error === null || !deadlockCodes.has(error.code)) return []
    const refused = `by refusing ${session} (step ${index + 1})`
    const told = circleOf(index, evidence, ({ blockers }) => blockers)
    const circle = told ?? circleOf(index, evidence, ({ blockers, inferred }) => [...blockers, ...inferred])
    if (circle === null) return [`The server ended a deadlock ${refused}.`]
    const seems = told === null ? ', it seems,' : ''
    return [`${listed([session, ...circle].sort())} waited${seems} for each other: the server ended that ${refused}.`]
  })
}

/**
 * Who else was in the circle that was broken by refusing this. Not all waits are seen before the server has done so: who waited for whom
 * must show it, or that there was nobody else; null: neither does.
 */
function circleOf(index: number, { facts, order }: Evidence, blockersOf: (wait: SeenWait) => readonly string[]): readonly string[] | null {
  const victim = facts[index]
  if (victim === undefined) return null
  const { session, waited } = victim
  const inTheWay = (wait: SeenWait | null) => (wait === null ? [] : blockersOf(wait))
  const place = (at: number) => (order.includes(at) ? order.indexOf(at) : Number.POSITIVE_INFINITY)
  // Whoever was not answered waits to the end.
  const standing = facts.filter((fact, at) => fact.waited !== null && at !== index && (place(at) > place(index) || fact.wokenBy === index))
  const blockers = new Map(standing.map(fact => [fact.session, [...inTheWay(fact.waited), ...(fact.wokenBy === index ? [session] : [])]]))
  const behind = [...blockers.keys()].filter(name => isBehind(name, session, blockers))
  const circle = behind.filter(name => inTheWay(waited).some(one => isBehind(one, name, blockers)))
  if (circle.length > 0) return circle
  const present = [...new Set(facts.map(fact => fact.session))].filter(name => {
    const last = order.findLast(at => place(at) < place(index) && facts[at]?.session === name)
    return name !== session && (blockers.has(name) || (last !== undefined && facts[last]?.transaction === 'open'))
  })
  return present.length === 1 ? present : null
}
