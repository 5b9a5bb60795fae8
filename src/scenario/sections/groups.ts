import type { Reader, YamlNode } from '../diagnostics.js'
import type { ClientGroup } from '../model.js'
import { describe, keysOf } from '../reader.js'
import { groupSchema } from '../schema.js'
import { parsePercentage } from '../units.js'
import { readNamed } from './names.js'
import { readWeights } from './weights.js'

/** `groups:`, whose shares are 100 % at most. */
export function readGroups(node: YamlNode, transactions: readonly string[], reader: Reader): readonly ClientGroup[] {
  const groups = readNamed(node, '`groups`', reader).map(({ key, value }): ClientGroup => {
    const map = reader.map(value, `group \`${key}\``, keysOf(groupSchema), ['weights'])
    const clients = reader.get(map, 'clients')
    const share = reader.get(map, 'share')
    const weights = reader.get(map, 'weights')
    if (value.kind === 'map' && (clients === undefined) === (share === undefined)) {
      const message = clients ? 'a group has a number of `clients` or a `share`, not both' : `group \`${key}\` lacks its size`
      reader.problem(share ?? map.entries[0]?.keyNode ?? map, message, {
        hint: clients ? 'remove one' : 'add `clients: 1` or `share: 50%`',
      })
    }
    return {
      name: key,
      clients: clients ? reader.integer(clients, '`clients`', { min: 1, max: 10_000 }) : null,
      share: share && !clients ? readShare(share, reader) : null,
      weights: weights ? readWeights(weights, `the weights of group \`${key}\``, transactions, reader) : {},
    }
  })
  const shares = groups.reduce((sum, group) => sum + (group.share ?? 0), 0)
  if (shares > 1 + 1e-9)
    reader.problem(node, `the shares of the groups add up to ${Math.round(shares * 100)}%`, { hint: 'make them 100% or less' })
  return groups
}

function readShare(node: YamlNode, reader: Reader): number {
  const share = node.kind === 'scalar' ? parsePercentage(node.source) : null
  if (share !== null && share > 0 && share <= 1) return share
  reader.problem(node, `\`share\` must be a percentage from 0 to 100, found ${describe(node)}`, { hint: 'as in 30%' })
  return 0
}
