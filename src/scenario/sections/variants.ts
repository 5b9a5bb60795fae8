import type { YamlEntry, YamlNode } from '../diagnostics.js'
import { isolationLevels, type Parameter, type Variant } from '../model.js'
import { suggest } from '../nearest.js'
import { keysOf } from '../reader.js'
import { variantSchema } from '../schema.js'
import type { Value } from '../values.js'
import type { SectionContext } from './context.js'
import { type Defaults, readDefaults } from './defaults.js'
import { readNamed } from './names.js'
import { readAllowedValue } from './parameters.js'
import { readPhases } from './phases.js'
import { readSeed } from './seed.js'
import { readSession } from './session.js'
import { readThresholds } from './thresholds.js'
import { readWeights } from './weights.js'

export interface VariantBase {
  readonly parameters: readonly Parameter[]
  readonly defaults: Defaults
  readonly transactions: readonly string[]
}

/** `variants:`. */
export function readVariants(node: YamlNode, base: VariantBase, context: SectionContext): readonly Variant[] {
  return readNamed(node, '`variants`', context).map(entry => readVariant(entry, base, context))
}

function readVariant({ key: name, value }: YamlEntry, base: VariantBase, context: SectionContext): Variant {
  const map = context.map(value, `variant \`${name}\``, keysOf(variantSchema))
  const get = (key: string) => context.get(map, key)
  function read<Result>(key: string, reader: (node: YamlNode) => Result): Result | null {
    const node = get(key)
    return node ? reader(node) : null
  }
  const defaults = read('defaults', node => readDefaults(node, base.defaults, context))
  return {
    name,
    title: read('title', node => context.text(node, '`title`')) ?? '',
    parameters: read('parameters', node => readValues(node, base.parameters, context)),
    isolation: read('isolation', node => context.oneOf(node, 'isolation level', isolationLevels)),
    defaultIsolation: defaults?.isolation ?? null,
    statementTimeoutMs: defaults?.statementTimeoutMs ?? null,
    retry: defaults?.retry ?? null,
    weights: read('weights', node => readWeights(node, 'the weights of a variant', base.transactions, context)),
    phases: read('phases', node => readPhases(node, base.transactions, context)),
    thresholds: read('thresholds', node => readThresholds(node, base.transactions, context)),
    seed: read('seed', node => readSeed(node, context)),
    session: read('session', node => readSession(node, context)),
  }
}

function readValues(node: YamlNode, parameters: readonly Parameter[], context: SectionContext): { readonly [name: string]: Value } {
  const values: { [name: string]: Value } = {}
  for (const { key, keyNode, value } of context.dictionary(node, '`parameters`')) {
    const parameter = parameters.find(known => known.name === key)
    if (parameter) values[key] = readAllowedValue(value, parameter, `\`${key}\``, context)
    else {
      const hint = suggest(
        key,
        parameters.map(known => known.name),
      )
      context.problem(keyNode, `there is no parameter \`${key}\``, { hint: hint ?? 'declare it under `parameters`' })
    }
  }
  return values
}
