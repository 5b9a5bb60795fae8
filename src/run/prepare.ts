import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { NamespaceHold } from '../database/bookkeeping.js'
import type { Database, ServerInfo, Session } from '../database/contract.js'
import { explain } from '../database/explain.js'
import { type MigrationSet, readMigrationSet } from '../database/migration-files.js'
import { migrateUp } from '../database/migrations.js'
import { readDataState, writeDataState } from '../database/state.js'
import { formatCount } from '../format.js'
import type { ResolvedScenario } from '../scenario/model.js'
import { checkInvariants, readInvariants } from '../verify/invariants.js'
import { dataFingerprint } from './data-fingerprint.js'
import type { RunListener } from './events.js'
import { preparationStep } from './progress.js'
import { changesData } from './read-only.js'
import { type SeededTable, seedData } from './seed-data.js'

/** Where the migrations that ship are. */
export const bundledMigrations: string = fileURLToPath(new URL('../../migrations', import.meta.url))

export interface PrepareRequest {
  readonly database: Database
  /** Holds the namespace: see `claimNamespace`. */
  readonly session: Session
  readonly namespace: string
  readonly serverInfo: ServerInfo
  readonly scenario: ResolvedScenario
  /** Seed again even if the data is clean. */
  readonly fresh: boolean
  readonly listener: RunListener
  /** The folder of bundled sets; those that ship unless given. */
  readonly migrationsFolder?: string
}

export interface PreparedData {
  /** Empty when the data was kept. */
  readonly tables: readonly SeededTable[]
  /** Why the data was kept or seeded, as people are told. */
  readonly reason: string
  /** In seconds; emptying the tables and the seed's own SQL (keys, indexes) belong to the load. Null: nothing was seeded. */
  readonly took: { readonly load_s: number; readonly statistics_s: number; readonly checkpoint_s: number } | null
}

/**
 * Brings a claimed namespace to where the scenario begins: migrations, then the seed unless the data is still as seeded.
 *
 * @throws OltpError as `migrateUp` and `seedData` do, `PREPARE_FAILED` for anything else that the server says
 */
export async function prepareData(request: PrepareRequest): Promise<PreparedData> {
  try {
    return await prepare(request)
  } catch (error) {
    throw explain(error, { code: 'PREPARE_FAILED', what: 'the data cannot be prepared', hint: rightsHint })
  }
}

/** To be called before the first write of a load: the next run will know. A scenario that only reads leaves the data clean. */
export async function markDirty(hold: NamespaceHold, scenario: ResolvedScenario): Promise<void> {
  if (!changesData(scenario)) return
  try {
    const state = await readDataState(hold)
    await writeDataState(hold, { ...state, state: 'dirty', scenario: state.scenario || scenario.name, runId: thisProcess() })
  } catch (error) {
    throw explain(error, { code: 'PREPARE_FAILED', what: 'the data cannot be marked as written to', hint: rightsHint })
  }
}

const rightsHint = 'let the owner of the namespace run `oltp prepare`, and grant SELECT, INSERT, UPDATE and DELETE on all its tables'

async function prepare(request: PrepareRequest): Promise<PreparedData> {
  const { scenario, serverInfo, listener } = request
  const hold: NamespaceHold = { database: request.database, session: request.session, namespace: request.namespace }
  const set = await migrate(hold, request)
  if (scenario.seed.length === 0) return { tables: [], reason: 'the scenario seeds nothing', took: null }

  const fingerprint = dataFingerprint(scenario, set, serverInfo.dialect)
  const decision = await decide(hold, request, fingerprint)
  if (!decision.seed) {
    await preparationStep(listener, 'seed', 'seed', async () => ({ detail: `kept: ${decision.reason}` }))
    return { tables: [], reason: decision.reason, took: null }
  }
  if (decision.worthSaying) listener({ kind: 'notice', level: 'info', t_s: null, text: `${decision.reason}: seeding again` })
  const mark = { fingerprint, scenario: scenario.name, runId: thisProcess() }
  await writeDataState(hold, { ...mark, state: 'seeding' })
  const begun = performance.now()
  const tables = await seedData(hold, { scenario, set, dialect: serverInfo.dialect, seededBefore: decision.seededBefore, listener })
  const loaded = performance.now()
  const [statistics_s, checkpoint_s] = await settle(hold, listener, tables)
  await writeDataState(hold, { ...mark, state: 'clean' })
  const took = { load_s: (loaded - begun) / 1000, statistics_s, checkpoint_s }
  return { tables, reason: decision.reason, took }
}

