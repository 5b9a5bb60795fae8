import { exitCodes, OltpError } from '../errors.js'
import { dialects, type Scenario, type SessionSettings, type Transaction, type Variant } from './model.js'
import { suggest } from './nearest.js'

/** The variant of that name, or null for the scenario as it is. @throws OltpError VARIANT_UNKNOWN */
export function findVariant(scenario: Scenario, name: string | null): Variant | null {
  if (name === null) return null
  const found = scenario.variants.find(variant => variant.name === name)
  if (found) return found
  const names = scenario.variants.map(variant => variant.name)
  throw new OltpError('VARIANT_UNKNOWN', exitCodes.usage, `scenario ${scenario.name} has no variant «${name}»`, {
    hint: suggest(name, names) ?? 'it has no variants at all',
  })
}

/** The scenario as a variant tells it. Parameters are left as they are: `resolveParameters` sets them. */
export function applyVariant(scenario: Scenario, variant: Variant | null): Scenario {
  if (variant === null) return scenario
  return {
    ...scenario,
    transactions: scenario.transactions.map(transaction => applyToTransaction(transaction, variant)),
    phases: variant.phases ?? scenario.phases,
    thresholds: variant.thresholds ?? scenario.thresholds,
    seed: variant.seed ?? scenario.seed,
    session: variant.session === null ? scenario.session : mergeSessions(scenario.session, variant.session),
  }
}

function applyToTransaction(transaction: Transaction, variant: Variant): Transaction {
  const { own } = transaction
  const defaultOf = <Key extends Transaction['own'][number]>(key: Key, value: Transaction[Key] | null) =>
    value === null || own.includes(key) ? transaction[key] : value
  return {
    ...transaction,
    weight: variant.weights === null ? transaction.weight : (new Map(Object.entries(variant.weights)).get(transaction.name) ?? 0),
    isolation: variant.isolation ?? defaultOf('isolation', variant.defaultIsolation),
    statementTimeoutMs: defaultOf('statementTimeoutMs', variant.statementTimeoutMs),
    retry: defaultOf('retry', variant.retry),
  }
}

function mergeSessions(base: SessionSettings, over: SessionSettings): SessionSettings {
  return Object.fromEntries(dialects.map(dialect => [dialect, { ...base[dialect], ...over[dialect] }]))
}
