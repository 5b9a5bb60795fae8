import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError } from '../database/contract.js'
import type { Dialogue } from '../database/dialogue.js'
import { exitCodes, OltpError } from '../errors.js'
import type { DemoPlot, StatementStep } from '../scenario/demo/model.js'
import { transactionWord } from '../scenario/demo/words.js'
import type { Value } from '../scenario/values.js'
import type { Actor } from './actor.js'
import type { DemoTransaction, StepFact } from './facts.js'
import type { History, OracleStage } from './history.js'
import { decide, keep, textOf } from './script.js'

/** What is compared of a statement that was run again. */
export type Again = Pick<StepFact, 'step' | 'answer' | 'error' | 'skipped'>

const lookMs = 15

/** How a transaction is ended that is run again: kept, or taken back. */
export type Ending = 'COMMIT' | 'ROLLBACK'

/**
 * One transaction with nobody else about; null: it cannot be run so. What it computes from what it reads is computed anew.
 *
 * @throws OltpError `DEMO_SESSION_LOST`
 */
export async function runAlone(
  stage: OracleStage,
  plot: DemoPlot,
  actor: Actor,
  history: History,
  transaction: DemoTransaction,
  ending: Ending,
): Promise<readonly Again[] | null> {
  const { dialogue, saved } = actor
  const single = transaction.single && ending === 'COMMIT'
  if (!single && !(await succeeds(dialogue, beginOf(transaction, history)))) return null
  const again: Again[] = []
  for (const { index, leftOut } of turnsOf(transaction, history)) {
    const { step } = history.facts[index] as StepFact
    const statement = plot.schedule[step] as StatementStep
    const sent = decide(statement, saved)
    if (leftOut) continue
    if (!sent) {
      again.push({ step, answer: null, error: null, skipped: 'condition' })
      continue
    }
    actor.send(index, textOf(statement, stage.dialect, saved))
    if (!(await isAnswered(stage, actor))) return null
    const { answer = null, error = null } = actor.ended ?? {}
    if (!dialogue.alive) throw lost(actor.name, error?.message ?? '')
    actor.pending = null
    if (answer !== null) keep(statement, answer, saved)
    again.push({ step, answer, error, skipped: null })
  }
  return single || (await succeeds(dialogue, ending)) ? again : null
}

/** What a transaction did and saw, rows in whatever order. Of an error the code is enough, its text may name a process. */
export function signature(facts: readonly Again[]): string {
  return JSON.stringify(
    facts.map(({ step, answer, error, skipped }) => [
      step,
      skipped !== null,
      error?.code ?? null,
      answer?.rows.map(row => JSON.stringify(row)).sort() ?? null,
      answer?.affected ?? null,
    ]),
  )
}

/** Keeps what a transaction read and computed, without running it again. */
export function remember({ schedule }: DemoPlot, history: History, transaction: DemoTransaction, saved: Map<string, Value>): void {
  for (const { index } of turnsOf(transaction, history)) {
    const { step, answer, skipped } = history.facts[index] as StepFact
    const statement = schedule[step] as StatementStep
    if (skipped !== null) continue
    decide(statement, saved)
    if (answer !== null) keep(statement, answer, saved)
  }
}

/**
 * Its statements in their order, with those that are in no transaction for having failed for what others did: what the session computed for
 * one of them it goes by afterwards.
 */
function turnsOf(
  { session, facts, single }: DemoTransaction,
  history: History,
): readonly { readonly index: number; readonly leftOut: boolean }[] {
  const own = facts.map(index => ({ index, leftOut: false }))
  const [first, last] = [facts[0], facts.at(-1)]
  if (single || first === undefined || last === undefined) return own
  const isBound = (fact: StepFact) => fact.session === session && fact.error === null && transactionWord(fact.sql) !== null
  const begin = history.facts.findLastIndex((fact, index) => index < first && isBound(fact))
  const end = history.facts.findIndex((fact, index) => index > last && isBound(fact))
  const others = history.facts.flatMap((fact, index) => {
    const failed = fact.session === session && fact.error !== null && index > begin && (end === -1 || index < end)
    return failed && !history.transactions.some(each => each.facts.includes(index)) ? [{ index, leftOut: true }] : []
  })
  return [...own, ...others].sort((one, other) => one.index - other.index)
}

/** As it was begun, read only for instance. */
function beginOf({ session, facts, single }: DemoTransaction, history: History): string {
  if (single) return 'BEGIN'
  const before = history.facts.slice(0, facts[0] ?? 0)
  return before.findLast(fact => fact.session === session && transactionWord(fact.sql) === 'begin')?.sql ?? 'BEGIN'
}

/** False: it waits for what another session kept beyond its transaction, as an advisory lock. */
async function isAnswered(stage: OracleStage, actor: Actor): Promise<boolean> {
  while (true) {
    await Promise.race([actor.ending, sleep(lookMs)])
    if (actor.ended !== null) return true
    const waits = await stage.watch.waits([actor.dialogue.id])
    if (actor.ended !== null) return true
    if (waits.length > 0) return false
  }
}

/** Of BEGIN, COMMIT and ROLLBACK. */
async function succeeds(dialogue: Dialogue, text: string): Promise<boolean> {
  try {
    return (await dialogue.tell(text)).tag !== 'ROLLBACK' || text === 'ROLLBACK'
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sessionLost) throw error
    return false
  }
}

function lost(session: string, message: string): OltpError {
  return new OltpError('DEMO_SESSION_LOST', exitCodes.setup, `session ${session} was lost while the demo was judged: ${message}`, {
    hint: 'look into the log of the server, then play it again',
  })
}
