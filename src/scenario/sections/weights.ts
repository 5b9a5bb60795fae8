import type { Reader, YamlNode } from '../diagnostics.js'
import type { Weights } from '../model.js'
import { suggest } from '../nearest.js'
import { describe } from '../reader.js'

/** `{ transfer: 80, look: 20 }`, each a transaction of the scenario, not all of them 0. */
export function readWeights(node: YamlNode, what: string, transactions: readonly string[], reader: Reader): Weights {
  if (node.kind !== 'map') {
    reader.problem(node, `${what} must be a map of transactions and weights, found ${describe(node)}`, {
      hint: `as in { ${transactions[0] ?? 'transfer'}: 80 }`,
    })
    return {}
  }
  const weights: { [transaction: string]: number } = {}
  for (const { key, keyNode, value } of node.entries) {
    if (transactions.includes(key)) weights[key] = reader.number(value, `the weight of \`${key}\``, { min: 0 })
    else {
      const hint = suggest(key, transactions)
      reader.problem(keyNode, `there is no transaction \`${key}\``, { hint: hint ?? 'declare it under `transactions`' })
    }
  }
  const known = Object.values(weights)
  if (known.length === node.entries.length && known.every(weight => weight === 0)) {
    reader.problem(node.entries[0]?.keyNode ?? node, `${what} leave nothing to run: all are 0`, {
      hint: 'give one transaction a weight above 0',
    })
  }
  return weights
}
