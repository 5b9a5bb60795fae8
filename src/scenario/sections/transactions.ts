import type { YamlEntry, YamlMap, YamlNode } from '../diagnostics.js'
import type { Binding, Transaction } from '../model.js'
import { keysOf } from '../reader.js'
import { transactionSchema } from '../schema.js'
import { createScope, type TrackedScope } from '../scope.js'
import { mayBeRead } from '../unused.js'
import { checkAutocommit } from './autocommit.js'
import type { ReadingScope, SectionContext } from './context.js'
import { type Defaults, readSettings } from './defaults.js'
import { readNamed } from './names.js'
import { readSteps } from './steps.js'

/** `transactions:`, at least one. */
export function readTransactions(node: YamlNode, defaults: Defaults, context: SectionContext): readonly Transaction[] {
  const entries = readNamed(node, '`transactions`', context)
  if (node.kind === 'map' && entries.length === 0)
    context.problem(node, '`transactions` is empty', { hint: 'add one: a name, and its `steps`' })
  return entries.map(entry => readTransaction(entry, defaults, context))
}

function readTransaction({ key: name, value }: YamlEntry, defaults: Defaults, context: SectionContext): Transaction {
  const before = context.report.count()
  const map = context.map(value, `transaction \`${name}\``, keysOf(transactionSchema), ['steps'])
  const get = (key: string) => context.get(map, key)
  const [weight, readOnly, autocommitNode] = [get('weight'), get('read_only'), get('autocommit')]
  const own = readSettings(map, defaults, context)
  const scope = createScope(context)
  const autocommit = autocommitNode ? context.boolean(autocommitNode, '`autocommit`') : false

  // In the order of evaluation, whatever the order in the file: what is drawn first can be read by what follows.
  const keying = readWait(map, 'keying', [], context, scope)
  const drawn = readLet(map, context, scope)
  const drawnNames = [...scope.names]
  const place = { scope, transaction: { name, autocommit }, savepoints: 0, afterCommit: false }
  const stepsNode = get('steps')
  const steps = stepsNode ? readSteps(stepsNode, '`steps`', context, place) : []
  if (autocommit && stepsNode) checkAutocommit(steps, stepsNode, context)
  const tally = readTally(map, context, scope)
  const after = get('after_commit')
  const afterCommit = after ? readSteps(after, '`after_commit`', context, { ...place, afterCommit: true }) : []
  const think = readWait(map, 'think', drawnNames, context, scope)
  scope.reportUnused(mayBeRead(context.report, before, map))

  return {
    name,
    weight: weight ? context.number(weight, '`weight`', { min: 0 }) : 1,
    ...defaults,
    ...own,
    own: (['isolation', 'statementTimeoutMs', 'retry'] as const).filter(key => key in own),
    readOnly: readOnly ? context.boolean(readOnly, '`read_only`') : false,
    autocommit,
    let: drawn,
    steps,
    afterCommit,
    tally,
    keying,
    think,
  }
}

function readLet(map: YamlMap, context: SectionContext, scope: TrackedScope): readonly Binding[] {
  const node = context.get(map, 'let')
  if (!node) return []
  return context.bindings(node, '`let`', reading(scope, scope.names, true), (name, at) => scope.declare(name, at, 'let'))
}

function readTally(map: YamlMap, context: SectionContext, scope: TrackedScope): readonly Binding[] {
  const node = context.get(map, 'tally')
  return node ? context.bindings(node, '`tally`', reading(scope, scope.names, false), () => {}) : []
}

function readWait(map: YamlMap, key: 'keying' | 'think', names: readonly string[], context: SectionContext, scope: TrackedScope) {
  const node = context.get(map, key)
  return node ? context.wait(node, `\`${key}\``, reading(scope, new Set(names), true)) : null
}

function reading(scope: TrackedScope, names: ReadonlySet<string>, random: boolean): ReadingScope {
  return { names, random, place: 'transaction', use: name => scope.use(name) }
}
