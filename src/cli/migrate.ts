import Table from 'cli-table3'
import type { EngineName } from '../database/contract.js'
import { bundledSets, type MigrationSet, readMigrationSet } from '../database/migration-files.js'
import { type MigrationStatus, migrateDown, migrateUp, migrationStatus } from '../database/migrations.js'
import {
  claimExistingNamespace,
  claimNamespace,
  type NamespaceRequest,
  releaseNamespace,
  requireConfirmation,
  viewNamespace,
} from '../database/namespace.js'
import { openDatabase } from '../database/open.js'
import { describeTarget } from '../database/url.js'
import { exitCodes, OltpError } from '../errors.js'
import { withControl } from '../run/control.js'
import { bundledScenarioNames, loadScenario } from '../run/load-scenario.js'
import { bundledMigrations } from '../run/prepare.js'
import type { MigrateFlags } from './commands/migrate.js'
import type { CliContext } from './context.js'
import { preparationLines } from './preparation-lines.js'
import { Stop } from './stop.js'
import { withTarget } from './target-options.js'

/** `oltp migrate up` */
export async function up(flags: MigrateFlags, context: CliContext): Promise<void> {
  const names = [requireSet(flags)]
  await withSets(flags, context, { names, writes: true }, async ([set], request, place) => {
    if (set === undefined) return
    const claim = await claimNamespace(request)
    const applied = await migrateUp(claim, set, limitOf(flags))
    await releaseNamespace(claim)
    say(context, applied, 'applied', `«${set.name}» is up to date in ${place}`)
  })
}

/** `oltp migrate down` */
export async function down(flags: MigrateFlags, context: CliContext): Promise<void> {
  const names = [requireSet(flags)]
  await withSets(flags, context, { names, writes: true }, async ([set], request, place) => {
    if (set === undefined) return
    const claim = await claimExistingNamespace(request)
    if (claim === null) return say(context, [], 'undone', `nothing to undo: there is no ${place}`)
    const reverted = await migrateDown(claim, set, limitOf(flags))
    await releaseNamespace(claim)
    say(context, reverted, 'undone', `nothing of «${set.name}» is left to undo in ${place}`)
  })
}

/** `oltp migrate status` */
export async function status(flags: MigrateFlags, context: CliContext): Promise<void> {
  const names = flags.set === undefined ? bundledSets(bundledMigrations) : [flags.set]
  await withSets(flags, context, { names, writes: false }, async (sets, request, place) => {
    const hold = await viewNamespace(request)
    const rows = []
    for (const set of sets) rows.push(...(await migrationStatus(hold, set)))
    context.stdout.write(`${place}${hold === null ? ': not there yet' : ''}\n${table(rows)}\n`)
  })
}

/** Reads the sets, and only then connects. */
async function withSets(
  flags: MigrateFlags,
  context: CliContext,
  { names, writes }: { readonly names: readonly string[]; readonly writes: boolean },
  work: (sets: readonly MigrationSet[], request: NamespaceRequest, place: string) => Promise<void>,
): Promise<void> {
  const { namespace, confirm = null } = flags
  const stop = new Stop(context)
  const needs = { env: context.env, listener: preparationLines(context.stderr), maxConnections: 2, signal: stop.control.drain }
  try {
    await withTarget(flags, needs, async ({ target }) => {
      const sets = await Promise.all(names.map(name => readSet(name, target.engine, context)))
      if (writes) requireConfirmation(target, confirm)
      const place = `namespace «${namespace}» at ${describeTarget(target)}`
      await withControl(target, stop.control.drain, control => work(sets, { ...control, target, namespace, confirm }, place))
    })
  } finally {
    stop.release()
  }
}

function requireSet(flags: MigrateFlags): string {
  if (flags.set !== undefined) return flags.set
  throw new OltpError('SET_REQUIRED', exitCodes.usage, 'which migrations? --set is missing', {
    hint: `add --set NAME, one of: ${bundledSets(bundledMigrations).join(', ')}; or a scenario's name or file`,
  })
}

async function readSet(name: string, engine: EngineName, context: CliContext): Promise<MigrationSet> {
  const { migrations } = await openDatabase(engine)
  const source = { bundled: bundledMigrations, engine, lexis: migrations.lexis }
  const sets = bundledSets(bundledMigrations)
  if (sets.includes(name)) return readMigrationSet({ ...source, name, scenarioFile: null })
  if (!/[/\\]|\.ya?ml$/.test(name) && !(await bundledScenarioNames()).includes(name)) {
    throw new OltpError('SET_UNKNOWN', exitCodes.usage, `there is no set of migrations and no scenario «${name}»`, {
      hint: `sets: ${sets.join(', ')}; a scenario file is named with its ending, as in ./mine.yaml`,
    })
  }
  const scenario = await loadScenario(name, context.cwd)
  if (scenario.migrations !== null) return readMigrationSet({ ...source, name: scenario.migrations, scenarioFile: scenario.file })
  throw new OltpError('SET_UNKNOWN', exitCodes.usage, `scenario «${scenario.name}» has no migrations`, {
    hint: `sets that ship: ${sets.join(', ')}`,
  })
}

function limitOf({ to, steps }: MigrateFlags) {
  return { ...(to === undefined ? {} : { to }), ...(steps === undefined ? {} : { steps }) }
}

function say(context: CliContext, names: readonly string[], what: string, otherwise: string): void {
  context.stdout.write(names.length === 0 ? `${otherwise}\n` : names.map(name => `${what} ${name}\n`).join(''))
}

function table(rows: readonly MigrationStatus[]): string {
  const drawn = new Table({ head: ['set', 'migration', 'state', 'since'], style: { head: [], border: [] } })
  for (const row of rows) drawn.push([row.set, row.name, stateOf(row), row.changedAt?.slice(0, 19).replace('T', ' ') ?? ''])
  return drawn.toString()
}

function stateOf({ state, changed, steps }: MigrationStatus): string {
  if (changed === 'missing') return `${state}, its files are gone`
  if (changed !== null) return `${state}, its .${changed}.sql has changed since`
  return steps === null ? state : `${state}: stopped after ${steps.done} of ${steps.all} statements`
}
