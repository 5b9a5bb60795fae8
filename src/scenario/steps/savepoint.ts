import { z } from 'zod'
import type { StepContext, YamlMap } from '../diagnostics.js'
import { DeclaredRollback } from '../program.js'
import { identifierSchema, nestedStepsSchema } from '../schema-parts.js'
import { readNestedSteps } from './nested-steps.js'
import type { StepDefinition } from './registry.js'
import type { Step, StepCompiler, StepKind, StepRun } from './step.js'
import { requireTransaction } from './within-transaction.js'

/** A nested transaction: what goes wrong inside by a constraint or by a declared rollback is undone, and the outer one goes on. */
export interface SavepointStep extends Step {
  readonly kind: 'savepoint'
  /** As the server is told: numbered by depth, because MySQL forgets an outer savepoint of the same name. */
  readonly name: string
  readonly steps: readonly StepDefinition[]
}

const schema = z.strictObject({
  savepoint: identifierSchema.describe('Its name'),
  steps: nestedStepsSchema,
})

export const savepointStep: StepKind<SavepointStep> = { kind: 'savepoint', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): SavepointStep {
  requireTransaction(map, 'savepoint', context)
  const name = context.identifier(context.get(map, 'savepoint') ?? map, '`savepoint`')
  return {
    kind: 'savepoint',
    engines: context.engines(map),
    name: context.savepoints === 0 ? name : `${name}_${context.savepoints + 1}`,
    steps: readNestedSteps(map, 'savepoint', context, { savepoint: true }),
  }
}

function compile(step: SavepointStep, compiler: StepCompiler): StepRun {
  const steps = compiler.steps(step.steps)
  const { name } = step
  return async attempt => {
    await attempt.savepoint(name)
    try {
      await steps(attempt)
    } catch (error) {
      if (!(error instanceof DeclaredRollback) && !attempt.isConstraintViolation(error)) throw error
      await attempt.rollbackToSavepoint(name)
    }
    await attempt.releaseSavepoint(name)
  }
}
