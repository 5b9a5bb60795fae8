import { exitCodes, OltpError } from '../errors.js'
import { compileExpression } from './expression/compile.js'
import type { CompileEnvironment } from './expression/context.js'
import type { Dialect, SqlText } from './model.js'
import { BrokenPromise, type Program } from './program.js'
import { runsOn } from './runs-on.js'
import { textFor } from './sql.js'
import { prepareStatement } from './statement.js'
import { statementName } from './statement-name.js'
import { type StepDefinition, stepKinds } from './steps/registry.js'
import type { StepCompiler, StepRun } from './steps/step.js'
import { ValueError } from './value-error.js'
import type { Value } from './values.js'

/** What all transactions of a program share while it is compiled. */
export interface ProgramFacts {
  readonly dialect: Dialect
  readonly parameters: { readonly [name: string]: Value }
  readonly seed: number
  readonly tallies: readonly string[]
  /** Filled as statements are met. */
  readonly statements: Program['statements'][number][]
}

/** Compiles lists of steps of one transaction. `path` numbers them for messages, as in `3.` for what is inside the third. */
export interface StepListCompiler {
  list(steps: readonly StepDefinition[], path: string): StepRun
}

export function createStepCompiler(
  transaction: string,
  index: number,
  environment: CompileEnvironment,
  facts: ProgramFacts,
): StepListCompiler {
  const taken = new Set<string>()

  function list(steps: readonly StepDefinition[], path: string): StepRun {
    const compiled = steps.flatMap((step, position) => {
      if (!runsOn(step, facts.dialect)) return []
      const number = `${path}${position + 1}`
      const where = `${transaction}, step ${number} (${step.kind})`
      return [{ where, run: kindOf(step).compile(step, compilerAt(number, where)) }]
    })
    return inOrder(compiled)
  }

  function compilerAt(number: string, where: string): StepCompiler {
    return {
      where,
      slot: environment.slot,
      expression: expression => compileExpression(expression, environment),
      statement: (sql, id, readsRows) => registerStatement(sql, id, readsRows, number, where),
      steps: steps => list(steps, `${number}.`),
    }
  }

  function registerStatement(sql: SqlText, id: string | null, readsRows: boolean, number: string, where: string) {
    const text = textFor(sql, facts.dialect)
    if (text === null) throw lacksDialect(where, facts.dialect)
    const wanted = id ?? statementName(text) ?? `step_${number.replaceAll(/\W+/g, '_')}`
    const name = `${transaction}/${unused(wanted, taken)}`
    const template = prepareStatement(text, facts.dialect, { index: facts.statements.length, name, readsRows }, environment.slot)
    facts.statements.push({ name, transaction: index, text: template.text })
    return { ...template, name }
  }

  return { list }
}

function inOrder(steps: readonly { readonly where: string; readonly run: StepRun }[]): StepRun {
  return async attempt => {
    for (const { where, run } of steps) {
      try {
        const waiting = run(attempt)
        // Most steps that compute do not wait; awaiting them would cost a turn of the event loop's queue each.
        if (waiting !== undefined) await waiting
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
