import type { Scope, StepContext, YamlMap } from '../diagnostics.js'
import type { StepDefinition } from './registry.js'

/** The `steps` of a step that has some; reports where they are missing. */
export function readNestedSteps(
  map: YamlMap,
  kind: string,
  context: StepContext,
  inside: { readonly scope?: Scope; readonly savepoint?: boolean } = {},
): readonly StepDefinition[] {
  const steps = context.get(map, 'steps')
  if (steps) return context.steps(steps, '`steps`', inside)
  const at = map.entries.find(entry => entry.key === kind)?.keyNode ?? map
  context.problem(at, `this \`${kind}\` has no \`steps\``, { hint: 'add `steps:` beside it, with what to run' })
  return []
}
