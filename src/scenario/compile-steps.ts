import { exitCodes, OltpError } from '../errors.js'
import { compileExpression } from './expression/compile.js'
import type { CompileEnvironment } from './expression/context.js'
import type { Check, Dialect, SqlText } from './model.js'
import { observeStatement } from './observe.js'
import { type Attempt, BrokenPromise, type Program, type Statement, type StatementResult } from './program.js'
import { runsOn } from './runs-on.js'
import { textFor } from './sql.js'
import { prepareStatement } from './statement.js'
import { statementName } from './statement-name.js'
import { type StepDefinition, stepKinds } from './steps/registry.js'
import type { StatementRun, StepCompiler, StepRun } from './steps/step.js'
import { ValueError } from './value-error.js'
import type { Value } from './values.js'

/** What all transactions of a program share while it is compiled. */
export interface ProgramFacts {
  readonly dialect: Dialect
  readonly parameters: { readonly [name: string]: Value }
  readonly seed: number
  readonly tallies: readonly string[]
  readonly checks: readonly Check[]
  /** Filled as statements are met. */
  readonly statements: Program['statements'][number][]
}

/** Compiles the lists of steps of one transaction. */
export interface StepListCompiler {
  /** @param commits COMMIT comes right after them */
  steps(steps: readonly StepDefinition[], commits: boolean): RunSteps
  afterCommit(steps: readonly StepDefinition[]): RunSteps
}

type RunSteps = (attempt: Attempt) => Promise<void>

export function createStepCompiler(
  transaction: string,
  index: number,
  environment: CompileEnvironment,
  facts: ProgramFacts,
): StepListCompiler {
  const taken = new Set<string>()

  /** `path` numbers the steps for messages, as in `3.` for what is inside the third. */
  function list(steps: readonly StepDefinition[], path: string, commits = false): RunSteps {
    const numbered = steps.map((step, position) => ({ step, number: `${path}${position + 1}` }))
    const here = numbered.filter(({ step }) => runsOn(step, facts.dialect))
    return inOrder(
      here.map(({ step, number }, position) => {
        const where = `${transaction}, step ${number} (${step.kind})`
        return listed(where, kindOf(step).compile(step, compilerAt(number, where, commits && position === here.length - 1)))
      }),
    )
  }

  function compilerAt(number: string, where: string, last: boolean): StepCompiler {
    return {
      where,
      last,
      slot: environment.slot,
      expression: expression => compileExpression(expression, environment),
      statement: (sql, id, use) => registerStatement(sql, id, use, number, where),
      observed: (names, run) => observeStatement(facts.checks, transaction, names, environment.slot, run),
      steps: steps => list(steps, `${number}.`),
    }
  }

  function registerStatement(
    sql: SqlText,
    id: string | null,
    use: Pick<Statement, 'readsRows' | 'last'>,
    number: string,
    where: string,
  ): ReturnType<StepCompiler['statement']> {
    const text = textFor(sql, facts.dialect)
    if (text === null) throw lacksDialect(where, facts.dialect)
    const wanted = id ?? statementName(text) ?? `step_${number.replaceAll(/\W+/g, '_')}`
    const name = `${transaction}/${unused(wanted, taken)}`
    const template = prepareStatement(text, facts.dialect, { index: facts.statements.length, name, ...use }, environment.slot)
    facts.statements.push({ name, transaction: index, text: template.text })
    return { ...template, name }
  }

  return {
    steps: (steps, commits) => list(steps, '', commits),
    afterCommit: steps => list(steps, 'after_commit '),
  }
}

/** One step as its list runs it: what it waits for, if that is a statement's answer, is handed on. */
interface ListedStep {
  readonly where: string
  readonly start: (attempt: Attempt) => Promise<StatementResult> | Promise<void> | void
  readonly receive: StatementRun['receive'] | null
}

function listed(where: string, run: StepRun | StatementRun): ListedStep {
  if (typeof run === 'function') return { where, start: run, receive: null }
  return { where: run.name, start: run.send, receive: run.receive }
}

function inOrder(steps: readonly ListedStep[]): RunSteps {
  return async attempt => {
    for (const { where, start, receive } of steps) {
      try {
        const waiting = start(attempt)
        // Most steps that compute do not wait; awaiting them would cost a turn of the event loop's queue each.
        if (waiting === undefined) continue
        const result = await waiting
        if (receive !== null && result !== undefined) receive(attempt, result)
      } catch (error) {
        throw error instanceof ValueError ? new BrokenPromise(`${where}: ${error.message}`, { cause: error }) : error
      }
    }
  }
}

function kindOf(step: StepDefinition) {
  const kind = stepKinds.get(step.kind)
  if (kind === undefined) throw new Error(`no kind of step is called ${step.kind}`)
  return kind
}

function unused(name: string, taken: Set<string>): string {
  let unique = name
  for (let number = 2; taken.has(unique); number++) unique = `${name}_${number}`
  taken.add(unique)
  return unique
}

function lacksDialect(where: string, dialect: Dialect): OltpError {
  return new OltpError('SCENARIO_DIALECT', exitCodes.usage, `${where} has no SQL for ${dialect}`, {
    hint: `add a \`${dialect}:\` text to its \`sql\`, or leave the step out there with \`engines:\``,
  })
}
