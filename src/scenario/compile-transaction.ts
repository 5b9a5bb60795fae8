import { createStepCompiler, type ProgramFacts } from './compile-steps.js'
import { compileExpression } from './expression/compile.js'
import type { Evaluate } from './expression/context.js'
import { realNumber } from './expression/function-definition.js'
import type { Expression } from './expression/syntax.js'
import type { Transaction } from './model.js'
import { observedEnds } from './observe.js'
import { type Attempt, BrokenPromise, type CompiledTransaction } from './program.js'
import { ValueError } from './value-error.js'

export function compileTransaction(transaction: Transaction, index: number, facts: ProgramFacts): CompiledTransaction {
  const { name } = transaction
  const slots = new Map<string, number>()
  const slot = (value: string) => {
    const known = slots.get(value) ?? slots.size
    slots.set(value, known)
    return known
  }
  const environment = { slot, parameters: facts.parameters, seed: facts.seed }
  const compile = (expression: Expression, what: string) => explained(compileExpression(expression, environment), `${name}, ${what}`)
  const milliseconds = (expression: Expression | null, what: string) =>
    expression && compileWait(compile(expression, what), `${name}, ${what}`)

  const bindings = transaction.let.map(binding => ({
    slot: slot(binding.name),
    evaluate: compile(binding.expression, `let ${binding.name}`),
  }))
  const steps = createStepCompiler(name, index, environment, facts)
  const run = steps.steps(transaction.steps, !transaction.autocommit)
  const afterCommit = transaction.afterCommit.length === 0 ? null : steps.afterCommit(transaction.afterCommit)
  const tallies = transaction.tally.map(binding => ({
    tally: facts.tallies.indexOf(binding.name),
    amount: compile(binding.expression, `tally ${binding.name}`),
  }))
  const ends = observedEnds(facts.checks, name, environment)
  const keying = milliseconds(transaction.keying, 'keying')
  const think = milliseconds(transaction.think, 'think')

  return {
    index,
    name,
    isolation: transaction.isolation,
    readOnly: transaction.readOnly,
    autocommit: transaction.autocommit,
    statementTimeoutMs: transaction.statementTimeoutMs,
    retry: transaction.retry,
    slots: slots.size,
    draw(attempt) {
      // Nothing of another attempt may be read in this one.
      for (let at = 0; at < slots.size; at++) attempt.values[at] = null
      for (const binding of bindings) attempt.values[binding.slot] = binding.evaluate(attempt)
    },
    run,
    afterCommit,
    tallies,
    observedEnds: ends,
    keying,
    think,
  }
}

/** Says of a value that makes no sense where it was computed. */
function explained(evaluate: Evaluate, where: string): Evaluate {
  return context => {
    try {
      return evaluate(context)
    } catch (error) {
      throw error instanceof ValueError ? new BrokenPromise(`${where}: ${error.message}`, { cause: error }) : error
    }
  }
}

function compileWait(evaluate: Evaluate, where: string): (attempt: Attempt) => number {
  const milliseconds = explained(context => realNumber(evaluate(context), 'a wait'), where)
  return attempt => Math.max(0, Number(milliseconds(attempt)))
}
