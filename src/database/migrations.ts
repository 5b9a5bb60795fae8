import type { RunnableMigration, Umzug, UmzugStorage } from 'umzug'
import { exitCodes, OltpError } from '../errors.js'
import type { NamespaceHold } from './bookkeeping.js'
import { changed, unfinished } from './migration-errors.js'
import type { Migration, MigrationSet } from './migration-files.js'
import { type LoggedMigration, type LoggedState, readLog } from './migration-log.js'
import { runScript } from './migration-script.js'
import { forgetData } from './state.js'

export interface MigrationStatus {
  readonly set: string
  readonly name: string
  readonly state: LoggedState | 'pending'
  /** Which of its scripts no longer is what was applied; `missing`: there is no such file any more. */
  readonly changed: 'up' | 'down' | 'missing' | null
  /** Statements that have been run, and how many there are, of a script that was not finished. */
  readonly steps: { readonly done: number; readonly all: number } | null
  /** ISO 8601, UTC. */
  readonly changedAt: string | null
}

/**
 * Applies what is pending, in order. Returns the names.
 *
 * @param to a number (`0002`) or name: stop after this one
 * @throws OltpError `MIGRATION_CHANGED`, `MIGRATION_UNFINISHED`, `MIGRATION_UNKNOWN` (exit 2), `MIGRATION_FAILED` (exit 3)
 */
export async function migrateUp(
  hold: NamespaceHold,
  set: MigrationSet,
  limit: { readonly to?: string; readonly steps?: number } = {},
): Promise<string[]> {
  const rows = await readLog(hold, set.name)
  assertUnchanged(set, rows)
  const reverting = rows.find(row => row.state === 'reverting')
  if (reverting) {
    const hint = `finish that with \`oltp migrate down --set ${set.name}\`, or start over with \`oltp clean\``
    throw unfinished(reverting.name, 'being reverted', hint)
  }
  const pending = set.migrations.filter(migration => !rows.some(row => row.name === migration.name && row.state === 'applied'))
  const to = limit.to === undefined ? undefined : findMigration(set, limit.to)
  if (to !== undefined && !pending.includes(to)) return []
  const names = (to === undefined ? pending : pending.slice(0, pending.indexOf(to) + 1)).slice(0, limit.steps)
  return run(await umzug(hold, set), 'up', names)
}

/**
 * Reverts what is applied, the latest first. Returns the names.
 *
 * @param to a number or name that stays, with all before it; `0` reverts everything. Without `to` and `steps`, one is reverted
 */
export async function migrateDown(
  hold: NamespaceHold,
  set: MigrationSet,
  limit: { readonly to?: string; readonly steps?: number } = {},
): Promise<string[]> {
  const rows = await readLog(hold, set.name)
  assertUnchanged(set, rows)
  const applying = rows.find(row => row.state === 'applying')
  if (applying) {
    const hint = `finish that with \`oltp migrate up --set ${set.name}\`, or start over with \`oltp clean\``
    throw unfinished(applying.name, 'being applied', hint)
  }
  const applied = set.migrations.filter(migration => rows.some(row => row.name === migration.name)).toReversed()
  const names = limit.to === undefined ? applied.slice(0, limit.steps ?? 1) : after(set, applied, limit.to).slice(0, limit.steps)
  if (names.length > 0) await forgetData(hold)
  return run(await umzug(hold, set), 'down', names)
}

/** Those of the applied that come after the one that stays. */
function after(set: MigrationSet, applied: readonly Migration[], stays: string): readonly Migration[] {
  if (Number(stays) === 0) return applied
  const last = set.migrations.indexOf(findMigration(set, stays))
  return applied.filter(migration => set.migrations.indexOf(migration) > last)
}

/** Where every migration of the set stands. @param hold null: there is no namespace yet */
export async function migrationStatus(hold: NamespaceHold | null, set: MigrationSet): Promise<MigrationStatus[]> {
  const rows = hold === null ? [] : await readLog(hold, set.name)
  const known = set.migrations.map((migration): MigrationStatus => {
    const row = rows.find(candidate => candidate.name === migration.name)
    if (row === undefined) return { set: set.name, name: migration.name, state: 'pending', changed: null, steps: null, changedAt: null }
    const script = row.state === 'reverting' ? migration.down : migration.up
    const steps = row.state === 'applied' ? null : { done: row.stepsDone, all: script.statements.length }
    return { set: set.name, name: row.name, state: row.state, changed: changeOf(migration, row), steps, changedAt: row.changedAt }
  })
  const gone = rows.filter(row => !set.migrations.some(migration => migration.name === row.name))
  return [
    ...known,
    ...gone.map(
      (row): MigrationStatus => ({
        set: set.name,
        name: row.name,
        state: row.state,
        changed: 'missing',
        steps: null,
        changedAt: row.changedAt,
      }),
    ),
  ]
}

async function run(runner: Umzug<object>, direction: 'up' | 'down', migrations: readonly Migration[]): Promise<string[]> {
  if (migrations.length === 0) return []
  const names = migrations.map(migration => migration.name)
  try {
    await runner[direction]({ migrations: names })
    return names
  } catch (error) {
    // umzug wraps what a migration throws; what the user needs is inside.
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error
  }
}

async function umzug(hold: NamespaceHold, set: MigrationSet): Promise<Umzug<object>> {
  const { Umzug } = await import('umzug')
  // Scripts write themselves down, in their own transaction where the engine allows: there is nothing to log afterwards.
  const storage: UmzugStorage<object> = {
    executed: async () => (await readLog(hold, set.name)).filter(row => row.state !== 'applying').map(row => row.name),
    logMigration: async () => {},
    unlogMigration: async () => {},
  }
  const migrations = set.migrations.map(
    (migration): RunnableMigration<object> => ({
      name: migration.name,
      path: migration.up.file,
      up: () => runScript(hold, set.name, migration, 'up'),
      down: () => runScript(hold, set.name, migration, 'down'),
    }),
  )
  return new Umzug({ migrations, storage, context: {}, logger: undefined })
}

/** A file that was applied must be what it was; one that was cut off may be corrected from where it stopped. */
function assertUnchanged(set: MigrationSet, rows: readonly LoggedMigration[]): void {
  for (const row of rows) {
    const migration = set.migrations.find(candidate => candidate.name === row.name)
    if (migration === undefined) {
      throw changed(`migration ${row.name} of «${set.name}» was applied and has no file any more`, 'put its files back')
    }
    if (row.state !== 'applied') continue
    const change = changeOf(migration, row)
    if (change !== null)
      throw changed(
        `${migration[change].file} has changed since it was applied`,
        'put it back as it was, and write a new migration for what is to change',
      )
  }
}

function changeOf(migration: Migration, row: LoggedMigration): 'up' | 'down' | null {
  if (row.state !== 'applied') return null
  if (migration.up.checksum !== row.upChecksum) return 'up'
  return migration.down.checksum === row.downChecksum ? null : 'down'
}

function findMigration(set: MigrationSet, wanted: string): Migration {
  const found = set.migrations.find(migration => migration.name === wanted || migration.name.slice(0, 4) === wanted.padStart(4, '0'))
  if (found) return found
  throw new OltpError('MIGRATION_UNKNOWN', exitCodes.usage, `migrations «${set.name}» have no ${wanted}`, {
    hint: `they have: ${set.migrations.map(migration => migration.name).join(', ')}`,
  })
}
