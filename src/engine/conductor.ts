import { DatabaseError } from '../database/contract.js'
import { type CheckCount, type CheckRecord, sumCounts } from '../measure/check-record.js'
import type { History } from '../measure/history.js'
import type { TallySums } from '../measure/tally.js'
import type { Tick } from '../measure/tick.js'
import type { Program } from '../scenario/program.js'
import { type Clock, createClock } from './clock.js'
import { collectErrors } from './collect.js'
import type { Broken } from './context.js'
import { createEarlyWarning } from './early-warning.js'
import type { ErrorRow } from './error-table.js'
import { watchGenerator } from './generator-watch.js'
import type { LoadListener, LoadPlan, LoadReport } from './load.js'
import { assembleReport, tallySums } from './load-report.js'
import { type FromWorker, fromPlainError, type Standing } from './messages.js'
import { PhaseLog } from './phase-log.js'
import { Requests } from './requests.js'
import { Ticker } from './ticker.js'
import { WorkerPool } from './worker-pool.js'

/** Zero lies a little ahead when it is set, so that every worker hears of it in time. */
const headStartMs = 20

/** A tick that is taken as a phase begins is about the one before. */
const boundaryUs = 100_000
const lastSecondMs = 200

/** Leads the workers through one load, from the main thread, and reads what they count once a second. */
export class Conductor {
  readonly ready: Promise<{ readonly startedAt: number }>
  readonly finished: Promise<LoadReport>
  private readonly plan: LoadPlan
  private readonly program: Program
  private readonly listener: LoadListener
  private readonly pool: WorkerPool
  private readonly ticker: Ticker
  private readonly watch: ReturnType<typeof watchGenerator>
  private readonly warn: (tick: Tick) => void
  private readonly log: PhaseLog
  private readonly ticks: Tick[] = []
  private readonly rows = new Map<number, readonly ErrorRow[]>()
  private readonly sums = new Map<number, readonly TallySums[]>()
  private readonly checks = new Map<number, readonly CheckRecord[]>()
  private readonly standings: Requests<Standing>
  private readonly histories: Requests<readonly History[]>
  private waitingFor: number
  private connectMs = 0
  private clock: Clock | null = null
  private tickTimer: NodeJS.Timeout | undefined
  private interrupted: LoadReport['interrupted'] = 'no'
  private cutAt: number | null = null
  private broken: Broken | null = null
  private failure: Error | null = null
  private settleReady: { resolve(value: { readonly startedAt: number }): void; reject(error: Error): void } = { resolve() {}, reject() {} }

  constructor(plan: LoadPlan, program: Program, listener: LoadListener) {
    const { phases } = plan.scenario
    this.plan = plan
    this.program = program
    this.listener = listener
    this.waitingFor = plan.threads
    this.standings = new Requests(plan.threads)
    this.histories = new Requests(plan.threads)
    this.log = new PhaseLog(phases, plan.threads)
    const shape = { phases: phases.length, transactions: program.transactions.length, statements: program.statements.length }
    this.pool = new WorkerPool(plan, shape, (worker, message) => this.hear(worker, message))
    this.watch = watchGenerator(this.pool)
    this.warn = createEarlyWarning(phases, text => listener.onNotice('warning', text))
    this.ticker = new Ticker(this.pool.memories, phases, program)
    this.ready = new Promise((resolve, reject) => {
      this.settleReady = { resolve, reject }
    })
    this.finished = this.finish()
    // Who waits for `ready` is told there, and has no use for the same news again.
    this.finished.catch(() => {})
    this.ready.catch(() => {})
  }

  drain(): void {
    this.cutShort('drained')
    this.pool.tellAll({ kind: 'drain' })
  }

  stop(): void {
    this.cutShort('stopped')
    this.pool.tellAll({ kind: 'stop' })
  }

  async tallies(): Promise<ReadonlyMap<string, TallySums>> {
    const standings = await this.standing()
    return new Map(
      tallySums(
        this.program,
        standings.map(({ sums }) => sums),
      ),
    )
  }

  async counts(): Promise<{ readonly at: number; readonly counts: readonly CheckCount[] }> {
    const at = this.clock?.() ?? 0
    const standings = await this.standing()
    return { at, counts: sumCounts(standings.map(({ counts }) => counts)) }
  }

  recent(): Promise<readonly (readonly History[])[]> {
    return this.histories.ask(request => this.pool.tellAll({ kind: 'recent', request }))
  }

