import type { Facts } from './facts.js'

const elementsShown = 3

/** As in `T1203`: the transactions are numbered in the order in which they ended. */
export function transactionName(transaction: number): string {
  return `T${transaction + 1}`
}

export function keyName({ history }: Facts, key: number): string {
  return `key ${history.keys[key]}`
}

/** What a read found, as in `[…,39,40,41]`. */
export function readText({ history }: Facts, operation: number): string {
  const start = history.firstElement[history.operationChains[operation] as number] as number
  return listText(history.chainElements.subarray(start, start + (history.operationValues[operation] as number)))
}

/** What the list of a key is in the end. */
export function lastVersionText({ firstVersion, versionElements }: Facts, key: number): string {
  return listText(versionElements.subarray(firstVersion[key], firstVersion[key + 1]))
}

/** Who read what, as in `T7 read key 3 as [1,2]`. */
export function readSentence(facts: Facts, operation: number): string {
  const { owner, history } = facts
  const reader = transactionName(owner[operation] as number)
  return `${reader} read ${keyName(facts, history.operationKeys[operation] as number)} as ${readText(facts, operation)}`
}

/** What a transaction did, in its order, as in `read key 3 as [1], appended 2 to key 4`. */
export function operationsText(facts: Facts, transaction: number): string {
  const { firstOperation, operationChains, operationKeys, operationValues } = facts.history
  const said: string[] = []
  for (let operation = firstOperation[transaction] as number; operation < (firstOperation[transaction + 1] as number); operation++) {
    const key = keyName(facts, operationKeys[operation] as number)
    const appended = operationChains[operation] === -1
    said.push(appended ? `appended ${operationValues[operation]} to ${key}` : `read ${key} as ${readText(facts, operation)}`)
  }
  return said.join(', ')
}

function listText(elements: Int32Array): string {
  const hidden = elements.length > elementsShown + 1
  const shown = hidden ? ['…', ...elements.subarray(-elementsShown)] : [...elements]
  return `[${shown.join(',')}]`
}
