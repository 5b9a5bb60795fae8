import { exitCodes, OltpError } from '../errors.js'
import type { ClientGroup, Phase, Transaction, Weights } from './model.js'

/**
 * The group of each client, as an index into `groups`; −1 where a client is in none and runs the ordinary mix. Fixed groups come first, in order;
 * the shares are spread evenly over the rest, so that any first part of the clients (a ramp) has about the same mix.
 *
 * @throws OltpError GROUPS_TOO_LARGE when the fixed groups need more clients than there are
 */
export function assignGroups(groups: readonly ClientGroup[], clients: number): readonly number[] {
  const fixed = groups.flatMap((group, index) => Array.from({ length: group.clients ?? 0 }, () => index))
  if (fixed.length > clients) {
    throw new OltpError('GROUPS_TOO_LARGE', exitCodes.usage, `the groups need ${fixed.length} clients, the phase has ${clients}`, {
      hint: `use at least ${fixed.length} clients`,
    })
  }
  return [...fixed, ...spread(groups, clients - fixed.length)]
}

/** Each next client goes to the group that is furthest behind its share. */
function spread(groups: readonly ClientGroup[], clients: number): number[] {
  const shares = groups.map((group, index) => ({ index, share: group.share ?? 0, given: 0 }))
  const rest = 1 - shares.reduce((sum, { share }) => sum + share, 0)
  const takers = [...shares, { index: -1, share: rest > 1e-9 ? rest : 0, given: 0 }].filter(({ share }) => share > 0)
  return Array.from({ length: clients }, (_, client) => {
    const behind = (taker: (typeof takers)[number]) => taker.share * (client + 1) - taker.given
    const next = takers.reduce((best, taker) => (behind(taker) > behind(best) + 1e-9 ? taker : best))
    next.given++
    return next.index
  })
}

/**
 * The weight of each transaction, by its index, for the clients of a group in a phase: the group's own weights, else the phase's, else
 * the transactions' own.
 *
 * @param group an index into `groups`, or −1
 */
export function weightsFor(
  scenario: { readonly transactions: readonly Transaction[]; readonly groups: readonly ClientGroup[] },
  phase: Pick<Phase, 'weights'>,
  group: number,
): readonly number[] {
  const weights: Weights | null = scenario.groups[group]?.weights ?? phase.weights
  return scenario.transactions.map(({ name, weight }) =>
    weights === null ? weight : Object.hasOwn(weights, name) ? (weights[name] ?? 0) : 0,
  )
}

/** Whether some phase has clients in no group and no mix of its own for them. */
export function hasUngroupedClients(groups: readonly ClientGroup[], phases: readonly Phase[]): boolean {
  const fixed = groups.reduce((total, group) => total + (group.clients ?? 0), 0)
  const shared = groups.reduce((total, group) => total + (group.share ?? 0), 0)
  return shared < 1 - 1e-9 && phases.some(phase => phase.weights === null && Math.max(phase.clients.from, phase.clients.to) > fixed)
}