  private standing(): Promise<readonly Standing[]> {
    return this.standings.ask(request => this.pool.tellAll({ kind: 'standing', request }))
  }

  private hear(worker: number, message: FromWorker): void {
    const { listener } = this
    if (message.kind === 'ready') {
      this.waitingFor--
      this.connectMs = Math.max(this.connectMs, message.connectMs)
      if (this.waitingFor === 0 && this.failure === null) this.begin()
    } else if (message.kind === 'phase') {
      if (this.log.began(message.index, message.start)) listener.onPhase(message.index, message.start / 1e6)
    } else if (message.kind === 'phase done') this.phaseDone(message.index, message.end)
    else if (message.kind === 'errors') this.rows.set(worker, message.rows)
    else if (message.kind === 'standing') this.standings.answered(worker, message.request, message.standing)
    else if (message.kind === 'recent') this.histories.answered(worker, message.request, message.histories)
    else if (message.kind === 'notice') listener.onNotice(message.level, message.text)
    else if (message.kind === 'broken') {
      this.broken ??= message.broken
      this.cutOff()
    } else if (message.kind === 'failed') {
      this.failure ??= fromPlainError(message.error)
      this.cutOff()
    } else {
      this.rows.set(worker, message.rows)
      this.sums.set(worker, message.standing.sums)
      this.checks.set(worker, message.checks)
      this.standings.ended(worker, message.standing)
      this.histories.ended(worker, [])
    }
  }

  private begin(): void {
    const zero = process.hrtime.bigint() + BigInt(headStartMs * 1_000_000)
    this.clock = createClock(zero)
    this.pool.tellAll({ kind: 'start', zero })
    this.settleReady.resolve({ startedAt: Date.now() + headStartMs })
    // What came before the load is none of its seconds.
    this.watch()
    this.tickLater(1)
  }

  private phaseDone(index: number, end: number): void {
    if (this.log.workerDone(index, end) === null || this.clock === null) return
    this.pool.tellAll({ kind: 'phase', index: index + 1, start: this.clock() })
  }

  private tickLater(second: number): void {
    if (this.clock === null) return
    this.tickTimer = setTimeout(
      () => {
        // The load is about to end by itself: its last second is told as one, with the few transactions that end a little later.
        const wait = Math.abs(second - this.plannedEnd_s()) < 0.1 ? lastSecondMs : 0
        this.tickTimer = setTimeout(() => {
          this.tick()
          this.tickLater(second + 1)
        }, wait)
      },
      second * 1000 - this.clock() / 1000,
    )
  }

  /** NaN when transactions decide. */
  private plannedEnd_s(): number {
    return this.plan.scenario.phases.reduce((sum, { durationMs }) => sum + (durationMs ?? Number.NaN), 0) / 1000
  }

  private tick(): void {
    if (this.clock === null) return
    const now = this.clock()
    const phase = this.log.at(now - boundaryUs)
    const tick = this.ticker.tick({
      t_s: Math.round(now / 1000) / 1000,
      phase,
      sincePhaseUs: now - this.log.startOf(phase),
      errors: collectErrors(this.program, [...this.rows.values()].flat()),
      generator: this.watch(),
    })
    this.ticks.push(tick)
    this.listener.onTick(tick)
    this.warn(tick)
  }

  private cutShort(how: 'drained' | 'stopped'): void {
    // A load that came to its end by itself only has its last transactions cut off.
    this.interrupted = how
    this.cutAt ??= this.clock?.() ?? 0
  }

  /** The run cannot go on; no interruption from outside. */
  private cutOff(): void {
    this.cutAt ??= this.clock?.() ?? 0
    this.pool.tellAll({ kind: 'stop' })
  }

  private async finish(): Promise<LoadReport> {
    try {
      await this.pool.ended
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error))
    }
    clearTimeout(this.tickTimer)
    this.standings.close()
    this.histories.close()
    const { failure } = this
    if (failure !== null && (this.clock === null || !(failure instanceof DatabaseError))) {
      this.settleReady.reject(failure)
      throw failure
    }
    if (this.clock === null) this.settleReady.resolve({ startedAt: Date.now() })
    else this.tick()
    return assembleReport(this.plan, this.program, {
      memories: this.pool.memories,
      errors: [...this.rows.values()].flat(),
      tallies: [...this.sums.values()],
      checks: [...this.checks.values()],
      spans: this.log.spans(this.cutAt),
      ticks: this.ticks,
      broken: this.broken,
      fatal: failure,
      interrupted: this.interrupted,
      connectMs: this.connectMs,
    })
  }
}
