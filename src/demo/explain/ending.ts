import { listed } from '../../format.js'
import { formatValue } from '../../scenario/format-value.js'
import type { RuleVerdict } from '../rule.js'
import type { Evidence } from './evidence.js'

/** Which serial order explains what was read and left, or that none does; and what the business rule says. */
export function tellEnding({ oracle, plot, rule, transactions }: Evidence): readonly string[] {
  const told: string[] = []
  if (oracle?.serializable) told.push(tellOrder(oracle.order ?? []))
  if (oracle?.serializable === false) told.push(`No serial order explains it: ${tellNoOrder(transactions)}.`)
  if (plot.rule !== null) told.push(tellRule(plot.rule.text.replace(/\.$/, ''), rule))
  return told
}

function tellRule(text: string, { held, evidence, unread }: RuleVerdict): string {
  if (held === true) return `The rule is kept: ${text}.`
  if (held === null)
    return `Whether the rule is kept cannot be told: ${text} (${listed(unread)} ${unread.length === 1 ? 'was' : 'were'} never read).`
  return `The rule is broken: ${text} (${evidence.map(([name, value]) => `${name} is ${formatValue(value)}`).join(', ')}).`
}

function tellNoOrder(transactions: Evidence['transactions']): string {
  const committed = transactions.filter(({ ended }) => ended === 'committed').map(({ session }) => session)
  if (committed.length < 2) return 'what was committed, run by itself, reads or leaves something else'
  const count = orderCount(committed)
  const orders = count === 1 ? '' : count === 2 ? ' in either order' : ` in any of ${count} orders`
  return `what was committed, run one after the other${orders}, reads or leaves something else`
}

/** How many orders keep each session's own: n! over the product of the factorials of what each session has. */
function orderCount(sessions: readonly string[]): number {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  const counts = [...new Set(sessions)].map(session => sessions.filter(one => one === session).length)
  return factorial(sessions.length) / counts.reduce((product, count) => product * factorial(count), 1)
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
