import { isRead } from '../database/reads.js'
import type { ResolvedScenario, Transaction, Weights } from '../scenario/model.js'
import type { StepDefinition } from '../scenario/steps/registry.js'

/** False only when nothing that a run of the scenario may send can change its data: every transaction is read-only, or holds plain reads. */
export function changesData(scenario: ResolvedScenario): boolean {
  return scenario.transactions.filter(transaction => mayRun(transaction, scenario)).some(writes)
}

/** Whether any part of the load may choose this transaction. */
export function mayRun({ name, weight }: Transaction, { groups, phases }: ResolvedScenario): boolean {
  const mixes: (Weights | null)[] = [...groups.map(group => group.weights), ...phases.map(phase => phase.weights)]
  return weight > 0 || mixes.some(mix => (mix?.[name] ?? 0) > 0)
}

function writes(transaction: Transaction): boolean {
  if (transaction.afterCommit.some(stepWrites)) return true
  // The server itself refuses writes in a read-only transaction; a single statement has none around it.
  return !(transaction.readOnly && !transaction.autocommit) && transaction.steps.some(stepWrites)
}

function stepWrites(step: StepDefinition): boolean {
  if (step.kind === 'sql') return Object.values(step.sql).some(text => text !== undefined && !isRead(text))
  const nested = [...('steps' in step ? step.steps : []), ...('otherwise' in step ? step.otherwise : [])]
  return nested.some(stepWrites)
}
