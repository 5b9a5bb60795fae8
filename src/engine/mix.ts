import { assignGroups, weightsFor } from '../scenario/groups.js'
import type { Phase, ResolvedScenario } from '../scenario/model.js'
import { mostClients } from './phases.js'

/** Which transactions a client runs in a phase, and how often; null: none at all. */
export interface Mix {
  /** @param fraction 0 ≤ fraction < 1 @returns index of the transaction */
  pick(fraction: number): number
}

/** The mixes of all clients in one phase, by the client's index; those of one group share theirs. */
export function mixesOf(scenario: ResolvedScenario, phase: Phase): readonly (Mix | null)[] {
  const byGroup = new Map<number, Mix | null>()
  return assignGroups(scenario.groups, mostClients(phase)).map(group => {
    const known = byGroup.get(group)
    if (known !== undefined) return known
    const mix = createMix(weightsFor(scenario, phase, group))
    byGroup.set(group, mix)
    return mix
  })
}

/** Picks index i with probability weightᵢ / Σ weights. */
export function createMix(weights: readonly number[]): Mix | null {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total <= 0) return null
  let sum = 0
  const ends = weights.map(weight => {
    sum += weight
    return sum / total
  })
  const last = weights.findLastIndex(weight => weight > 0)
  return {
    pick(fraction) {
      let index = 0
      for (const end of ends) {
        if (fraction < end) return index
        index++
      }
      return last
    },
  }
}
