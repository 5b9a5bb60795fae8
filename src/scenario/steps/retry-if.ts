import { z } from 'zod'
import type { StepContext, YamlMap } from '../diagnostics.js'
import type { Expression } from '../expression/syntax.js'
import { isTrue } from '../expression/truth.js'
import { Conflict } from '../program.js'
import { expressionSchema } from '../schema-parts.js'
import type { Step, StepCompiler, StepKind, StepRun } from './step.js'
import { requireTransaction } from './within-transaction.js'

/** What was read is out of date: again from the start, with the same drawn values. */
export interface RetryIfStep extends Step {
  readonly kind: 'retry_if'
  readonly condition: Expression
}

const schema = z.strictObject({ retry_if: expressionSchema.describe('Rolls back and tries again, cause `conflict`, where this holds') })

export const retryIfStep: StepKind<RetryIfStep> = { kind: 'retry_if', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): RetryIfStep {
  requireTransaction(map, 'retry_if', context)
  return {
    kind: 'retry_if',
    engines: context.engines(map),
    condition: context.expression(context.get(map, 'retry_if') ?? map, '`retry_if`'),
  }
}

function compile(step: RetryIfStep, compiler: StepCompiler): StepRun {
  const condition = compiler.expression(step.condition)
  const message = `${compiler.where}: ${step.condition.source}`
  return attempt => {
    if (isTrue(condition(attempt))) throw new Conflict(message)
  }
}
