import { transactionState } from '../../measure/history.js'
import type { Facts } from './facts.js'
import type { Findings } from './findings.js'
import { keyName, lastVersionText, transactionName } from './words.js'

/** What is wrong with what the lists hold in the end. */
export function checkLastVersions(facts: Facts, findings: Findings): void {
  if (!facts.final) return
  checkAppends(facts, findings)
  checkElements(facts, findings)
}

function checkAppends(facts: Facts, findings: Findings): void {
  const { history, live, owner, position } = facts
  const { operationChains, operationKeys, operationValues } = history
  for (let operation = 0; operation < operationChains.length; operation++) {
    const writer = owner[operation] as number
    if (operationChains[operation] !== -1 || live[writer] !== 1 || position[operation] !== -1) continue
    const key = operationKeys[operation] as number
    findings.note('lost append', lengthOf(facts, key), [writer], () => ({
      transactions: [writer],
      sentences: [
        `${transactionName(writer)} appended ${operationValues[operation]} to ${keyName(facts, key)} and was committed; ` +
          `in the end the list, ${lastVersionText(facts, key)}, does not hold it.`,
      ],
    }))
  }
}

function checkElements(facts: Facts, findings: Findings): void {
  const { history, owner, position, firstVersion, versionElements, versionWriters } = facts
  for (let key = 0; key < history.keys.length; key++) {
    const start = firstVersion[key] as number
    for (let at = start; at < (firstVersion[key + 1] as number); at++) {
      const operation = versionWriters[at] as number
      const writer = owner[operation]
      const element = versionElements[at]
      const list = () => `${keyName(facts, key)}, in the end ${lastVersionText(facts, key)}`
      if (writer === undefined) {
        if (!history.complete) continue
        findings.note('garbage', lengthOf(facts, key), [], () => ({
          transactions: [],
          sentences: [`Nobody appended ${element} to ${list()}.`],
        }))
      } else if (position[operation] !== at - start) {
        findings.note('duplicate element', lengthOf(facts, key), [writer], () => ({
          transactions: [writer],
          sentences: [`${transactionName(writer)} appended ${element} once; ${list()}, holds it twice.`],
        }))
      } else if (history.states[writer] === transactionState.aborted) {
        findings.note('aborted write', lengthOf(facts, key), [writer], () => ({
          transactions: [writer],
          sentences: [`${transactionName(writer)} appended ${element} and was rolled back; ${list()}, holds it nevertheless.`],
        }))
      }
    }
  }
}

function lengthOf({ firstVersion }: Facts, key: number): number {
  return (firstVersion[key + 1] as number) - (firstVersion[key] as number)
}
