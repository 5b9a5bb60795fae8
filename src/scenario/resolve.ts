import { exitCodes, OltpError } from '../errors.js'
import { assignGroups, hasUngroupedClients } from './groups.js'
import type { Parameter, ResolvedScenario, Scenario, Variant } from './model.js'
import { suggest } from './nearest.js'
import { applyOverrides, type Overrides } from './overrides.js'
import { checkParameterValue, parseParameterValue } from './parameter-values.js'
import type { Value } from './values.js'
import { applyVariant, findVariant } from './variants.js'

export type { Overrides } from './overrides.js'

export interface ResolveOptions {
  readonly variant: string | null
  /** `--set name=value`, by name. */
  readonly set: Readonly<Record<string, string>>
  readonly overrides: Overrides
}

/**
 * One scenario as it is to be run: a variant applied, every parameter known, the command line's wishes in it.
 *
 * @throws OltpError, exit code 2: VARIANT_UNKNOWN, PARAMETER_UNKNOWN, PARAMETER_INVALID, THRESHOLD_INVALID, ISOLATION_UNKNOWN,
 * LOAD_CONTRADICTORY, GROUPS_TOO_LARGE, NOTHING_TO_RUN
 */
export function resolveScenario(scenario: Scenario, { variant: name, set, overrides }: ResolveOptions): ResolvedScenario {
  const variant = findVariant(scenario, name)
  const { parameters, variants: _, ...rest } = applyVariant(scenario, variant)
  const resolved = applyOverrides(
    { ...rest, variant: name, parameters: resolveParameters(parameters, variant, set), randomSeed: overrides.seed ?? 1 },
    overrides,
  )
  checkLoad(resolved)
  return resolved
}

function resolveParameters(
  parameters: readonly Parameter[],
  variant: Variant | null,
  set: ResolveOptions['set'],
): { readonly [name: string]: Value } {
  const names = parameters.map(parameter => parameter.name)
  for (const name of Object.keys(set)) {
    if (names.includes(name)) continue
    throw new OltpError('PARAMETER_UNKNOWN', exitCodes.usage, `--set ${name}: there is no parameter «${name}»`, {
      hint: suggest(name, names) ?? 'this scenario has no parameters',
    })
  }
  const given = new Map(Object.entries(set))
  const fromVariant = new Map(Object.entries(variant?.parameters ?? {}))
  return Object.fromEntries(
    parameters.map(parameter => {
      const text = given.get(parameter.name)
      return [parameter.name, text === undefined ? (fromVariant.get(parameter.name) ?? parameter.default) : readSetting(parameter, text)]
    }),
  )
}

function readSetting(parameter: Parameter, text: string): Value {
  const value = parseParameterValue(text, parameter.type)
  const wrong = value === null ? kinds[parameter.type] : checkParameterValue(value, parameter)
  if (wrong === null) return value
  throw new OltpError('PARAMETER_INVALID', exitCodes.usage, `--set ${parameter.name}=${text}: must be ${wrong}`, {
    hint: parameter.help === '' ? undefined : `${parameter.name}: ${parameter.help}`,
  })
}

const kinds: { readonly [type in Parameter['type']]: string } = {
  int: 'a whole number, as in 100000',
  float: 'a number, as in 1.1',
  decimal: 'a decimal number, as in 12.50',
  text: 'a text',
  bool: 'true or false',
}

/** What only shows once variant, phases and groups are together. */
function checkLoad({ name, transactions, groups, phases }: ResolvedScenario): void {
  for (const phase of phases) assignGroups(groups, Math.max(phase.clients.from, phase.clients.to))
  if (transactions.every(transaction => transaction.weight === 0) && hasUngroupedClients(groups, phases)) {
    throw new OltpError('NOTHING_TO_RUN', exitCodes.usage, `no transaction of ${name} has a weight above 0`, {
      hint: 'choose another variant, or give a transaction a weight',
    })
  }
}
