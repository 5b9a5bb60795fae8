import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, ServerInfo, Session } from '../database/contract.js'
import { DatabaseError } from '../database/contract.js'
import { withDeadline } from '../database/deadline.js'
import type { Monitor, StatementCount } from '../database/monitor.js'
import type { ResultServer, ResultStatement } from '../measure/result.js'
import { describeServer, rowBetween, type ServerRow, type ServerSample } from '../measure/server-rows.js'
import { compileProgram } from '../scenario/compile.js'
import type { BenchPlan } from './bench.js'
import type { RunListener } from './events.js'

export interface ServerFindings {
  readonly server: ResultServer
  /** By the statement's text: calls and mean time over the whole load. */
  readonly statements: ReadonlyMap<string, ResultStatement['server']>
}

/** For connecting, and for the server to answer. */
const patienceMs = 2_000
/** For both, and for an answer that never comes: more than the two together, so that no connecting goes on behind our back. */
const lookPatienceMs = 5_000
const mostEvents = 20

type WatchPlan = Pick<BenchPlan, 'scenario' | 'target' | 'namespace'>

/**
 * Watches the server from a session of its own, once a second. Whatever goes wrong with that is part of the findings, never an error:
 * a server that is too busy to answer leaves a gap, a session that is lost is replaced.
 */
export class ServerWatch {
  readonly #plan: WatchPlan
  readonly #database: Database
  readonly #monitor: Monitor
  readonly #listener: RunListener
  readonly #texts: readonly string[]
  readonly #ended = new AbortController()
  readonly #missing = new Set<string>()
  readonly #rows: ServerRow[] = []
  #session: Session | null = null
  #countsBefore: readonly (StatementCount | null)[] | null = null
  /** The look before; its time is Date.now() until the load's zero is known. */
  #before: ServerSample | null = null
  #zero: number | null = null
  #loop: Promise<void> = Promise.resolve()
  #events = 0
  #interrupted = false
  #closed = false

  private constructor(plan: WatchPlan, database: Database, server: ServerInfo, listener: RunListener) {
    this.#plan = plan
    this.#database = database
    this.#monitor = database.monitor(server)
    this.#listener = listener
    this.#texts = [...new Set(compileProgram(plan.scenario, server.dialect).statements.map(({ text }) => text))]
  }

  /** Takes the look that all else is compared with: call it right before the load. */
  static async open(plan: WatchPlan, database: Database, server: ServerInfo, listener: RunListener): Promise<ServerWatch> {
    const watch = new ServerWatch(plan, database, server, listener)
    await watch.#attempt(lookPatienceMs, async () => {
      await watch.#look()
      watch.#countsBefore = await watch.#counts()
    })
    return watch
  }

  /** From here on once a second. @param zero Date.now() of the load's beginning */
  begin(zero: number): void {
    this.#zero = zero
    if (this.#before === null) return
    this.#before = { ...this.#before, t_s: this.#before.t_s - zero / 1000 }
    this.#loop = this.#lookEverySecond(zero)
  }

  /** Takes the last look: call it when the load's sessions have ended, and their counts are in. */
  async finish(): Promise<ServerFindings> {
    this.#ended.abort()
    let counts: readonly (StatementCount | null)[] | null = null
    if (this.#zero !== null && this.#before !== null) {
      await this.#attempt(lookPatienceMs, async () => {
        await this.#loop
        await this.#look()
        if (this.#countsBefore !== null) counts = await this.#counts()
      })
    }
    await this.close()
    const missing = this.#missing.size === 0 ? null : [...this.#missing].join('; ')
    return {
      server: describeServer(this.#monitor.columns, this.#rows, missing),
      statements: new Map(this.#texts.map((text, at) => [text, callsBetween(this.#countsBefore?.[at] ?? null, counts?.[at] ?? null)])),
    }
  }

  async close(): Promise<void> {
    this.#ended.abort()
    this.#closed = true
    await this.#session?.end()
    this.#session = null
  }

  async #lookEverySecond(zero: number): Promise<void> {
    for (let due = zero + 1000; ; due = Math.max(due + 1000, Date.now())) {
      const woken = await sleep(due - Date.now(), true, { signal: this.#ended.signal }).catch(() => false)
      if (!woken) return
      await this.#attempt(lookPatienceMs, async () => {
        await this.#look()
        const row = this.#rows.at(-1)
        if (row !== undefined) this.#listener({ kind: 'server', row })
      })
    }
  }

  async #look(): Promise<void> {
    const { values, events, missing } = await this.#monitor.sample(await this.#connected())
    const t_s = (Date.now() - (this.#zero ?? 0)) / 1000
    const sample = { t_s, values }
    if (this.#before !== null) this.#rows.push(rowBetween(this.#monitor.columns, this.#before, sample))
    this.#before = sample
    for (const text of missing) this.#missing.add(text)
    for (const text of events) {
      this.#events++
      if (this.#events <= mostEvents) this.#listener({ kind: 'notice', level: 'info', t_s, text })
    }
  }

  async #counts(): Promise<readonly (StatementCount | null)[]> {
    const { counts, missing } = await this.#monitor.statements(await this.#connected(), this.#texts)
    if (missing !== null) this.#missing.add(missing)
    return counts
  }

  async #connected(): Promise<Session> {
    if (this.#session?.alive) return this.#session
    if (this.#closed) throw new Error('the watch is over')
    const { target, namespace } = this.#plan
    const bounded = { ...target, connectTimeoutMs: Math.min(target.connectTimeoutMs, patienceMs) }
    const options = { namespace, settings: {}, statementTimeoutMs: patienceMs, protocol: 'prepared', pipeline: false } as const
    this.#session = await this.#database.connect(bounded, options)
    return this.#session
  }

  async #attempt(ms: number, work: () => Promise<void>): Promise<void> {
    try {
      await withDeadline(ms, work(), () => this.#session?.destroy())
    } catch (error) {
      if (this.#closed) return
      const reason = error instanceof Error ? error.message : String(error)
      const code = error instanceof DatabaseError ? ` (${error.code})` : ''
      this.#missing.add(`the server could not be watched${this.#rows.length > 0 ? ' all the time' : ''}: ${reason}${code}`)
      if (this.#interrupted || this.#zero === null) return
      this.#interrupted = true
      const t_s = (Date.now() - this.#zero) / 1000
      this.#listener({ kind: 'notice', level: 'info', t_s, text: `no answer to the question how the server is: ${reason}${code}` })
    }
  }
}

function callsBetween(before: StatementCount | null, after: StatementCount | null): ResultStatement['server'] {
  if (after === null) return null
  // What shrank was forgotten by the server meanwhile, and has begun anew.
  const since = before !== null && before.calls <= after.calls ? before : { calls: 0, time_us: 0 }
  const calls = after.calls - since.calls
  return calls === 0 ? null : { calls, mean_us: Math.round((100 * Math.max(0, after.time_us - since.time_us)) / calls) / 100 }
}
