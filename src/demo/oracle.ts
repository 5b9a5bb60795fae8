import type { DemoPlot } from '../scenario/demo/model.js'
import type { Isolation } from '../scenario/model.js'
import { Actor } from './actor.js'
import type { DemoTransaction, StepFact } from './facts.js'
import type { History, OracleStage } from './history.js'
import { remember, runAlone, signature } from './rerun.js'

export interface OracleVerdict {
  readonly serializable: boolean
  /** The sessions in an order that gives the same; null: there is none. */
  readonly order: readonly string[] | null
  /** Those that another order had refuted before they began are not counted. */
  readonly ordersTried: number
}

/**
 * Whether the committed transactions could have run one after the other: they are run so, in every order that keeps each session's own, on
 * the same server from the same beginning, and must read the same and leave the same. No expected result is needed. The cost is one run
 * per order; the first that fits ends the search, and a beginning that did not fit is not tried again.
 *
 * @throws OltpError `DEMO_SESSION_LOST`, and as `Stage.reset` does
 */
export async function judge(stage: OracleStage, plot: DemoPlot, isolation: Isolation | null, history: History): Promise<OracleVerdict> {
  const committed = history.transactions.filter(({ ended }) => ended === 'committed')
  const refuted: (readonly number[])[] = []
  let ordersTried = 0
  for (const order of serialOrders(committed.map(({ session }) => session))) {
    if (refuted.some(beginning => beginning.every((index, at) => order[at] === index))) continue
    ordersTried++
    const agreed = await runInOrder(stage, plot, isolation, history, committed, order)
    if (agreed === 'all') return { serializable: true, order: order.map(index => committed[index]?.session ?? ''), ordersTried }
    refuted.push(order.slice(0, agreed + 1))
  }
  return { serializable: false, order: null, ordersTried }
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

/** How many of the transactions did and saw the same before one did not; `all`: and they left the same. */
async function runInOrder(
  stage: OracleStage,
  plot: DemoPlot,
  isolation: Isolation | null,
  history: History,
  committed: readonly DemoTransaction[],
  order: readonly number[],
): Promise<number | 'all'> {
  await stage.reset(plot)
  const actors = new Map<string, Actor>()
  try {
    for (const [place, index] of order.entries()) {
      const transaction = committed[index] as DemoTransaction
      const { session } = transaction
      const actor = actors.get(session) ?? new Actor(session, await stage.enter(plot, session, isolation))
      actors.set(session, actor)
      for (const undone of undoneBefore(transaction, history)) remember(plot, history, undone, actor.saved)
      const again = await runAlone(stage, plot, actor, history, transaction)
      const seen = signature(transaction.facts.map(fact => history.facts[fact] as StepFact))
      if (again === null || signature(again) !== seen) return place
    }
  } finally {
    await Promise.all([...actors.values()].map(({ dialogue, pending }) => (pending === null ? dialogue.end() : dialogue.kill())))
  }
  return (await stage.contents()) === history.contents ? 'all' : order.length
}

/** What the session read in transactions that came to nothing, since its last one that did not, it may have gone by all the same. */
function undoneBefore(transaction: DemoTransaction, { transactions }: History): readonly DemoTransaction[] {
  const own = transactions.filter(({ session }) => session === transaction.session)
  const before = own.slice(0, own.indexOf(transaction))
  return before.slice(before.findLastIndex(({ ended }) => ended === 'committed') + 1)
}
