import { z } from 'zod'
import type { StepContext, YamlMap } from '../diagnostics.js'
import type { Binding } from '../model.js'
import { bindingsSchema } from '../schema-parts.js'
import type { Step, StepCompiler, StepKind, StepRun } from './step.js'

/** Computes names, in order. */
export interface SetStep extends Step {
  readonly kind: 'set'
  readonly bindings: readonly Binding[]
}

const schema = z.strictObject({ set: bindingsSchema.describe('Names to compute, in order; random calls are for `let`') })

export const setStep: StepKind<SetStep> = { kind: 'set', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): SetStep {
  const node = context.get(map, 'set')
  return { kind: 'set', engines: context.engines(map), bindings: node ? context.bindings(node, '`set`', 'set') : [] }
}

function compile(step: SetStep, compiler: StepCompiler): StepRun {
  const bindings = step.bindings.map(({ name, expression }) => ({ slot: compiler.slot(name), evaluate: compiler.expression(expression) }))
  return attempt => {
    for (const { slot, evaluate } of bindings) attempt.values[slot] = evaluate(attempt)
  }
}
