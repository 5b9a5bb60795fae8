import { createHash } from 'node:crypto'
import type { MigrationSet } from '../database/migration-files.js'
import { parameterNames } from '../scenario/expression/check.js'
import type { Expression } from '../scenario/expression/syntax.js'
import type { Dialect, ResolvedScenario, SeedEntry } from '../scenario/model.js'

/** Changes when the same definition comes to make other rows. */
const generation = 1

/** Two scenarios with the same fingerprint seed the same data: definition, the parameters that it reads, migrations, random seed, dialect. */
export function dataFingerprint(scenario: ResolvedScenario, set: MigrationSet | null, dialect: Dialect): string {
  const parameters = [...new Set(scenario.seed.flatMap(expressionsOf).flatMap(expression => [...parameterNames(expression)]))].sort()
  const facts = {
    generation,
    dialect,
    randomSeed: scenario.randomSeed,
    seed: scenario.seed.map(describe),
    parameters: parameters.map(name => [name, scenario.parameters[name] ?? null]),
    migrations: set?.migrations.map(migration => [set.name, migration.name, migration.up.checksum]) ?? [],
  }
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

function expressionsOf(entry: SeedEntry): readonly Expression[] {
  if (entry.kind === 'sql') return []
  return [entry.kind === 'rows' ? entry.rows : entry.count, ...entry.columns.map(column => column.expression)]
}

function describe(entry: SeedEntry): unknown {
  if (entry.kind === 'sql') return entry
  const columns = entry.columns.map(({ name, expression }) => [name, expression.source])
  return entry.kind === 'rows'
    ? { table: entry.table, rows: entry.rows.source, columns }
    : { table: entry.table, parent: entry.parent, count: entry.count.source, columns }
}
