import type { Facts } from './facts.js'
import type { Findings } from './findings.js'
import { keyName, lastVersionText, readSentence, readText, transactionName } from './words.js'

/** Transactions that do not agree with themselves: with what they have read before, and with what they have appended. */
export function checkInternal(facts: Facts, previous: Int32Array, findings: Findings): void {
  const { history, owner, live } = facts
  const { operationChains, operationValues } = history
  let counted = -1
  for (let operation = 0; operation < owner.length; operation++) {
    const transaction = owner[operation] as number
    if (live[transaction] !== 1 || transaction === counted || previous[operation] === -1) continue
    const said = operationChains[operation] === -1 ? wrongAppend(facts, previous, operation) : wrongRead(facts, previous, operation)
    if (said === null) continue
    counted = transaction
    const size = operationChains[operation] === -1 ? 1 : (operationValues[operation] as number)
    const transactions = [transaction]
    findings.note('internal', size, transactions, () => ({ transactions, sentences: [said()] }))
  }
}

/** A read must be what was read last and what was appended since. */
function wrongRead(facts: Facts, previous: Int32Array, operation: number): (() => string) | null {
  const { firstElement, chainElements, operationChains, operationValues } = facts.history
  const start = firstElement[operationChains[operation] as number] as number
  let length = operationValues[operation] as number
  let before = previous[operation] as number
  for (; before !== -1 && operationChains[before] === -1; before = previous[before] as number) {
    if (length === 0 || chainElements[start + length - 1] !== operationValues[before]) return () => misses(facts, operation, before)
    length--
  }
  if (before === -1) return null
  const earlier = firstElement[operationChains[before] as number] as number
  let agrees = length === operationValues[before]
  for (let at = 0; agrees && start !== earlier && at < length; at++) agrees = chainElements[start + at] === chainElements[earlier + at]
  return agrees ? null : () => differs(facts, previous, operation, before)
}

/** What a transaction has read before it appended it, or appended in another order than it says. */
function wrongAppend({ history, agreed, position, ...facts }: Facts, previous: Int32Array, operation: number): (() => string) | null {
  const { operationChains, operationKeys, operationValues } = history
  const whole = { history, agreed, position, ...facts }
  const place = position[operation] as number
  const before = previous[operation] as number
  if (place === -1) return null
  const name = transactionName(facts.owner[operation] as number)
  const key = operationKeys[operation] as number
  if (operationChains[before] === -1) {
    if (place > (position[before] as number)) return null
    return () =>
      `${name} appended ${operationValues[before]} to ${keyName(whole, key)} and then ${operationValues[operation]}; ` +
      `in the end it is ${lastVersionText(whole, key)}.`
  }
  const read = Math.min(operationValues[before] as number, agreed[operationChains[before] as number] as number)
  return place >= read ? null : () => `${readSentence(whole, before)} before it appended ${operationValues[operation]} itself.`
}

function misses(facts: Facts, operation: number, append: number): string {
  const { history, owner } = facts
  const key = keyName(facts, history.operationKeys[operation] as number)
  const name = transactionName(owner[operation] as number)
  return `${name} appended ${history.operationValues[append]} to ${key} and then read it as ${readText(facts, operation)}.`
}

function differs(facts: Facts, previous: Int32Array, operation: number, earlier: number): string {
  const appended: number[] = []
  for (let at = previous[operation] as number; at !== earlier; at = previous[at] as number)
    appended.unshift(facts.history.operationValues[at] as number)
  const meanwhile = appended.length === 0 ? 'and then' : `appended ${appended.join(' and ')} and then read it`
  return `${readSentence(facts, earlier)}, ${meanwhile} as ${readText(facts, operation)}.`
}
