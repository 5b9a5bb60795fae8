import { formatValue } from '../../scenario/format-value.js'
import type { RuleVerdict } from '../rule.js'
import type { Evidence } from './evidence.js'
import { listed } from './words.js'

/** Which serial order explains what was read and left, or that none does; and what the business rule says. */
export function tellEnding({ oracle, plot, rule }: Evidence): readonly string[] {
  const told: string[] = []
  if (oracle?.serializable) told.push(tellOrder(oracle.order ?? []))
  if (oracle?.serializable === false) told.push(`No serial order explains it: ${tellNoOrder(oracle.ordersTried)}.`)
  if (plot.rule !== null) told.push(tellRule(plot.rule.text.replace(/\.$/, ''), rule))
  return told
}

function tellRule(text: string, { held, evidence, unread }: RuleVerdict): string {
  if (held === true) return `The rule is kept: ${text}.`
  if (held === null)
    return `Whether the rule is kept cannot be told: ${text} (${listed(unread)} ${unread.length === 1 ? 'was' : 'were'} never read).`
  return `The rule is broken: ${text} (${evidence.map(([name, value]) => `${name} is ${formatValue(value)}`).join(', ')}).`
}

function tellNoOrder(ordersTried: number): string {
  if (ordersTried < 2) return 'what was committed, run by itself, reads or leaves something else'
  const orders = ordersTried === 2 ? 'in either order' : `in any of ${ordersTried} orders`
  return `what was committed, run one after the other ${orders}, reads or leaves something else`
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
