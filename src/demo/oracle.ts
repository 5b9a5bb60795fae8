import type { DemoPlot } from '../scenario/demo/model.js'
import type { Isolation } from '../scenario/model.js'
import type { DemoTransaction, StepFact } from './facts.js'
import type { History, OracleStage } from './history.js'
import { fitsBut, readsClock, sameRun } from './made-up.js'
import { signature } from './rerun.js'
import { type SerialRun, SerialStage } from './serial-run.js'

export interface OracleVerdict {
  /** Null: no order gives the same, and what differs are values that the server makes up anew in every run. */
  readonly serializable: boolean | null
  /** The sessions in an order that gives the same; null: there is none. */
  readonly order: readonly string[] | null
  /** Those that another order had refuted before they began are not counted. */
  readonly ordersTried: number
  /** Where such values were read or left, if that is why it cannot be said. */
  readonly madeUp: readonly string[]
}

interface Refuted {
  readonly order: readonly number[]
  readonly run: SerialRun
}

/**
 * Whether the committed transactions could have run one after the other: they are run so, in every order that keeps each session's own, on
 * the same server from the same beginning, and must read the same and leave the same. No expected result is needed. The cost is one run
 * per order; the first that fits ends the search, and a beginning that did not fit is not tried again.
 *
 * A difference counts only where the run does not differ from itself: clocks, random numbers and sequences answer something else every
 * time. That is asked when no order fits, and costs as much once more.
 *
 * @throws OltpError `DEMO_SESSION_LOST`, and as `Stage.reset` does
 */
export async function judge(stage: OracleStage, plot: DemoPlot, isolation: Isolation | null, history: History): Promise<OracleVerdict> {
  const committed = history.transactions.filter(({ ended }) => ended === 'committed')
  const serially = new SerialStage(stage, plot, isolation, history, committed)
  const refuted: Refuted[] = []
  for (const order of serialOrders(committed.map(({ session }) => session))) {
    if (refuted.some(({ run }) => run.order.every((index, at) => order[at] === index))) continue
    const run = await serially.run(order, (index, again) => again !== null && signature(again) === seen(committed[index], history))
    if (run.contents === history.contents) {
      return { serializable: true, order: sessionsOf(order, committed), ordersTried: refuted.length + 1, madeUp: [] }
    }
    refuted.push({ order, run })
  }
  const madeUp = await doubt(serially, refuted, history)
  return { serializable: madeUp === null ? false : null, order: null, ordersTried: refuted.length, madeUp: madeUp ?? [] }
}

/** Where the values are that an order might fit but for; null: every order is refuted by what is the same in every run. */
async function doubt(serially: SerialStage, refuted: readonly Refuted[], history: History): Promise<readonly string[] | null> {
  const letClockGoOn = readsClock(history) ? () => serially.letClockGoOn() : async () => {}
  await letClockGoOn()
  for (const { order, run } of refuted) {
    if (sameRun(run, await serially.runOtherwise(order, run.order.length))) continue
    const whole = await serially.run(order)
    await letClockGoOn()
    const madeUp = fitsBut(history, serially.committed, whole, await serially.runOtherwise(order))
    if (madeUp !== null) return madeUp
  }
  return null
}

/** All orders of things that have owners, in which the things of one owner stay in their order. Indexes; the given order comes first. */
export function* serialOrders(owners: readonly string[]): Generator<readonly number[]> {
  const all = owners.map((_, index) => index)
  function* extend(order: readonly number[], left: readonly number[]): Generator<readonly number[]> {
    if (left.length === 0) yield order
    const firsts = left.filter(index => left.every(other => other >= index || owners[other] !== owners[index]))
    for (const first of firsts) {
      yield* extend(
        [...order, first],
        left.filter(index => index !== first),
      )
    }
  }
  yield* extend([], all)
}

function seen(transaction: DemoTransaction | undefined, { facts }: History): string {
  return signature((transaction?.facts ?? []).map(fact => facts[fact] as StepFact))
}

function sessionsOf(order: readonly number[], committed: readonly DemoTransaction[]): readonly string[] {
  return order.map(index => committed[index]?.session ?? '')
}
