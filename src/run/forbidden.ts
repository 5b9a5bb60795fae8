import { type AnomalyName, anomalyNames } from '../scenario/anomalies.js'
import type { Check, Isolation, ResolvedScenario } from '../scenario/model.js'
import { mayRun } from './read-only.js'

/**
 * Which anomalies break the run: those that the check forbids, or else those that everybody who names the weakest isolation level of
 * its transactions excludes with it; less those that it allows. What a server calls repeatable read differs too much to go beyond
 * read committed for it.
 */
export function forbiddenBy(check: Check, scenario: ResolvedScenario): ReadonlySet<AnomalyName> {
  const forbidden = check.forbid ?? excludedAt(weakestLevel(check, scenario))
  return new Set(forbidden.filter(name => !check.allow.includes(name)))
}

const strength: readonly (Isolation | null)[] = [null, 'read uncommitted', 'read committed', 'repeatable read', 'serializable']

/** null: one of them takes what the server has for everybody, which may be anything. */
function weakestLevel({ transactions }: Check, scenario: ResolvedScenario): Isolation | null {
  const levels = scenario.transactions.filter(one => transactions.includes(one.name) && mayRun(one, scenario)).map(one => one.isolation)
  return strength.find(level => levels.includes(level)) ?? null
}

function excludedAt(level: Isolation | null): readonly AnomalyName[] {
  if (level === 'serializable') return anomalyNames
  if (level === 'read committed' || level === 'repeatable read') return [...always, ...dirty]
  return always
}

const always: readonly AnomalyName[] = ['garbage', 'duplicate element', 'G0']
const dirty: readonly AnomalyName[] = ['aborted write', 'foreign increment', 'G1a', 'G1b', 'G1c']
