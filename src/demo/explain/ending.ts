import { formatValue } from '../../scenario/format-value.js'
import type { FinalRows } from '../verdict.js'
import type { Evidence } from './evidence.js'
import { listed } from './words.js'

/** Which serial order explains what was read and left, or that none does; and what the business rule says. */
export function tellEnding({ oracle, ruleHeld, plot, final }: Evidence): readonly string[] {
  const told: string[] = []
  if (oracle?.serializable) told.push(tellOrder(oracle.order ?? []))
  if (oracle?.serializable === false) {
    const tried = oracle.ordersTried === 1 ? 'the only order' : `${oracle.ordersTried} orders`
    told.push(`No serial order explains it: ${tried} of what was committed, run one after the other, read or left something else.`)
  }
  if (plot.rule !== null && ruleHeld !== null) {
    const text = plot.rule.text.replace(/\.$/, '')
    const left = final === null ? '' : `, and what is left is ${whatIsLeft(final)}`
    told.push(ruleHeld ? `The rule is kept: ${text}.` : `The rule is broken: ${text}${left}.`)
  }
  return told
}

/** The sessions of the committed transactions in their serial order, as in `as if B had run before A`; null: there was only one. */
export function serialPhrase(order: readonly string[]): string | null {
  const turns = order.filter((session, at) => session !== order[at - 1])
  if (turns.length < 2) return null
  return turns.length === 2 ? `as if ${turns[0]} had run before ${turns[1]}` : `as if they had run in the order ${turns.join(', ')}`
}

function tellOrder(order: readonly string[]): string {
  const phrase = serialPhrase(order)
  if (phrase !== null) return `All that was committed is ${phrase}.`
  const sessions = [...new Set(order)]
  return sessions.length === 0 ? 'Nothing was committed.' : `Only ${listed(sessions)} committed anything: that is serial by itself.`
}

function whatIsLeft({ columns, rows }: FinalRows): string {
  const [first] = rows
  if (first === undefined) return 'no row'
  if (rows.length > 1) return `${rows.length} rows`
  return columns.map((column, at) => `${column} ${formatValue(first[at] ?? null)}`).join(', ')
}