async function settle(hold: NamespaceHold, listener: RunListener, tables: readonly SeededTable[]): Promise<readonly [number, number]> {
  const { database, session } = hold
  const { seconds } = await preparationStep(listener, 'settle', 'settle', async () => {
    const begun = performance.now()
    await database.gatherStatistics(
      session,
      tables.map(({ table }) => table),
    )
    const gathered = performance.now()
    await database.checkpoint(session)
    const seconds = [(gathered - begun) / 1000, (performance.now() - gathered) / 1000] as const
    return { seconds, detail: 'statistics gathered' }
  })
  return seconds
}

async function migrate(
  hold: NamespaceHold,
  { scenario, listener, migrationsFolder, database }: PrepareRequest,
): Promise<MigrationSet | null> {
  const { migrations } = scenario
  if (migrations === null) return null
  const { set } = await preparationStep(listener, 'migrate', `migrations ${migrations}`, async () => {
    const set = readMigrationSet({
      name: migrations,
      scenarioFile: scenario.file,
      bundled: migrationsFolder ?? bundledMigrations,
      engine: database.engine,
      lexis: database.migrations.lexis,
    })
    const applied = await migrateUp(hold, set)
    return { set, detail: applied.length === 0 ? 'nothing to do' : `${formatCount(applied.length)} applied` }
  })
  return set
}

interface Decision {
  readonly seed: boolean
  readonly reason: string
  /** Something that a user may wonder about: not the first seeding, not one that was asked for. */
  readonly worthSaying: boolean
  readonly seededBefore: boolean
}

async function decide(hold: NamespaceHold, request: PrepareRequest, fingerprint: string): Promise<Decision> {
  const found = await readDataState(hold)
  const seededBefore = found.state !== 'empty'
  const seedAgain = (reason: string): Decision => ({ seed: true, reason, worthSaying: true, seededBefore })
  const keep = (reason: string): Decision => ({ seed: false, reason, worthSaying: false, seededBefore })
  if (!seededBefore) return { seed: true, reason: 'the namespace is new', worthSaying: false, seededBefore }
  if (request.fresh) return { seed: true, reason: '--fresh', worthSaying: false, seededBefore }
  if (found.state === 'seeding') return seedAgain('an earlier seeding was cut off')
  if (found.fingerprint !== fingerprint) {
    return seedAgain(
      found.scenario === request.scenario.name
        ? 'the scenario asks for other data than is there'
        : `the data is that of «${found.scenario}»`,
    )
  }
  if (found.state === 'clean') return keep('the data is as it was seeded')
  if (!request.scenario.reuse) return seedAgain('data was written to by an earlier run')
  const broken = await brokenBefore(request)
  return broken === null
    ? keep('written to by an earlier run, its invariants hold')
    : seedAgain(`data was written to by an earlier run and breaks «${broken}»`)
}

/** The first invariant that does not hold before a load, or null. */
async function brokenBefore({ session, scenario, serverInfo }: PrepareRequest): Promise<string | null> {
  const before = await readInvariants(session, scenario.invariants, serverInfo.dialect)
  const facts = { dialect: serverInfo.dialect, parameters: scenario.parameters, before, tallies: new Map() }
  const checks = await checkInvariants(session, scenario.invariants, 'before', facts)
  return checks.find(check => !check.held)?.name ?? null
}

function thisProcess(): string {
  return `${hostname()} pid ${process.pid}`.slice(0, 64)
}
