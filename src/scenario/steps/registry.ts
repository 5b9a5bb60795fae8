import { ifStep } from './if.js'
import { repeatStep } from './repeat.js'
import { retryIfStep } from './retry-if.js'
import { rollbackStep } from './rollback.js'
import { rollbackIfStep } from './rollback-if.js'
import { savepointStep } from './savepoint.js'
import { setStep } from './set.js'
import { sleepStep } from './sleep.js'
import { sqlStep } from './sql.js'
import type { StepKind } from './step.js'

const kinds = [sqlStep, setStep, rollbackIfStep, retryIfStep, rollbackStep, ifStep, repeatStep, savepointStep, sleepStep] as const

/** One step of a transaction, as read from the file. Told apart by `kind`, which is also its key there. */
export type StepDefinition = ReturnType<(typeof kinds)[number]['parse']>

/** Every kind of step by its key. */
export const stepKinds: ReadonlyMap<string, StepKind<StepDefinition>> = new Map(
  kinds.map((kind: StepKind<StepDefinition>) => [kind.kind, kind]),
)
