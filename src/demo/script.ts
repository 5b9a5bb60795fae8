import type { Answer } from '../database/dialogue.js'
import type { DemoPlot, DemoStep, StatementStep } from '../scenario/demo/model.js'
import { writeOut } from '../scenario/demo/render.js'
import { type TransactionWord, transactionWord } from '../scenario/demo/words.js'
import { evaluateExpression } from '../scenario/expression/evaluate.js'
import type { Expression } from '../scenario/expression/syntax.js'
import { isTrue } from '../scenario/expression/truth.js'
import type { Dialect } from '../scenario/model.js'
import { textFor } from '../scenario/sql.js'
import type { Value } from '../scenario/values.js'

type Saved = Map<string, Value>

/** The steps of a plot that one engine runs, by their place in the schedule. */
export function stepsFor(plot: DemoPlot, dialect: Dialect): readonly number[] {
  return plot.schedule.flatMap((step, index) => (step.kind === 'wait' || textFor(step.sql, dialect) !== null ? [index] : []))
}

/** What a step does to its session's transaction. */
export function wordOf(step: DemoStep, dialect: Dialect): TransactionWord {
  return step.kind === 'wait' ? null : transactionWord(textFor(step.sql, dialect) ?? '')
}

/** A step's text with what its session knows by now. */
export function textOf(step: DemoStep, dialect: Dialect, saved: ReadonlyMap<string, Value>): string {
  return step.kind === 'wait' ? '' : writeOut(textFor(step.sql, dialect) ?? '', dialect, saved)
}

/** Computes what a step computes before it is sent, and says whether it is sent. @throws ValueError */
export function decide(step: StatementStep, saved: Saved): boolean {
  if (step.when !== null && !isTrue(evaluateWith(step.when, saved))) return false
  for (const { name, expression } of step.set) saved.set(name, evaluateWith(expression, saved))
  return true
}

/** Keeps what a step says is to be kept of its answer. */
export function keep({ save, saveCount }: StatementStep, { columns, rows, affected }: Answer, saved: Saved): void {
  for (const name of save) saved.set(name, rows[0]?.[columns.findIndex(column => column.toLowerCase() === name.toLowerCase())] ?? null)
  if (saveCount !== null) saved.set(saveCount, columns.length > 0 ? rows.length : affected)
}

function evaluateWith(expression: Expression, saved: ReadonlyMap<string, Value>): Value {
  return evaluateExpression(expression, saved, {})
}
