import type { Answer } from '../database/dialogue.js'
import { exitCodes, OltpError } from '../errors.js'
import type { DemoPlot, DemoStep, StatementStep } from '../scenario/demo/model.js'
import { writeOut } from '../scenario/demo/render.js'
import { type TransactionWord, transactionWord } from '../scenario/demo/words.js'
import { freeNames } from '../scenario/expression/check.js'
import { evaluateExpression } from '../scenario/expression/evaluate.js'
import type { Expression } from '../scenario/expression/syntax.js'
import { isTrue } from '../scenario/expression/truth.js'
import type { Dialect } from '../scenario/model.js'
import { scanSql, textFor } from '../scenario/sql.js'
import { ValueError } from '../scenario/value-error.js'
import type { Value } from '../scenario/values.js'
import type { StepFact } from './facts.js'

type Saved = Map<string, Value>

/** The steps of a plot that one engine runs, by their place in the schedule. */
export function stepsFor(plot: DemoPlot, dialect: Dialect): readonly number[] {
  return plot.schedule.flatMap((step, index) => (step.kind === 'wait' || textFor(step.sql, dialect) !== null ? [index] : []))
}

/** A step whose turn has not come. */
export function plannedFact({ schedule }: DemoPlot, step: number, attempt: number): StepFact {
  const nothing = { answer: null, error: null, skipped: null, waited: null, wokenBy: null, ms: null, transaction: null }
  return { step, attempt, session: (schedule[step] as DemoStep).session, status: 'planned', sql: '', ...nothing }
}

/** What the file says beside a step; null: nothing, or its session began again, of which it need not be true. */
export function noteOf({ schedule }: DemoPlot, { step, attempt }: StepFact): string | null {
  const found = schedule[step]
  return attempt === 1 && found?.kind === 'statement' ? found.note : null
}

/** What a step does to its session's transaction. */
export function wordOf(step: DemoStep, dialect: Dialect): TransactionWord {
  return step.kind === 'wait' ? null : transactionWord(textFor(step.sql, dialect) ?? '')
}

/** A step's text as it will be as far as that is known: what its session has to read first stands as `:name`. */
export function previewOf(step: DemoStep, dialect: Dialect, saved: ReadonlyMap<string, Value>): string {
  if (step.kind === 'wait') return ''
  const text = textFor(step.sql, dialect) ?? ''
  try {
    const names = new Map(saved)
    for (const { name, expression } of step.set) {
      if ([...freeNames(expression)].every(read => names.has(read))) names.set(name, evaluateWith(expression, names))
      else names.delete(name)
    }
    return writeOut(text, dialect, names)
  } catch (error) {
    // When it is sent it will be told.
    if (error instanceof ValueError) return text
    throw error
  }
}

/** A step's text as it is sent. What its session never came to read is null. @throws OltpError `DEMO_VALUE` */
export function textOf(step: StatementStep, dialect: Dialect, saved: ReadonlyMap<string, Value>): string {
  const text = textFor(step.sql, dialect) ?? ''
  const names = new Map(saved)
  for (const { name } of scanSql(text, dialect).references) if (!names.has(name)) names.set(name, null)
  return explained(step, text, () => writeOut(text, dialect, names))
}

/** Computes what a step computes before it is sent, and says whether it is sent. @throws OltpError `DEMO_VALUE` */
export function decide(step: StatementStep, saved: Saved): boolean {
  const { when, set } = step
  if (when !== null && !explained(step, `if: ${when.source}`, () => isTrue(evaluateWith(when, saved)))) return false
  for (const { name, expression } of set) {
    saved.set(
      name,
      explained(step, `${name}: ${expression.source}`, () => evaluateWith(expression, saved)),
    )
  }
  return true
}

/** Keeps what a step says is to be kept of its answer. */
export function keep({ save, saveCount }: StatementStep, { columns, rows, affected }: Answer, saved: Saved): void {
  for (const name of save) saved.set(name, rows[0]?.[columns.findIndex(column => column.toLowerCase() === name.toLowerCase())] ?? null)
  if (saveCount !== null) saved.set(saveCount, columns.length > 0 ? rows.length : affected)
}

function evaluateWith(expression: Expression, saved: ReadonlyMap<string, Value>): Value {
  const names = new Map(saved)
  for (const name of freeNames(expression)) if (!names.has(name)) names.set(name, null)
  return evaluateExpression(expression, names, {})
}

function explained<Result>({ session }: StatementStep, what: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    throw new OltpError('DEMO_VALUE', exitCodes.usage, `${error.message}: session ${session}, «${what}»`, {
      hint: 'correct the step, or what is saved before it',
      cause: error,
    })
  }
}
