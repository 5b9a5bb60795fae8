import { compileTransaction } from './compile-transaction.js'
import { reviveValues } from './decimal.js'
import type { Dialect, ResolvedScenario } from './model.js'
import type { Program } from './program.js'

/**
 * Makes closures of a scenario's transactions, for one dialect. Steps of other engines are left out. To be called in the thread
 * that runs them; the scenario may have crossed from another one.
 *
 * @throws OltpError where a step has no SQL for the dialect
 */
export function compileProgram(scenario: ResolvedScenario, dialect: Dialect): Program {
  const statements: Program['statements'][number][] = []
  const tallies = [...new Set(scenario.transactions.flatMap(transaction => transaction.tally.map(({ name }) => name)))]
  const facts = {
    dialect,
    parameters: reviveValues(scenario.parameters),
    seed: scenario.randomSeed,
    tallies,
    statements,
    checks: scenario.checks,
  }
  const transactions = scenario.transactions.map((transaction, index) => compileTransaction(transaction, index, facts))
  return { transactions, statements, tallies }
}
