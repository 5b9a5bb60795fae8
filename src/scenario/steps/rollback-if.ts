import { z } from 'zod'
import type { StepContext, YamlMap } from '../diagnostics.js'
import type { Expression } from '../expression/syntax.js'
import { isTrue } from '../expression/truth.js'
import { DeclaredRollback } from '../program.js'
import { expressionSchema } from '../schema-parts.js'
import type { Step, StepCompiler, StepKind, StepRun } from './step.js'
import { requireTransaction } from './within-transaction.js'

/** A business rule says no: an outcome of its own, not a failure. */
export interface RollbackIfStep extends Step {
  readonly kind: 'rollback_if'
  readonly condition: Expression
}

const schema = z.strictObject({ rollback_if: expressionSchema.describe('Rolls back, as a declared outcome, where this holds') })

export const rollbackIfStep: StepKind<RollbackIfStep> = { kind: 'rollback_if', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): RollbackIfStep {
  requireTransaction(map, 'rollback_if', context)
  return {
    kind: 'rollback_if',
    engines: context.engines(map),
    condition: context.expression(context.get(map, 'rollback_if') ?? map, '`rollback_if`'),
  }
}

function compile(step: RollbackIfStep, compiler: StepCompiler): StepRun {
  const condition = compiler.expression(step.condition)
  const message = `${compiler.where}: ${step.condition.source}`
  return attempt => {
    if (isTrue(condition(attempt))) throw new DeclaredRollback(message)
  }
}
