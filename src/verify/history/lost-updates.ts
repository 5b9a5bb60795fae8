import type { Facts } from './facts.js'
import type { Findings } from './findings.js'
import { readSentence, transactionName } from './words.js'

/**
 * Transactions that read the same version of a list and then both appended to it: neither knew of the other's update. Each beyond the
 * first counts. As Elle finds them.
 */
export function checkLostUpdates(facts: Facts, previous: Int32Array, findings: Findings): void {
  const { history, owner, live } = facts
  const { keys, operationChains, operationKeys, operationValues } = history
  // By the append that made the version, or by the key for the version without elements: the first update of it.
  const updateOf = new Int32Array(owner.length).fill(-1)
  const updateOfEmpty = new Int32Array(keys.length).fill(-1)
  for (let operation = 0; operation < owner.length; operation++) {
    const before = previous[operation] as number
    if (operationChains[operation] !== -1 || before === -1 || live[owner[operation] as number] !== 1) continue
    // The first append after reads of the key only: the version is what was read first.
    const read = firstRead(operationChains, previous, before)
    if (read === -1) continue
    const version = versionRead(facts, read)
    if (version === null) continue
    const [updates, at] = version === -1 ? [updateOfEmpty, operationKeys[operation] as number] : [updateOf, version]
    const other = updates[at] as number
    if (other === -1) {
      updates[at] = operation
      continue
    }
    const [one, two] = [owner[other] as number, owner[operation] as number]
    findings.note('lost update', operationValues[read] as number, [one, two], () => ({
      transactions: [one, two],
      sentences: [
        `${readSentence(facts, read)}, as ${transactionName(one)} did; ${transactionName(one)} appended ${operationValues[other]} to that and ` +
          `${transactionName(two)} ${operationValues[operation]}: neither knew of the other's update.`,
      ],
    }))
  }
}

/** −1: there is an append among them. */
function firstRead(chains: Int32Array, previous: Int32Array, from: number): number {
  let read = from
  while (chains[read] !== -1 && previous[read] !== -1) read = previous[read] as number
  return chains[read] === -1 ? -1 : read
}

/** The append of its last element; −1: it has none; null: nobody is known to have made it. */
function versionRead({ history, chainWriters }: Facts, read: number): number | null {
  const length = history.operationValues[read] as number
  if (length === 0) return -1
  const writer = chainWriters[(history.firstElement[history.operationChains[read] as number] as number) + length - 1] as number
  return writer === -1 ? null : writer
}
