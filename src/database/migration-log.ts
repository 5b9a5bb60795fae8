import { ask, asNumber, asText, type NamespaceHold } from './bookkeeping.js'
import { checksumOf, type Migration } from './migration-files.js'
import type { SqlStatement } from './split.js'

/** `applying` and `reverting` are what a script leaves that was cut off, or that failed, on an engine whose DDL commits by itself. */
export type LoggedState = 'applying' | 'applied' | 'reverting'

/** What is written down of a migration that was begun. */
export interface LoggedMigration {
  readonly name: string
  readonly state: LoggedState
  readonly upChecksum: string
  readonly downChecksum: string
  /** Statements of the script at hand that are through, and their checksum. */
  readonly stepsDone: number
  readonly stepsChecksum: string
  /** The next one was sent, and nobody wrote down how it ended. */
  readonly stepRunning: boolean
  /** ISO 8601, UTC. */
  readonly changedAt: string
}

/** Of one set, in order. */
export async function readLog(hold: NamespaceHold, set: string): Promise<LoggedMigration[]> {
  const found = await ask(
    hold,
    `SELECT name, state, up_checksum, down_checksum, steps_done, steps_checksum, step_running, changed_at
     FROM {oltp_migration} WHERE migration_set = ? ORDER BY name`,
    [set],
  )
  return found.rows.map(([name, state, up, down, done, steps, running, at]) => ({
    name: asText(name),
    state: asText(state) as LoggedState,
    upChecksum: asText(up),
    downChecksum: asText(down),
    stepsDone: asNumber(done),
    stepsChecksum: asText(steps),
    stepRunning: asNumber(running) === 1,
    changedAt: asText(at),
  }))
}

/** Writes down where a migration stands: which statements are through, and whether one is under way. */
export async function writeLog(
  hold: NamespaceHold,
  set: string,
  migration: Migration,
  state: LoggedState,
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

/** As if it had never been applied. */
export async function forgetMigration(hold: NamespaceHold, set: string, migration: Migration): Promise<void> {
  await ask(hold, 'DELETE FROM {oltp_migration} WHERE migration_set = ? AND name = ?', [set, migration.name])
}
