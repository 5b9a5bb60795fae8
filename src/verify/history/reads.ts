import type { Facts } from './facts.js'
import type { Findings } from './findings.js'
import { keyName, lastVersionText, readSentence, transactionName } from './words.js'

/** What is wrong with a single read of a transaction that was committed: whom it read, and whether the list grew to what it is. */
export function checkReads(facts: Facts, findings: Findings): void {
  const { history, live, owner } = facts
  const { operationChains, operationValues } = history
  // A transaction counts once under each name.
  const counted = new Map<string, number>()
  const once = (name: Parameters<Findings['note']>[0], operation: number, said: () => string[], others: number[] = []) => {
    const reader = owner[operation] as number
    if (counted.get(name) === reader) return
    counted.set(name, reader)
    const transactions = [reader, ...others]
    findings.note(name, operationValues[operation] as number, transactions, () => ({ transactions, sentences: said() }))
  }
  for (let operation = 0; operation < operationChains.length; operation++) {
    const chain = operationChains[operation] as number
    const reader = owner[operation] as number
    if (chain === -1 || live[reader] !== 1) continue
    const length = operationValues[operation] as number
    const start = history.firstElement[chain] as number
    const known = facts.known[chain] as number
    const clean = facts.clean[chain] as number
    const read = () => readSentence(facts, operation)
    if (length > known && history.complete) {
      once('garbage', operation, () => [`${read()}; nobody appended ${history.chainElements[start + known]}.`])
    }
    if (length > clean) {
      const writer = owner[facts.chainWriters[start + clean] as number] as number
      const element = history.chainElements[start + clean]
      once(
        'G1a',
        operation,
        () => [`${read()}; ${element} was appended by ${transactionName(writer)}, which was rolled back: a dirty read.`],
        [writer],
      )
    } else if (length > (facts.agreed[chain] as number) && (length <= known || !history.complete)) {
      const key = history.operationKeys[operation] as number
      const otherwise = () =>
        facts.final
          ? `in the end ${keyName(facts, key)} is ${lastVersionText(facts, key)}, which did not grow out of that.`
          : `others read ${keyName(facts, key)} as what did not grow out of that, nor that out of it.`
      once('incompatible order', operation, () => [`${read()}; ${otherwise()}`])
    }
    checkLast(facts, operation, once)
  }
}

/** Whoever reads an element that its transaction followed by another one has seen it half done. */
function checkLast(
  facts: Facts,
  operation: number,
  once: (name: 'G1b', operation: number, said: () => string[], others: number[]) => void,
): void {
  const { history, owner, live } = facts
  const { operationChains, operationKeys, operationValues, firstElement, firstOperation } = history
  const length = operationValues[operation] as number
  if (length === 0) return
  const last = facts.chainWriters[(firstElement[operationChains[operation] as number] as number) + length - 1] as number
  const writer = owner[last]
  if (last === -1 || writer === undefined || writer === owner[operation] || live[writer] !== 1) return
  for (let later = (firstOperation[writer + 1] as number) - 1; later > last; later--) {
    if (operationChains[later] !== -1 || operationKeys[later] !== operationKeys[operation]) continue
    once(
      'G1b',
      operation,
      () => [
        `${readSentence(facts, operation)}; ${transactionName(writer)} appended ${operationValues[last]} and then ${operationValues[later]} to it: ` +
          `${transactionName(owner[operation] as number)} saw it half done.`,
      ],
      [writer],
    )
    return
  }
}
