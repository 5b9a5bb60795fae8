import type { StepParser } from '../diagnostics.js'
import type { Evaluate } from '../expression/context.js'
import type { Expression } from '../expression/syntax.js'
import type { Dialect, SqlText } from '../model.js'
import type { StatementNames } from '../observe.js'
import type { Attempt, Statement, StatementResult } from '../program.js'
import type { StatementTemplate } from '../statement.js'
import type { StepDefinition } from './registry.js'

/** What every step has. */
export interface Step {
  readonly kind: string
  /** Where it runs, null: everywhere. `mysql` takes MariaDB along, as an SQL text does. */
  readonly engines: readonly Dialect[] | null
}

/** A compiled step, or a list of them. Returns a promise only where it waits. */
export type StepRun = (attempt: Attempt) => Promise<void> | void

/** A compiled statement: its list awaits the answer, so that a statement needs no promise of its own beside the session's. */
export interface StatementRun {
  /** Under which its errors are reported. */
  readonly name: string
  send(attempt: Attempt): Promise<StatementResult>
  receive(attempt: Attempt, result: StatementResult): void
}

/** What a step is compiled with. */
export interface StepCompiler {
  /** What to call this step in messages, as in `transfer, step 2 (rollback_if)`. */
  readonly where: string
  /** Nothing comes between this step and COMMIT. */
  readonly last: boolean
  slot(name: string): number
  expression(expression: Expression): Evaluate
  /** Registers a statement under `id`, or under a name made from its text. @throws OltpError where there is no text for the dialect */
  statement(sql: SqlText, id: string | null, use: Pick<Statement, 'readsRows' | 'last'>): StatementTemplate & { readonly name: string }
  /** The statement as it is, or as the scenario's checks want to know of it. */
  observed(names: StatementNames, run: StatementRun): StatementRun
  steps(steps: readonly StepDefinition[]): StepRun
}

/** A kind of step, all of it: how it is written, how it is read, what it does. Adding one is a file like this and a line in the registry. */
export interface StepKind<Definition extends Step> extends StepParser<Definition> {
  compile(definition: Definition, compiler: StepCompiler): StepRun | StatementRun
}
