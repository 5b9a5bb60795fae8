import { DatabaseError, type ServerInfo, type Session, type SessionOptions, type Target } from '../database/contract.js'
import type { Dialogue } from '../database/dialogue.js'
import { explain } from '../database/explain.js'
import { dropObjects, manifest, type NamespaceClaim, noteObject, planDrop, recordObjects, sameObject } from '../database/namespace.js'
import type { NamespaceObject } from '../database/operations.js'
import type { WaitWatch } from '../database/waits.js'
import { exitCodes, OltpError } from '../errors.js'
import type { DemoPlot } from '../scenario/demo/model.js'
import type { Dialect, Isolation } from '../scenario/model.js'
import { textFor } from '../scenario/sql.js'
import type { Value } from '../scenario/values.js'
import { isNamedIn, objectsMadeBy } from './made-objects.js'

/** Where demos are played: a namespace of ours, the session that holds it, and one that looks at locks. */
export class Stage {
  readonly server: ServerInfo
  readonly watch: WaitWatch
  /** Settings of single sessions that the server refused, as to a role without the right: what they decide is left to chance. */
  readonly unpinned = new Map<string, string>()
  private readonly target: Target
  private readonly claim: NamespaceClaim
  private readonly observer: Session
  /** Not ours to drop: what was there already, and what was there besides when the tables were last cleared away. */
  private foreign: readonly NamespaceObject[]
  /** What is written down as ours. */
  private known: readonly NamespaceObject[]
  /** What is said on it since it was last cleared. */
  private statements: readonly string[] = []
  private recorded = ''

  private constructor(
    target: Target,
    claim: NamespaceClaim,
    server: ServerInfo,
    observer: Session,
    { ours, foreign }: { readonly ours: readonly NamespaceObject[]; readonly foreign: readonly NamespaceObject[] },
  ) {
    this.target = target
    this.claim = claim
    this.server = server
    this.observer = observer
    this.foreign = foreign
    this.known = ours
    this.watch = claim.database.watchWaits(observer, server)
  }

  /**
   * @throws OltpError `NAMESPACE_FOREIGN_OBJECTS`, `NAMESPACE_IN_USE` where the namespace holds what no demo made, `WAITS_FORBIDDEN` where
   * the role may not see who waits; and as `Database.connect` does
   */
  static async open(target: Target, claim: NamespaceClaim, server: ServerInfo): Promise<Stage> {
    const { database, session, namespace } = claim
    const ours = await planDrop(claim)
    const others = (await manifest(claim)).filter(made => made.set !== set && isIn(ours, made))
    if (others.length > 0) throw inUse(namespace, others)
    const all = await database.namespaces.objects(session, namespace)
    const observer = await database.connect(target, { ...plainSession, namespace })
    const foreign = all.filter(object => !isIn(ours, object))
    const stage = new Stage(target, claim, server, observer, { ours, foreign })
    try {
      await stage.watch.waits([observer.id])
      return stage
    } catch (error) {
      await observer.end()
      throw error
    }
  }

  get dialect(): Dialect {
    return this.server.dialect
  }

  /** The level of a session that asks for none. */
  get defaultIsolation(): Isolation {
    return this.claim.database.defaultIsolation(this.server)
  }

  /** Brings the tables to where the demo begins. */
  async reset(plot: DemoPlot): Promise<void> {
    const { session } = this.claim
    this.unpinned.clear()
    try {
      await this.clear()
      const setup = plot.setup.flatMap(sql => textFor(sql, this.dialect) ?? [])
      const schedule = plot.schedule.flatMap(step => (step.kind === 'wait' ? [] : (textFor(step.sql, this.dialect) ?? [])))
      this.statements = [...setup, ...schedule]
      await this.note(setup)
      for (const text of setup) await session.query(text)
      await this.record()
      await this.note(schedule)
    } catch (error) {
      const hint = 'correct the `setup` of the demo'
      throw explain(error, { code: 'DEMO_SETUP_FAILED', what: 'the tables of the demo cannot be made', hint })
    }
  }

