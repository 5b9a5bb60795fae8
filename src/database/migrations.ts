import type { RunnableMigration, Umzug, UmzugStorage } from 'umzug'
import { exitCodes, OltpError } from '../errors.js'
import { ask, asNumber, asText, type NamespaceHold } from './bookkeeping.js'
import { checksumOf, type Migration, type MigrationScript, type MigrationSet } from './migration-files.js'
import { noteObject, recordObjects, sameObject } from './namespace.js'
import { type NamespaceObject, type ScriptRun, StatementFailed } from './operations.js'
import type { SqlStatement } from './split.js'

type Direction = 'up' | 'down'

/** `applying` and `reverting` are what a script leaves that was cut off, or that failed, on an engine whose DDL commits by itself. */
export type MigrationState = 'pending' | 'applying' | 'applied' | 'reverting'

export interface MigrationStatus {
  readonly set: string
  readonly name: string
  readonly state: MigrationState
  /** Which of its scripts no longer is what was applied; `missing`: there is no such file any more. */
  readonly changed: 'up' | 'down' | 'missing' | null
  /** Statements that have been run, and how many there are, of a script that was not finished. */
  readonly steps: { readonly done: number; readonly all: number } | null
  /** ISO 8601, UTC. */
  readonly changedAt: string | null
}

interface Row {
  readonly name: string
  readonly state: Exclude<MigrationState, 'pending'>
  readonly upChecksum: string
  readonly downChecksum: string
  readonly stepsDone: number
  readonly stepsChecksum: string
  readonly stepRunning: boolean
  readonly changedAt: string
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
  const rows = await readRows(hold, set.name)
  assertUnchanged(set, rows)
  const reverting = rows.find(row => row.state === 'reverting')
  if (reverting)
    throw unfinished(
      reverting.name,
      'being reverted',
      `finish that with \`oltp migrate down --set ${set.name}\`, or start over with \`oltp clean\``,
    )
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
  const rows = await readRows(hold, set.name)
  assertUnchanged(set, rows)
  const applying = rows.find(row => row.state === 'applying')
  if (applying)
    throw unfinished(
      applying.name,
      'being applied',
      `finish that with \`oltp migrate up --set ${set.name}\`, or start over with \`oltp clean\``,
    )
  const applied = set.migrations.filter(migration => rows.some(row => row.name === migration.name)).toReversed()
  if (limit.to === undefined) return run(await umzug(hold, set), 'down', applied.slice(0, limit.steps ?? 1))
  const stays = Number(limit.to) === 0 ? undefined : findMigration(set, limit.to)
  const names =
    stays === undefined ? applied : applied.filter(migration => set.migrations.indexOf(migration) > set.migrations.indexOf(stays))
  return run(await umzug(hold, set), 'down', names.slice(0, limit.steps))
}

