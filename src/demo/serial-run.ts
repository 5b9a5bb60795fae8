import { setTimeout as sleep } from 'node:timers/promises'
import { mayChangeCatalogue } from '../scenario/demo/catalogue.js'
import type { DemoPlot } from '../scenario/demo/model.js'
import type { Isolation } from '../scenario/model.js'
import { textFor } from '../scenario/sql.js'
import { Actor } from './actor.js'
import type { DemoTransaction } from './facts.js'
import type { History, OracleStage } from './history.js'
import { type Again, type Ending, remember, runAlone } from './rerun.js'

/** Transactions that ran one after the other. */
export interface SerialRun {
  /** Which were run, by their indexes; fewer than asked for where one did not fit. */
  readonly order: readonly number[]
  /** What each of them did and saw; null: it could not be run so. */
  readonly transactions: readonly (readonly Again[] | null)[]
  /** As `Stage.contents` says it; null where fewer were run. */
  readonly contents: string | null
}

type Fits = (index: number, again: readonly Again[] | null) => boolean

/** Longer than the second that a clock of MySQL is exact to. */
const clockMs = 1_100

/** Where the committed transactions of a demo are run one after the other. */
export class SerialStage {
  readonly committed: readonly DemoTransaction[]
  private readonly stage: OracleStage
  private readonly plot: DemoPlot
  private readonly isolation: Isolation | null
  private readonly history: History

  constructor(stage: OracleStage, plot: DemoPlot, isolation: Isolation | null, history: History, committed: readonly DemoTransaction[]) {
    this.stage = stage
    this.plot = plot
    this.isolation = isolation
    this.history = history
    this.committed = committed
  }

  /** From the beginning, in that order, up to the first that does not fit. */
  async run(order: readonly number[], fits: Fits = () => true): Promise<SerialRun> {
    await this.stage.reset(this.plot)
    return this.runFromHere(order, fits, 'COMMIT')
  }

  /**
   * The first so many of an order, in a run that differs from `run` in nothing that a transaction may see: all were run and taken back before,
   * which leaves nothing but numbers taken from sequences.
   */
  async runOtherwise(order: readonly number[], count = order.length): Promise<SerialRun> {
    await this.stage.reset(this.plot)
    if (this.canBeTakenBack()) {
      const before = await this.stage.contents()
      await this.runFromHere(order, () => true, 'ROLLBACK')
      if ((await this.stage.contents()) !== before) await this.stage.reset(this.plot)
    }
    return this.runFromHere(order.slice(0, count), () => true, 'COMMIT')
  }

  letClockGoOn(): Promise<void> {
    return sleep(clockMs)
  }

  private async runFromHere(order: readonly number[], fits: Fits, ending: Ending): Promise<SerialRun> {
    const { stage, plot, isolation, history, committed } = this
    const actors = new Map<string, Actor>()
    const transactions: (readonly Again[] | null)[] = []
    try {
      for (const [place, index] of order.entries()) {
        const transaction = committed[index] as DemoTransaction
        const { session } = transaction
        const actor = actors.get(session) ?? new Actor(session, await stage.enter(plot, session, isolation))
        actors.set(session, actor)
        for (const undone of undoneBefore(transaction, history)) remember(plot, history, undone, actor.saved)
        const again = await runAlone(stage, plot, actor, history, transaction, ending)
        transactions.push(again)
        if (again === null || !fits(index, again)) return { order: order.slice(0, place + 1), transactions, contents: null }
      }
    } finally {
      await Promise.all([...actors.values()].map(({ dialogue, pending }) => (pending === null ? dialogue.end() : dialogue.kill())))
    }
    return { order, transactions, contents: await stage.contents() }
  }

  /** DDL commits on some servers, and not all of it is seen in the tables. */
  private canBeTakenBack(): boolean {
    const { dialect } = this.stage
    return this.plot.schedule.every(step => step.kind === 'wait' || !mayChangeCatalogue(textFor(step.sql, dialect) ?? ''))
  }
}

/** What the session read in transactions that came to nothing, since its last one that did not, it may have gone by all the same. */
function undoneBefore(transaction: DemoTransaction, { transactions }: History): readonly DemoTransaction[] {
  const own = transactions.filter(({ session }) => session === transaction.session)
  const before = own.slice(0, own.indexOf(transaction))
  return before.slice(before.findLastIndex(({ ended }) => ended === 'committed') + 1)
}