  /** A session of the demo at its level; without what is pinned where the server refuses that, see `unpinned`. */
  async enter(plot: DemoPlot, session: string, isolation: Isolation | null): Promise<Dialogue> {
    const { database, namespace } = this.claim
    const level = plot.levels[session] ?? isolation ?? plot.isolation
    const settings = { ...(level === null ? {} : database.isolationSetting(level, this.server)), ...plot.settings[this.dialect] }
    const pin = plot.pin[session]?.[this.dialect] ?? {}
    const connect = (all: SessionOptions['settings']) =>
      database.dialogue({ ...this.target, applicationName: `oltp demo ${session}` }, { ...plainSession, namespace, settings: all })
    if (Object.keys(pin).length === 0 || this.unpinned.has(session)) return connect(settings)
    try {
      return await connect({ ...settings, ...pin })
    } catch (error) {
      if (!(error instanceof DatabaseError && error.fatal)) throw error
      // If it was something else that the server did not like, it says so again.
      const dialogue = await connect(settings)
      this.unpinned.set(session, error.message)
      return dialogue
    }
  }

  /** One statement outside the demo, as for what is left at its end. */
  async ask(sql: string): Promise<{ readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] }> {
    const { columns, rows } = await this.claim.session.query(sql)
    return { columns, rows: rows.map(row => [...row]) }
  }

  /** All rows of all tables of the demo, whichever way they come, as text that two runs can be compared by. */
  async contents(): Promise<string> {
    const { database } = this.claim
    const tables = this.ownOf(await this.objects())
      .filter(({ kind }) => kind === 'table')
      .map(({ name }) => name)
    const contents = []
    for (const table of tables.sort()) {
      const { columns, rows } = await this.ask(`SELECT * FROM ${database.quoteName(table)}`)
      contents.push([table, columns, rows.map(row => JSON.stringify(row)).sort()])
    }
    return JSON.stringify(contents)
  }

  /** Leaves the namespace empty. */
  async close(): Promise<void> {
    await this.observer.end()
    if (!this.claim.session.alive) return
    await this.clear()
    await this.record()
  }

  private objects(): Promise<readonly NamespaceObject[]> {
    const { database, session, namespace } = this.claim
    return database.namespaces.objects(session, namespace)
  }

  /** Of what is there only what our own statements made: others may have put something there meanwhile. */
  private ownOf(all: readonly NamespaceObject[]): readonly NamespaceObject[] {
    return all.filter(object => isIn(this.known, object) || (!isIn(this.foreign, object) && isNamedIn(object, this.statements)))
  }

  private async clear(): Promise<void> {
    const all = await this.objects()
    const own = this.ownOf(all)
    // A trigger goes with its table.
    await dropObjects(this.claim, own.filter(({ kind }) => kind !== 'trigger').toReversed())
    this.foreign = all.filter(object => !isIn(own, object))
    this.statements = []
  }

  /** Beforehand what will be made: `oltp clean` is to know that it is ours, wherever we are cut off. */
  private async note(statements: readonly string[]): Promise<void> {
    const made = objectsMadeBy(statements, this.claim.database.namespaces.storedName)
    if (made.length === 0 || made.every(object => isIn(this.known, object))) return
    const known = await manifest(this.claim)
    for (const object of made) if (!isIn(known, object)) await noteObject(this.claim, object, set)
    this.known = [...known, ...made]
  }

  /** Afterwards what was made. */
  private async record(): Promise<void> {
    const all = await this.objects()
    const own = this.ownOf(all)
    const names = JSON.stringify(own)
    if (names === this.recorded) return
    const others = all.filter(object => !isIn(own, object))
    await recordObjects(this.claim, others, set)
    this.recorded = names
    this.known = own
  }
}

function isIn(list: readonly NamespaceObject[], object: NamespaceObject): boolean {
  return list.some(other => sameObject(other, object))
}

/** Under which our objects are written down, where migrations have the name of their set. */
const set = 'demo'

function inUse(namespace: string, others: readonly NamespaceObject[]): OltpError {
  const list = others.map(({ kind, name }) => `${kind} ${name}`).join(', ')
  return new OltpError('NAMESPACE_IN_USE', exitCodes.refused, `namespace «${namespace}» holds the data of a scenario: ${list}`, {
    hint: `play in another one with --namespace NAME, or remove that data with \`oltp clean --namespace ${namespace}\``,
  })
}

const plainSession: SessionOptions = { namespace: null, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false }
