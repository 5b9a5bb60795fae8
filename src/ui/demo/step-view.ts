import type { StepFact } from '../../demo/facts.js'
import type { Scene } from '../../demo/player.js'
import { noteOf } from '../../demo/script.js'
import { forWhom } from '../../demo/whom.js'
import { transactionWord } from '../../scenario/demo/words.js'
import { textFor } from '../../scenario/sql.js'
import type { Style } from '../theme.js'
import type { Rows } from './answer-table.js'

/** One step as it is shown, wherever it stands. */
export interface StepView {
  /** From 1. */
  readonly number: number
  readonly session: string
  readonly state: StepFact['status'] | 'next'
  readonly sql: string
  /** What came of it, in words. */
  readonly remarks: readonly Remark[]
  readonly table: Rows | null
  /** What the file says about it. */
  readonly note: string | null
  /** It waits, and the server has not answered yet. */
  readonly turning: boolean
}

interface Remark {
  readonly text: string
  readonly style: Style
}

/** Every step of a scene, in the order of the schedule. @param overdue as `DemoPlayer.overdue` */
export function stepViews({ plot, state, server }: Scene, overdue: readonly string[]): StepView[] {
  // Where they wait for each other, or were answered since, the next step is to hear of it.
  const sendsNext = state.cycle === null && overdue.length === 0
  return state.facts.map((fact, index) => {
    const step = plot.schedule[fact.step]
    const isNext = index === state.next && sendsNext
    const answered = overdue.includes(fact.session)
    const asWritten = step?.kind === 'statement' ? (textFor(step.sql, server.dialect) ?? '') : ''
    const instead = fact.sql === 'ROLLBACK' && transactionWord(asWritten) === 'commit' && fact.status !== 'planned'
    return {
      number: index + 1,
      session: fact.session,
      state: isNext ? 'next' : fact.status,
      sql: step?.kind === 'wait' ? `(until ${fact.session} is answered)` : fact.sql,
      remarks: [
        ...(fact.attempt > 1 ? [remark(`attempt ${fact.attempt}`, 'dim')] : []),
        ...(instead ? [remark('instead of COMMIT', 'dim')] : []),
        ...remarksOn(fact, state.facts, answered),
      ],
      table: fact.answer !== null && fact.answer.columns.length > 0 ? fact.answer : null,
      // A note tells what is to come: not before its step is.
      note: isNext || !silent.has(fact.status) ? noteOf(plot, fact) : null,
      turning: fact.status === 'waiting' && !answered,
    }
  })
}

const silent: ReadonlySet<StepFact['status']> = new Set(['planned', 'deferred', 'skipped'])

function remarksOn(fact: StepFact, facts: readonly StepFact[], answered: boolean): Remark[] {
  switch (fact.status) {
    case 'planned':
      return []
    case 'deferred':
      return [remark(`deferred: ${fact.session} still waits`, 'warn')]
    case 'waiting':
      return [remark(waitsFor(fact, 'waits'), 'warn'), ...(answered ? [remark('answered since: space tells', 'warn')] : [])]
    case 'skipped':
      return [remark(fact.skipped === 'condition' ? 'not sent: its condition is false' : `skipped: ${fact.session} gave up`, 'dim')]
    case 'failed':
      return [...waited(fact, facts), remark(`${fact.error?.code ?? ''} ${fact.error?.message ?? ''}`, 'bad')]
    case 'done':
      return [...waited(fact, facts), ...done(fact)]
  }
}

function waitsFor({ waited }: StepFact, verb: string): string {
  if (waited === null) return verb
  const known = forWhom(waited)
  return `${verb}${known === '' ? ' for' : `${known}:`} ${waited.lock}`
}

function waited(fact: StepFact, facts: readonly StepFact[]): Remark[] {
  if (fact.waited === null) return []
  const by = fact.wokenBy === null ? undefined : facts[fact.wokenBy]
  const until = by === undefined || fact.wokenBy === null ? '' : `, until step ${fact.wokenBy + 1} of ${by.session}`
  return [remark(`${waitsFor(fact, 'waited')}${until}`, 'dim')]
}

function done({ sql, answer }: StepFact): Remark[] {
  if (answer === null || answer.columns.length > 0) return []
  if (transactionWord(sql) === 'commit' && answer.tag === 'ROLLBACK') return [remark('answered ROLLBACK: nothing was committed', 'bad')]
  if (!/^\s*(insert|update|delete|replace|merge|with)\b/i.test(sql)) return []
  return [remark(`${answer.affected} ${answer.affected === 1 ? 'row' : 'rows'}`, answer.affected === 0 ? 'warn' : 'plain')]
}

function remark(text: string, style: Style): Remark {
  return { text, style }
}
