import type { Scope, StepContext, YamlMap, YamlNode } from '../diagnostics.js'
import { type Dialect, dialects } from '../model.js'
import { suggest } from '../nearest.js'
import { describe, keysOf } from '../reader.js'
import { type StepDefinition, stepKinds } from '../steps/registry.js'
import type { SectionContext } from './context.js'
import { readSql } from './sql.js'

export interface StepsPlace {
  readonly scope: Scope
  readonly transaction: { readonly name: string; readonly autocommit: boolean }
  readonly savepoints: number
  readonly afterCommit: boolean
}

/** A list of steps, each told apart by its own key. Names that a step gives a value are known from there on. */
export function readSteps(node: YamlNode, what: string, context: SectionContext, place: StepsPlace): readonly StepDefinition[] {
  const items = context.list(node, what)
  if (node.kind === 'list' && items.length === 0) context.problem(node, `${what} is empty`, { hint: 'add a step, as in `- sql: SELECT 1`' })
  return items.flatMap(item => {
    const kind = kindOf(item, context)
    if (!kind) return []
    const map = context.map(item, `a step with \`${kind.kind}\``, [...keysOf(kind.schema), 'engines'])
    return [kind.parse(map, createStepContext(context, place, readEngines(map, context)))]
  })
}

function kindOf(node: YamlNode, context: SectionContext) {
  const kinds = [...stepKinds.keys()]
  if (node.kind !== 'map') {
    context.problem(node, `a step must be a map, found ${describe(node)}`, { hint: 'as in `- sql: SELECT …`' })
    return null
  }
  const known = node.entries.filter(entry => stepKinds.has(entry.key))
  const [first, second] = known
  if (!first) {
    const key = node.entries[0]
    const hint = (key && suggest(key.key, kinds)) ?? `one of: ${kinds.join(', ')}`
    context.problem(key?.keyNode ?? node, key ? `a step does nothing that begins with \`${key.key}\`` : 'this step is empty', { hint })
    return null
  }
  if (second) {
    context.problem(second.keyNode, `\`${first.key}\` and \`${second.key}\` in one step`, {
      hint: 'make them two steps: begin each with `- `',
    })
    return null
  }
  return stepKinds.get(first.key) ?? null
}

function createStepContext(context: SectionContext, place: StepsPlace, engines: readonly Dialect[] | null): StepContext {
  const { scope } = place
  const reading = (random: boolean) => ({
    names: scope.names,
    random,
    place: 'transaction' as const,
    use: (name: string) => scope.use(name),
  })
  return {
    ...context,
    ...place,
    expression: (node, what, options = {}) => context.expression(node, what, reading(options.random === true)),
    bindings: (node, what, origin) =>
      context.bindings(node, what, reading(origin === 'let'), (name, at) => scope.declare(name, at, origin)),
    sql: (node, what) => readSql(node, what, context, { names: scope.names, use: name => scope.use(name), engines }),
    engines: map => readEngines(map, context),
    steps: (node, what, inside = {}) =>
      readSteps(node, what, context, {
        ...place,
        scope: inside.scope ?? scope,
        savepoints: place.savepoints + (inside.savepoint ? 1 : 0),
      }),
    within: inner => createStepContext(context, { ...place, scope: inner }, engines),
  }
}

function readEngines(map: YamlMap, context: SectionContext): readonly Dialect[] | null {
  const node = context.get(map, 'engines')
  if (!node) return null
  const items = node.kind === 'list' ? node.items : [node]
  if (items.length === 0) context.problem(node, '`engines` is empty', { hint: `one or more of: ${dialects.join(', ')}` })
  return [...new Set(items.map(item => context.oneOf<Dialect>(item, 'engine', dialects)))]
}
