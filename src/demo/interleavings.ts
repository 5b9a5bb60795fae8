import type { DemoPlot, DemoStep } from '../scenario/demo/model.js'
import type { Dialect } from '../scenario/model.js'
import type { Random } from '../scenario/random.js'
import { textFor } from '../scenario/sql.js'
import { stepsFor, wordOf } from './script.js'

/** Steps of one session that stay together, by their places in the plot's schedule. */
export interface StepUnit {
  readonly session: string
  readonly steps: readonly number[]
}

/**
 * What changes places when schedules are explored, in the order of the plot. A BEGIN goes with the statement after it, since by itself it
 * neither reads nor locks; a wait stays behind the statement that it waits for.
 */
export function unitsOf(plot: DemoPlot, dialect: Dialect): readonly StepUnit[] {
  const units: { session: string; steps: number[]; open: boolean }[] = []
  for (const index of stepsFor(plot, dialect)) {
    const step = plot.schedule[index] as DemoStep
    const last = units.findLast(({ session }) => session === step.session)
    if (last !== undefined && (last.open || step.kind === 'wait')) {
      last.steps.push(index)
      last.open = isBareBegin(step, dialect)
    } else units.push({ session: step.session, steps: [index], open: isBareBegin(step, dialect) })
  }
  return units.map(({ session, steps }) => ({ session, steps }))
}

function isBareBegin(step: DemoStep, dialect: Dialect): boolean {
  return (
    step.kind === 'statement' && wordOf(step, dialect) === 'begin' && !/\bCONSISTENT\s+SNAPSHOT\b/i.test(textFor(step.sql, dialect) ?? '')
  )
}

/** An order of units: who is next, each time; what it does is its own next unit. */
export type Interleaving = readonly string[]

/** How many there are: the multinomial coefficient of the sessions' numbers of units. Exact. */
export function countInterleavings(units: readonly StepUnit[]): bigint {
  let placed = 0n
  let count = 1n
  for (const size of sizes(units).values()) {
    // Binomials, one factor at a time: every intermediate quotient is whole.
    for (let k = 1n; k <= BigInt(size); k++) count = (count * ++placed) / k
  }
  return count
}

/** All of them, in the order of a dictionary in which the sessions stand as in the plot: one session after the other comes first. */
export function* allInterleavings(units: readonly StepUnit[]): Generator<Interleaving> {
  const left = sizes(units)
  function* extend(order: Interleaving): Generator<Interleaving> {
    if (order.length === units.length) yield order
    for (const [session, size] of left) {
      if (size === 0) continue
      left.set(session, size - 1)
      yield* extend([...order, session])
      left.set(session, size)
    }
  }
  yield* extend([])
}

/** `size` different ones, each as likely as any other. There must be as many. */
export function sampleInterleavings(units: readonly StepUnit[], size: number, random: Random): readonly Interleaving[] {
  const sample = new Map<string, Interleaving>()
  while (sample.size < size) {
    const order = units.map(({ session }) => session)
    for (let last = order.length - 1; last > 0; last--) {
      const other = random.integer(0, last)
      const moved = order[last] as string
      order[last] = order[other] as string
      order[other] = moved
    }
    sample.set(order.join(' '), order)
  }
  return [...sample.values()]
}

/** Those that differ in one swap of two neighbours, with the place of the first of the two. */
export function neighbours(order: Interleaving): readonly { readonly order: Interleaving; readonly at: number }[] {
  return order.slice(1).flatMap((second, at) => {
    const first = order[at] as string
    if (first === second) return []
    return [{ order: [...order.slice(0, at), second, first, ...order.slice(at + 2)], at }]
  })
}

/** How many swaps of neighbours lie between two of the same units: pairs of units whose order differs (Kendall's tau distance). */
export function swapsBetween(one: Interleaving, other: Interleaving): number {
  const rank = new Map(numbered(other).map((name, index) => [name, index]))
  const ranks = numbered(one).map(name => rank.get(name) as number)
  return ranks.reduce((sum, own, index) => sum + ranks.slice(index + 1).filter(later => later < own).length, 0)
}

/** The plot with its steps in that order. */
export function rearrange(plot: DemoPlot, units: readonly StepUnit[], order: Interleaving): DemoPlot {
  const queues = new Map([...sizes(units).keys()].map(session => [session, units.filter(unit => unit.session === session)]))
  const steps = order.flatMap(session => queues.get(session)?.shift()?.steps ?? [])
  return { ...plot, schedule: steps.map(step => plot.schedule[step] as DemoStep) }
}

/** Which of its session's units stands at a place, as an index into `units`. */
export function unitAt(units: readonly StepUnit[], order: Interleaving, place: number): StepUnit {
  const session = order[place] as string
  const nth = order.slice(0, place).filter(other => other === session).length
  return units.filter(unit => unit.session === session)[nth] as StepUnit
}

function sizes(units: readonly StepUnit[]): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const { session } of units) sizes.set(session, (sizes.get(session) ?? 0) + 1)
  return sizes
}

/** `A 1`, `B 1`, `A 2`: the units of a session told apart. */
function numbered(order: Interleaving): readonly string[] {
  const seen = new Map<string, number>()
  return order.map(session => {
    const nth = (seen.get(session) ?? 0) + 1
    seen.set(session, nth)
    return `${session} ${nth}`
  })
}
