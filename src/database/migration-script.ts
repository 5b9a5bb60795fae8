import { ask, type NamespaceHold } from './bookkeeping.js'
import { changed, scriptFailed } from './migration-errors.js'
import { checksumOf, type Migration, type MigrationScript } from './migration-files.js'
import { forgetMigration, type LoggedMigration, readLog, writeLog } from './migration-log.js'
import { manifest, noteObject, recordObjects, sameObject } from './namespace.js'
import { type NamespaceObject, type ScriptRun, StatementFailed } from './operations.js'
import type { SqlStatement } from './split.js'

/**
 * Runs one script, from its beginning or from where an earlier run stopped, and writes down how far it came.
 *
 * @throws OltpError `MIGRATION_FAILED`, `MIGRATION_CHANGED`
 */
export async function runScript(hold: NamespaceHold, set: string, migration: Migration, direction: 'up' | 'down'): Promise<void> {
  const script = migration[direction]
  const row = (await readLog(hold, set)).find(candidate => candidate.name === migration.name)
  const unfinishedRow = row !== undefined && row.state !== 'applied' && row.stepsDone + Number(row.stepRunning) > 0 ? row : null
  if (unfinishedRow) assertContinues(script, unfinishedRow)
  try {
    await hold.database.migrations.run(hold.session, await scriptRun(hold, set, migration, direction, unfinishedRow))
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error
    const owner = await ownerOf(hold, set, script.statements[error.index])
    throw scriptFailed(error, script, { direction, transactional: hold.database.migrations.transactional, owner })
  }
}

async function scriptRun(
  hold: NamespaceHold,
  set: string,
  migration: Migration,
  direction: 'up' | 'down',
  unfinishedRow: LoggedMigration | null,
): Promise<ScriptRun> {
  const { statements } = migration[direction]
  const { namespaces } = hold.database
  const state = direction === 'up' ? 'applying' : 'reverting'
  let before = await namespaces.objects(hold.session, hold.namespace)
  const note = (done: number, running: boolean) => writeLog(hold, set, migration, state, statements.slice(0, done), running)
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
      if (direction === 'up') await forgetMigration(hold, set, migration)
      else await writeLog(hold, set, migration, 'applied', migration.up.statements, false)
    },
    async completed() {
      await recordObjects(hold, before, set)
      if (direction === 'up') await writeLog(hold, set, migration, 'applied', statements, false)
      else await forgetMigration(hold, set, migration)
    },
  }
}

async function expectObject(hold: NamespaceHold, object: NamespaceObject, set: string): Promise<void> {
  await ask(hold, 'DELETE FROM {oltp_object} WHERE kind = ? AND name = ?', [object.kind, object.name])
  await noteObject(hold, object, set)
}

/** What a CREATE statement makes. */
function createdObject(statement: SqlStatement | undefined): NamespaceObject | null {
  const match =
    /^create\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+)?(?:algorithm\s*=\s*\w+\s+)?(table|view|sequence|function|procedure|trigger|event)\s+(?:if\s+not\s+exists\s+)?[`"]?(\w+)/i.exec(
      statement?.text ?? '',
    )
  return match?.[1] === undefined || match[2] === undefined ? null : { kind: match[1].toLowerCase(), name: match[2] }
}

function assertContinues(script: MigrationScript, row: LoggedMigration): void {
  if (checksumOf(script.statements.slice(0, row.stepsDone)) === row.stepsChecksum) return
  throw changed(
    `${script.file} was run up to its statement ${row.stepsDone}, and has changed before that`,
    'put the statements that were run back as they were; those after them may be corrected',
  )
}

/** The other set whose object stands where this statement wanted to make one. */
async function ownerOf(hold: NamespaceHold, set: string, statement: SqlStatement | undefined): Promise<string | null> {
  const made = createdObject(statement)
  if (made === null || !hold.session.alive) return null
  const owner = (await manifest(hold)).find(object => sameObject(object, made))
  return owner === undefined || owner.set === set ? null : owner.set
}
