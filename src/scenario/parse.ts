import { OltpError } from '../errors.js'
import type { Reader, YamlMap, YamlNode } from './diagnostics.js'
import { assignGroups, hasUngroupedClients } from './groups.js'
import type { Scenario } from './model.js'
import { createReader, describe, keysOf } from './reader.js'
import { createReport, type Report } from './report.js'
import { scenarioSchema } from './schema.js'
import { readChecks } from './sections/checks.js'
import { createSectionContext } from './sections/context.js'
import { builtInDefaults, readDefaults } from './sections/defaults.js'
import { readGroups } from './sections/groups.js'
import { readInvariants } from './sections/invariants.js'
import { readMigrations } from './sections/migrations.js'
import { readName } from './sections/names.js'
import { readParameters } from './sections/parameters.js'
import { defaultPhases, readPhases } from './sections/phases.js'
import { readSeed } from './sections/seed.js'
import { readSession } from './sections/session.js'
import { readThresholds } from './sections/thresholds.js'
import { readTransactions } from './sections/transactions.js'
import { readVariants } from './sections/variants.js'
import { checkText } from './text.js'
import { mayBeRead } from './unused.js'
import { readYaml } from './yaml.js'

/**
 * A scenario file's text as a checked `Scenario`, every default filled in.
 *
 * @param file as it is to be named in messages and in the result
 * @throws OltpError SCENARIO_INVALID with everything that is wrong with the file, each problem with its place
 */
export function parseScenario(text: string, file: string, sha256: string): Scenario {
  checkText(text, file)
  const report = createReport(text, file)
  const tree = readYaml(text, report)
  const scenario = tree && readScenario(tree, report, { file, text, sha256 })
  report.throwIfAny()
  if (!scenario) throw new Error('a scenario that could not be read has no problem')
  return scenario
}

function readScenario(tree: YamlNode, report: Report, source: Pick<Scenario, 'file' | 'text' | 'sha256'>): Scenario | null {
  const reader = createReader(report)
  if (tree.kind !== 'map') {
    report.problem(tree, `a scenario is a map of keys and values, found ${describe(tree)}`, {
      hint: 'begin with `version: 1`; `oltp scenarios new NAME` writes a scenario that runs',
    })
    return null
  }
  const map = reader.map(tree, 'a scenario', keysOf(scenarioSchema), ['version', 'name', 'transactions'])
  function read<Result>(key: string, read: (node: YamlNode) => Result): Result | undefined {
    const node = reader.get(map, key)
    return node && read(node)
  }
  read('version', node => readVersion(node, reader))
  const name = read('name', node => readName(node, '`name`', reader)) ?? ''

  const parameters = read('parameters', node => readParameters(node, reader)) ?? []
  const usedParameters = new Set<string>()
  const context = createSectionContext(reader, report, new Set(parameters.map(parameter => parameter.name)), used =>
    usedParameters.add(used),
  )

  const defaults = { ...builtInDefaults, ...read('defaults', node => readDefaults(node, builtInDefaults, reader)) }
  const transactions = read('transactions', node => readTransactions(node, defaults, context)) ?? []
  const names = transactions.map(transaction => transaction.name)
  const tallies = [...new Set(transactions.flatMap(transaction => transaction.tally.map(tally => tally.name)))]
  const groups = read('groups', node => readGroups(node, names, reader)) ?? []
  const scenario: Scenario = {
    ...source,
    name,
    title: read('title', node => reader.text(node, '`title`')) ?? name,
    description: read('description', node => reader.text(node, '`description`')) ?? '',
    parameters,
    migrations: read('migrations', node => readMigrations(node, reader)) ?? null,
    seed: read('seed', node => readSeed(node, context)) ?? [],
    reuse: read('reuse', node => reader.boolean(node, '`reuse`')) ?? false,
    session: read('session', node => readSession(node, reader)) ?? {},
    transactions,
    groups,
    phases: read('phases', node => readPhases(node, names, reader)) ?? defaultPhases,
    invariants: read('invariants', node => readInvariants(node, tallies, context)) ?? [],
    checks: read('checks', node => readChecks(node, transactions, context)) ?? [],
    thresholds: read('thresholds', node => readThresholds(node, names, reader)) ?? [],
    variants: read('variants', node => readVariants(node, { parameters, defaults, transactions: names }, context)) ?? [],
  }
  reportNothingToRun(map, scenario, reader)
  reportTooFewClients(map, scenario, reader)
  reportUnusedParameters(map, usedParameters, reader, mayBeRead(report, 0, { start: 0, end: source.text.length }, '$'))
  return scenario
}

function readVersion(node: YamlNode, reader: Reader): void {
  if (node.kind === 'scalar' && node.value === 1) return
  reader.problem(node, 'this version of the language is not known', { label: 'the only one is 1', hint: 'write `version: 1`' })
}

function reportUnusedParameters(map: YamlMap, used: ReadonlySet<string>, reader: Reader, spared: (name: string) => boolean): void {
  const node = reader.get(map, 'parameters')
  if (!node) return
  for (const { key, keyNode } of reader.dictionary(node, '`parameters`')) {
    if (!used.has(key) && !spared(key)) reader.problem(keyNode, `nothing reads the parameter \`$${key}\``, { hint: 'use it, or remove it' })
  }
}

/** Clients in no group run the ordinary mix, in which something must have a weight. */
function reportNothingToRun(map: YamlMap, { transactions, groups, phases }: Scenario, reader: Reader): void {
  const node = reader.get(map, 'transactions')
  if (node?.kind !== 'map' || node.entries.length === 0) return
  if (transactions.every(transaction => transaction.weight === 0) && hasUngroupedClients(groups, phases)) {
    reader.problem(node.entries[0]?.keyNode ?? node, 'no transaction has a weight above 0', {
      hint: 'give the ones that shall run a `weight`',
    })
  }
}

function reportTooFewClients(map: YamlMap, { groups, phases }: Scenario, reader: Reader): void {
  const node = reader.get(map, 'phases')
  for (const [index, { clients }] of phases.entries()) {
    try {
      assignGroups(groups, Math.max(clients.from, clients.to))
    } catch (error) {
      if (!(error instanceof OltpError)) throw error
      const place = (node?.kind === 'list' ? node.items[index] : undefined) ?? reader.get(map, 'groups') ?? map
      reader.problem(place, error.message, { hint: error.hint ?? 'give the phase more clients' })
    }
  }
}
