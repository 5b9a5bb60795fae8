import type { NamespaceHold } from '../database/bookkeeping.js'
import { explain } from '../database/explain.js'
import type { MigrationSet } from '../database/migration-files.js'
import { migrateDown, migrateUp } from '../database/migrations.js'
import { manifest, recordObjects } from '../database/namespace.js'
import { exitCodes, OltpError } from '../errors.js'
import { formatCount, formatRate } from '../format.js'
import type { Dialect, ResolvedScenario } from '../scenario/model.js'
import { type SeedTable, seedTables } from '../scenario/seed.js'
import { textFor } from '../scenario/sql.js'
import type { RunListener } from './events.js'
import { preparationStep, rowProgress } from './progress.js'

export interface SeededTable {
  readonly table: string
  readonly rows: number
}

export interface SeedOrder {
  readonly scenario: ResolvedScenario
  readonly set: MigrationSet | null
  readonly dialect: Dialect
  /** Whether the namespace has seen a seeding before. */
  readonly seededBefore: boolean
  readonly listener: RunListener
}

/**
 * Empties the scenario's tables and fills them.
 *
 * @throws OltpError `SEED_TABLE_MISSING` (exit 2), `SEED_TABLE_FOREIGN` (exit 5), `SEED_FAILED` (exit 3)
 */
export async function seedData(hold: NamespaceHold, order: SeedOrder): Promise<SeededTable[]> {
  await emptyTables(hold, order)
  const seeded: SeededTable[] = []
  for (const [index, entry] of seedTables(order.scenario).entries()) {
    if (entry.kind === 'table') seeded.push(await loadTable(hold, order, entry))
    else await runSeedSql(hold, order, textFor(entry.sql, order.dialect), index)
  }
  return seeded
}

async function emptyTables(hold: NamespaceHold, { scenario, set, seededBefore }: SeedOrder): Promise<void> {
  if (set !== null && seededBefore && scenario.seed.some(entry => entry.kind === 'sql')) {
    // What the seed's own SQL made (keys, indexes) goes with the tables, so that it can be made again.
    await migrateDown(hold, set, { to: '0' })
    await migrateUp(hold, set)
  }
  const ours = (await manifest(hold)).filter(object => object.kind === 'table')
  const seeded = scenario.seed.flatMap(entry => (entry.kind === 'sql' ? [] : [entry.table]))
  for (const table of seeded) await assertOurTable(hold, table, ours)
  // Tables of the set that are not seeded hold what transactions wrote: they start empty.
  const written = ours.filter(object => object.set === set?.name).map(object => object.name)
  await hold.database.namespaces.empty(hold.session, hold.namespace, [...new Set([...seeded, ...written])]).catch(error => {
    const hint = 'seeding needs the right to empty tables: run `oltp prepare` as their owner before each run that writes, or grant it'
    throw explain(error, { code: 'SEED_FAILED', what: 'the tables cannot be emptied', hint })
  })
}

async function assertOurTable(hold: NamespaceHold, table: string, ours: readonly { readonly name: string }[]): Promise<void> {
  if (ours.some(object => object.name === table)) return
  if (await hold.database.namespaces.hasTable(hold.session, hold.namespace, table)) {
    throw new OltpError(
      'SEED_TABLE_FOREIGN',
      exitCodes.refused,
      `table ${table} in namespace «${hold.namespace}» was not made by our migrations`,
      {
        hint: 'seeding would empty it: rename it, or use --namespace NAME',
      },
    )
  }
  throw new OltpError('SEED_TABLE_MISSING', exitCodes.usage, `the scenario seeds table ${table}, which its migrations do not make`, {
    hint:
      ours.length === 0
        ? 'name the set that makes it under `migrations:`'
        : `these tables are there: ${ours.map(object => object.name).join(', ')}`,
  })
}

async function loadTable(hold: NamespaceHold, { listener }: SeedOrder, entry: SeedTable): Promise<SeededTable> {
  const { table, columns, expectedRows } = entry
  return preparationStep(listener, `seed ${table}`, `seed ${table}`, async update => {
    const begun = performance.now()
    const load = hold.database.load(hold.session, { table, columns, rows: entry.rows() }, rowProgress(expectedRows, update))
    const rows = await load.catch(error => {
      throw seedFailed(error, `table ${table} cannot be loaded`)
    })
    const seconds = (performance.now() - begun) / 1000
    return { table, rows, detail: `${formatCount(rows)} rows, ${formatRate(rows / Math.max(seconds, 0.001))}/s` }
  })
}

async function runSeedSql(hold: NamespaceHold, { listener, set }: SeedOrder, sql: string | null, index: number): Promise<void> {
  if (sql === null) return
  await preparationStep(listener, `seed sql ${index + 1}`, 'seed SQL', async () => {
    const before = await hold.database.namespaces.objects(hold.session, hold.namespace)
    const firstWords = sql.replace(/\s+/g, ' ').slice(0, 60)
    await hold.session.query(sql).catch(error => {
      throw seedFailed(error, `the seed's «${firstWords}» failed`)
    })
    await recordObjects(hold, before, set?.name ?? '')
    return { detail: firstWords }
  })
}

function seedFailed(error: unknown, what: string): unknown {
  return explain(error, {
    code: 'SEED_FAILED',
    what,
    hint: 'correct the `seed` or the migrations of the scenario; the next run seeds from the start',
  })
}
