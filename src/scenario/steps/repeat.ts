import { z } from 'zod'
import type { StepContext, YamlMap } from '../diagnostics.js'
import { wholeNumber } from '../expression/function-definition.js'
import type { Expression } from '../expression/syntax.js'
import type { Binding } from '../model.js'
import { bindingsSchema, expressionSchema, nestedStepsSchema } from '../schema-parts.js'
import { ValueError } from '../value-error.js'
import { readNestedSteps } from './nested-steps.js'
import type { StepDefinition } from './registry.js'
import type { Step, StepCompiler, StepKind, StepRun } from './step.js'

/** A loop. `index` counts from 1; `let` is drawn anew each time round, the same again in a retry. */
export interface RepeatStep extends Step {
  readonly kind: 'repeat'
  readonly count: Expression
  readonly let: readonly Binding[]
  readonly steps: readonly StepDefinition[]
}

const schema = z.strictObject({
  repeat: expressionSchema.describe('How many times'),
  let: bindingsSchema.optional().describe('Names drawn each time round; `index` is there already'),
  steps: nestedStepsSchema,
})

export const repeatStep: StepKind<RepeatStep> = { kind: 'repeat', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): RepeatStep {
  const countNode = context.get(map, 'repeat') ?? map
  const count = context.expression(countNode, '`repeat`')
  const scope = context.scope.inner()
  scope.declare('index', countNode, 'index')
  const inner = context.within(scope)
  const bindings = context.get(map, 'let')
  return {
    kind: 'repeat',
    engines: context.engines(map),
    count,
    let: bindings ? inner.bindings(bindings, '`let`', 'let') : [],
    steps: readNestedSteps(map, 'repeat', inner, { scope }),
  }
}

function compile(step: RepeatStep, compiler: StepCompiler): StepRun {
  const count = compiler.expression(step.count)
  const bindings = step.let.map(({ name, expression }) => ({ slot: compiler.slot(name), evaluate: compiler.expression(expression) }))
  const indexSlot = compiler.slot('index')
  const steps = compiler.steps(step.steps)
  return async attempt => {
    const times = wholeNumber(count(attempt), 'repeat')
    if (times < 0) throw new ValueError(`repeat: cannot run ${times} times`)
    const outerIndex = attempt.values[indexSlot] ?? null
    for (let index = 1; index <= times; index++) {
      attempt.values[indexSlot] = index
      for (const { slot, evaluate } of bindings) attempt.values[slot] = evaluate(attempt)
      await steps(attempt)
    }
    attempt.values[indexSlot] = outerIndex
  }
}