/** Where every migration of the set stands. @param hold null: there is no namespace yet */
export async function migrationStatus(hold: NamespaceHold | null, set: MigrationSet): Promise<MigrationStatus[]> {
  const rows = hold === null ? [] : await readRows(hold, set.name)
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

async function run(runner: Umzug<object>, direction: Direction, migrations: readonly Migration[]): Promise<string[]> {
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
    executed: async () => (await readRows(hold, set.name)).filter(row => row.state !== 'applying').map(row => row.name),
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

async function runScript(hold: NamespaceHold, set: string, migration: Migration, direction: Direction): Promise<void> {
  const script = migration[direction]
  const row = (await readRows(hold, set)).find(candidate => candidate.name === migration.name)
  const unfinishedRow = row !== undefined && row.state !== 'applied' && row.stepsDone + Number(row.stepRunning) > 0 ? row : null
  if (unfinishedRow) assertContinues(script, unfinishedRow)
  try {
    await hold.database.migrations.run(hold.session, await scriptRun(hold, set, migration, direction, unfinishedRow))
  } catch (error) {
    if (error instanceof StatementFailed) throw failed(error, script, direction, hold.database.migrations.transactional)
    throw error
  }
}

async function scriptRun(
  hold: NamespaceHold,
  set: string,
  migration: Migration,
  direction: Direction,
  unfinishedRow: Row | null,
): Promise<ScriptRun> {
  const { statements } = migration[direction]
  const { namespaces } = hold.database
  const state = direction === 'up' ? 'applying' : 'reverting'
  let before = await namespaces.objects(hold.session, hold.namespace)
  const note = (done: number, running: boolean) => writeRow(hold, set, migration, state, statements.slice(0, done), running)
  return {
    statements,
    done: unfinishedRow?.stepsDone ?? 0,
    uncertain: unfinishedRow?.stepRunning ?? false,
    async started(index) {
      before = await namespaces.objects(hold.session, hold.namespace)
      // Written down before it is made: should we die in between, `oltp clean` knows it as ours.
      const made = createdObject(statements[index])
      const uncertain = unfinishedRow?.stepRunning === true && index === unfinishedRow.stepsDone
      if (made !== null && !uncertain && !before.some(object => sameObject(object, made))) await expectObject(hold, made, set)
      await note(index, true)
    },
    async finished(index) {
      await recordObjects(hold, before, set)
      await note(index + 1, false)
    },
    async failed(index) {
      await recordObjects(hold, await namespaces.objects(hold.session, hold.namespace), set)
      if (index > 0) return note(index, false)
      if (direction === 'up') await forget(hold, set, migration)
      else await writeRow(hold, set, migration, 'applied', migration.up.statements, false)
    },
    async completed() {
      await recordObjects(hold, before, set)
      if (direction === 'up') await writeRow(hold, set, migration, 'applied', statements, false)
      else await forget(hold, set, migration)
    },
  }
}

async function forget(hold: NamespaceHold, set: string, migration: Migration): Promise<void> {
  await ask(hold, 'DELETE FROM {oltp_migration} WHERE migration_set = ? AND name = ?', [set, migration.name])
}

async function expectObject(hold: NamespaceHold, object: NamespaceObject, set: string): Promise<void> {
  await ask(hold, 'DELETE FROM {oltp_object} WHERE kind = ? AND name = ?', [object.kind, object.name])
  await noteObject(hold, object, set)
}

/** What a CREATE statement makes. */
function createdObject(statement: SqlStatement | undefined): NamespaceObject | null {
  const match =
    /^create\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+)?(?:algorithm\s*=\s*\w+\s+)?(table|view|sequence|function|procedure|trigger|event)\s+(?:if\s+not\s+exists\s+)?(?:`([^`]+)`|(\w+))/i.exec(
      statement?.text ?? '',
    )
  const name = match?.[2] ?? match?.[3]
  return match?.[1] === undefined || name === undefined ? null : { kind: match[1].toLowerCase(), name }
}

async function readRows(hold: NamespaceHold, set: string): Promise<Row[]> {
  const found = await ask(
    hold,
    `SELECT name, state, up_checksum, down_checksum, steps_done, steps_checksum, step_running, changed_at
     FROM {oltp_migration} WHERE migration_set = ? ORDER BY name`,
    [set],
  )
  return found.rows.map(([name, state, up, down, done, steps, running, at]) => ({
    name: asText(name),
    state: asText(state) as Row['state'],
    upChecksum: asText(up),
    downChecksum: asText(down),
    stepsDone: asNumber(done),
    stepsChecksum: asText(steps),
    stepRunning: asNumber(running) === 1,
    changedAt: asText(at),
  }))
}

async function writeRow(
  hold: NamespaceHold,
  set: string,
  migration: Migration,
  state: MigrationState,
  done: readonly SqlStatement[],
  running: boolean,
): Promise<void> {
  const values = [
    state,
    migration.up.checksum,
    migration.down.checksum,
    done.length,
    checksumOf(done),
    running ? 1 : 0,
    new Date().toISOString(),
  ]
  const updated = await ask(
    hold,
    `UPDATE {oltp_migration} SET state = ?, up_checksum = ?, down_checksum = ?, steps_done = ?, steps_checksum = ?, step_running = ?, changed_at = ?
     WHERE migration_set = ? AND name = ?`,
    [...values, set, migration.name],
  )
  if (updated.affected > 0) return
  await ask(
    hold,
    `INSERT INTO {oltp_migration} (state, up_checksum, down_checksum, steps_done, steps_checksum, step_running, changed_at, migration_set, name)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [...values, set, migration.name],
  )
}

/** A file that was applied must be what it was; one that was cut off may be corrected from where it stopped. */
function assertUnchanged(set: MigrationSet, rows: readonly Row[]): void {
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

function changeOf(migration: Migration, row: Row): Direction | null {
  if (row.state !== 'applied') return null
  if (migration.up.checksum !== row.upChecksum) return 'up'
  return migration.down.checksum === row.downChecksum ? null : 'down'
}

function assertContinues(script: MigrationScript, row: Row): void {
  if (checksumOf(script.statements.slice(0, row.stepsDone)) === row.stepsChecksum) return
  throw changed(
    `${script.file} was run up to its statement ${row.stepsDone}, and has changed before that`,
    'put the statements that were run back as they were; those after them may be corrected',
  )
}

function findMigration(set: MigrationSet, wanted: string): Migration {
  const found = set.migrations.find(migration => migration.name === wanted || migration.name.slice(0, 4) === wanted.padStart(4, '0'))
  if (found) return found
  throw new OltpError('MIGRATION_UNKNOWN', exitCodes.usage, `migrations «${set.name}» have no ${wanted}`, {
    hint: `they have: ${set.migrations.map(migration => migration.name).join(', ')}`,
  })
}

function failed(error: StatementFailed, script: MigrationScript, direction: Direction, transactional: boolean): OltpError {
  const statement = script.statements[error.index]
  const line = statement?.line ?? 1
  const text = script.text.split('\n')[line - 1] ?? ''
  const column = text.length - text.trimStart().length + 1
  const again = `\`oltp migrate ${direction}\``
  const kept =
    error.index === 0
      ? 'nothing of it was applied'
      : error.index === 1
        ? 'the statement before it is applied and stays'
        : `the ${error.index} statements before it are applied and stay`
  const hint = transactional
    ? `nothing of the script was applied: correct it and run ${again} again`
    : `${kept}: correct this statement and run ${again} again, it goes on from here; or start over with \`oltp clean\``
  const message = `statement ${error.index + 1} of ${script.statements.length} failed: ${error.message}`
  const length = (statement?.text.split('\n')[0] ?? text).length
  return new OltpError('MIGRATION_FAILED', exitCodes.setup, `${script.file}:${line}: ${message}`, {
    hint,
    cause: error,
    problems: [{ message, hint, location: { file: script.file, line, column, length, text } }],
  })
}

function unfinished(name: string, what: string, hint: string): OltpError {
  return new OltpError('MIGRATION_UNFINISHED', exitCodes.usage, `migration ${name} was ${what} and did not finish`, { hint })
}

function changed(message: string, next: string): OltpError {
  return new OltpError('MIGRATION_CHANGED', exitCodes.usage, message, { hint: `${next}; or start over with \`oltp clean\`` })
}
