import { z } from 'zod'
import type { StepContext, YamlMap } from '../diagnostics.js'
import type { Expression } from '../expression/syntax.js'
import { isTrue } from '../expression/truth.js'
import { expressionSchema, nestedStepsSchema } from '../schema-parts.js'
import { readNestedSteps } from './nested-steps.js'
import type { StepDefinition } from './registry.js'
import type { Step, StepCompiler, StepKind, StepRun } from './step.js'

/** Runs one list of steps or the other. Names that only the list not taken would have given a value are null afterwards. */
export interface IfStep extends Step {
  readonly kind: 'if'
  readonly condition: Expression
  readonly steps: readonly StepDefinition[]
  readonly otherwise: readonly StepDefinition[]
}

const schema = z.strictObject({
  if: expressionSchema.describe('Runs `steps` where this holds; null counts as false'),
  steps: nestedStepsSchema,
  else: nestedStepsSchema.optional().describe('Steps to run otherwise'),
})

export const ifStep: StepKind<IfStep> = { kind: 'if', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): IfStep {
  const condition = context.expression(context.get(map, 'if') ?? map, '`if`')
  const otherwise = context.get(map, 'else')
  return {
    kind: 'if',
    engines: context.engines(map),
    condition,
    steps: readNestedSteps(map, 'if', context),
    otherwise: otherwise ? context.steps(otherwise, '`else`') : [],
  }
}

function compile(step: IfStep, compiler: StepCompiler): StepRun {
  const condition = compiler.expression(step.condition)
  const [steps, otherwise] = [compiler.steps(step.steps), compiler.steps(step.otherwise)]
  return attempt => (isTrue(condition(attempt)) ? steps(attempt) : otherwise(attempt))
}
