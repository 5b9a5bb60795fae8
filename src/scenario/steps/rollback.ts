import { z } from 'zod'
import type { StepContext, YamlMap } from '../diagnostics.js'
import { DeclaredRollback } from '../program.js'
import type { Step, StepCompiler, StepKind, StepRun } from './step.js'
import { requireTransaction } from './within-transaction.js'

/** Rolls back, whatever happened before: for a branch, or to measure work that is thrown away. */
export interface RollbackStep extends Step {
  readonly kind: 'rollback'
}

const schema = z.strictObject({ rollback: z.literal(true).describe('Rolls back, as a declared outcome') })

export const rollbackStep: StepKind<RollbackStep> = { kind: 'rollback', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): RollbackStep {
  requireTransaction(map, 'rollback', context)
  const node = context.get(map, 'rollback')
  if (node && !context.boolean(node, '`rollback`')) {
    context.problem(node, '`rollback: false` does nothing', { hint: 'remove the step, or write `rollback_if: condition`' })
  }
  return { kind: 'rollback', engines: context.engines(map) }
}

function compile(_step: RollbackStep, compiler: StepCompiler): StepRun {
  return () => {
    throw new DeclaredRollback(compiler.where)
  }
}
