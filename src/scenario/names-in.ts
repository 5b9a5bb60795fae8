import type { Transaction } from './model.js'
import type { StepDefinition } from './steps/registry.js'

/** Every name that has a value somewhere in a transaction: drawn, saved, computed, also inside branches and loops. */
export function namesIn(transaction: Transaction): ReadonlySet<string> {
  return new Set([...transaction.let.map(({ name }) => name), ...transaction.steps.flatMap(namesOfStep)])
}

function namesOfStep(step: StepDefinition): readonly string[] {
  if (step.kind === 'sql') {
    const single = [step.saveCount, step.insertId].filter(name => name !== null)
    return [...step.save, ...step.saveAll, ...single]
  }
  const nested = [...('steps' in step ? step.steps : []), ...('otherwise' in step ? step.otherwise : [])].flatMap(namesOfStep)
  const bindings = [...('let' in step ? step.let : []), ...('bindings' in step ? step.bindings : [])].map(({ name }) => name)
  return [...nested, ...bindings]
}
