import type { ResolvedScenario } from '../scenario/model.js'
import type { StepDefinition } from '../scenario/steps/registry.js'

/** The scenario with nothing in it that waits by itself: neither rates nor think times nor sleeps. */
export function withoutWaits(scenario: ResolvedScenario): ResolvedScenario {
  return {
    ...scenario,
    phases: scenario.phases.map(phase => ({ ...phase, rate: null })),
    transactions: scenario.transactions.map(transaction => ({
      ...transaction,
      keying: null,
      think: null,
      steps: withoutSleeps(transaction.steps),
      afterCommit: withoutSleeps(transaction.afterCommit),
    })),
  }
}

/** What `withoutWaits` leaves out, as people are told. */
export function waitsOf({ phases, transactions }: ResolvedScenario): readonly string[] {
  return [
    ...(phases.some(({ rate }) => rate !== null) ? ['the rate: every client begins its next transaction at once'] : []),
    ...(transactions.some(({ keying, think }) => keying !== null || think !== null) ? ['think times'] : []),
    ...(transactions.some(({ steps, afterCommit }) => [...steps, ...afterCommit].some(sleeps)) ? ['sleeps'] : []),
  ]
}

function withoutSleeps(steps: readonly StepDefinition[]): StepDefinition[] {
  return steps
    .filter(step => step.kind !== 'sleep')
    .map(step => ({
      ...step,
      ...('steps' in step && { steps: withoutSleeps(step.steps) }),
      ...('otherwise' in step && { otherwise: withoutSleeps(step.otherwise) }),
    }))
}

function sleeps(step: StepDefinition): boolean {
  if (step.kind === 'sleep') return true
  return [...('steps' in step ? step.steps : []), ...('otherwise' in step ? step.otherwise : [])].some(sleeps)
}
