import type { DemoPlot, StatementStep } from '../scenario/demo/model.js'
import type { Isolation } from '../scenario/model.js'
import { Actor } from './actor.js'
import type { DemoTransaction, StepFact } from './facts.js'
import { decide, keep, textOf } from './script.js'
import type { Stage } from './stage.js'

/** What was committed: transactions as they ran, and what they left. */
export interface History {
  readonly facts: readonly StepFact[]
  readonly transactions: readonly DemoTransaction[]
  /** As `Stage.contents` says it. */
  readonly contents: string
}

export interface OracleVerdict {
  readonly serializable: boolean
  /** The sessions in an order that gives the same; null: there is none. */
  readonly order: readonly string[] | null
  readonly ordersTried: number
}

/**
 * Whether the committed transactions could have run one after the other: they are run so, in every order that keeps each session's own, on
 * the same server from the same beginning, and must read the same and leave the same. No expected result is needed. The cost is one run
 * per order; the first that fits ends the search.
 */
export async function judge(stage: Stage, plot: DemoPlot, isolation: Isolation | null, history: History): Promise<OracleVerdict> {
  const committed = history.transactions.filter(({ ended }) => ended === 'committed')
  const seen = committed.map(transaction => signature(transaction.facts.map(index => history.facts[index] as StepFact)))
  let ordersTried = 0
  for (const order of serialOrders(committed.map(({ session }) => session))) {
    ordersTried++
    if (await agrees(stage, plot, isolation, history, committed, seen, order)) {
      return { serializable: true, order: order.map(index => committed[index]?.session ?? ''), ordersTried }
    }
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

async function agrees(
  stage: Stage,
  plot: DemoPlot,
  isolation: Isolation | null,
  history: History,
  committed: readonly DemoTransaction[],
  seen: readonly string[],
  order: readonly number[],
): Promise<boolean> {
  await stage.reset(plot)
  const actors = new Map<string, Actor>()
  try {
    for (const index of order) {
      const { session, facts, single } = committed[index] as DemoTransaction
      const actor = actors.get(session) ?? new Actor(session, await stage.enter(plot, session, isolation))
      actors.set(session, actor)
      const again = await runAlone(
        stage,
        plot,
        actor,
        single,
        facts.map(fact => history.facts[fact] as StepFact),
      )
      if (signature(again) !== seen[index]) return false
    }
  } finally {
    await Promise.all([...actors.values()].map(({ dialogue }) => dialogue.end()))
  }
  return (await stage.contents()) === history.contents
}

type Again = Pick<StepFact, 'step' | 'answer' | 'error' | 'skipped'>

/** One transaction with nobody else about. What it computes from what it reads is computed anew. */
async function runAlone(
  stage: Stage,
  plot: DemoPlot,
  actor: Actor,
  single: boolean,
  facts: readonly StepFact[],
): Promise<readonly Again[]> {
  const { dialogue, saved } = actor
  if (!single) await dialogue.tell('BEGIN')
  const again: Again[] = []
  for (const { step } of facts) {
    const statement = plot.schedule[step] as StatementStep
    if (!decide(statement, saved)) {
      again.push({ step, answer: null, error: null, skipped: 'condition' })
      continue
    }
    actor.send(step, textOf(statement, stage.dialect, saved))
    await actor.ending
    const answer = actor.ended?.answer ?? null
    if (answer !== null) keep(statement, answer, saved)
    again.push({ step, answer, error: actor.ended?.error ?? null, skipped: null })
  }
  if (!single) await dialogue.tell('COMMIT')
  return again
}

/** What a transaction did and saw. Of an error the code is enough, its text may name a process. */
function signature(facts: readonly Again[]): string {
  return JSON.stringify(
    facts.map(({ step, answer, error, skipped }) => [
      step,
      skipped !== null,
      error?.code ?? null,
      answer?.rows ?? null,
      answer?.affected ?? null,
    ]),
  )
}
