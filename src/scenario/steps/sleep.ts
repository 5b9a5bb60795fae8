import { z } from 'zod'
import type { StepContext, YamlMap } from '../diagnostics.js'
import { durationSchema } from '../schema-parts.js'
import type { Step, StepKind, StepRun } from './step.js'

/** Time to think inside a transaction, holding what it holds. */
export interface SleepStep extends Step {
  readonly kind: 'sleep'
  readonly ms: number
}

const schema = z.strictObject({ sleep: durationSchema.describe('How long, as in 5ms') })

export const sleepStep: StepKind<SleepStep> = { kind: 'sleep', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): SleepStep {
  return { kind: 'sleep', engines: context.engines(map), ms: context.duration(context.get(map, 'sleep') ?? map, '`sleep`') }
}

function compile(step: SleepStep): StepRun {
  return attempt => attempt.sleep(step.ms)
}
