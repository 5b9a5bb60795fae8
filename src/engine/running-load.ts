import type { Session } from '../database/contract.js'
import { BrokenPromise, type Program } from '../scenario/program.js'
import { createRandom } from '../scenario/random.js'
import type { CheckBook } from './check-book.js'
import { type Client, createClient } from './client.js'
import { runClient } from './client-loop.js'
import { createClock } from './clock.js'
import type { Connector } from './connector.js'
import type { WorkerContext } from './context.js'
import type { Control } from './control.js'
import { Dispatcher } from './dispatcher.js'
import type { ErrorTable } from './error-table.js'
import { Memory } from './memory.js'
import type { Channel, WorkerSetup } from './messages.js'
import { createMetronome } from './metronome.js'
import { type Mix, mixesOf } from './mix.js'
import { Pacer } from './pacer.js'
import { transactionsOfWorker } from './phases.js'
import { createReporter } from './reporter.js'
import { Sequences } from './sequences.js'
import type { TallyBook } from './tally-book.js'
import { Timeline } from './timeline.js'
import { Vitals } from './vitals.js'

const newsEveryMs = 250
/** How long after an abrupt stop a client may take to notice it before it is cut off by force. */
const lastGraceMs = 2000

/** What a load is made of once its sessions are there. */
interface Parts {
  readonly control: Control
  readonly errors: ErrorTable
  readonly tallies: TallyBook
  readonly checks: CheckBook | null
  readonly connector: Connector
  readonly channel: Channel
  readonly indexes: readonly number[]
  readonly sessions: readonly Session[]
  readonly zero: bigint
}

/** The load of one worker from its zero to the last session's end. */
export class RunningLoad {
  private readonly setup: WorkerSetup
  private readonly parts: Parts
  private readonly memory: Memory
  private readonly timeline: Timeline
  private readonly pacer: Pacer
  private readonly dispatcher = new Dispatcher()
  private readonly clients: readonly Client[]
  private readonly context: WorkerContext
  private readonly mixes: readonly (readonly (Mix | null)[])[]
  private readonly ended: number[]
  private readonly wanted: readonly number[]
  private drainTimer: NodeJS.Timeout | undefined
  private graceTimer: NodeJS.Timeout | undefined
  private giveUp: () => void = () => {}
  private cameToEnd = false

  constructor(setup: WorkerSetup, program: Program, parts: Parts) {
    const { plan, worker } = setup
    const { scenario } = plan
    const { control, channel } = parts
    const { phases, randomSeed } = scenario
    const clock = createClock(parts.zero)
    this.setup = setup
    this.parts = parts
    this.memory = new Memory(setup.memory, setup.shape)
    this.mixes = phases.map(phase => mixesOf(scenario, phase))
    this.ended = phases.map(() => 0)
    this.wanted = phases.map((phase, index) => transactionsOfWorker(phase, parts.indexes, this.mixes[index] ?? []))
    this.timeline = new Timeline(phases, clock, (index, { start }) => this.onPhase(index, start))
    this.pacer = new Pacer({
      seed: randomSeed,
      worker,
      workers: plan.threads,
      clock,
      dispatcher: this.dispatcher,
      memory: this.memory,
      metronome: phases.some(({ rate }) => rate !== null) ? createMetronome(() => this.pacer.release(), new Vitals(setup.vitals)) : null,
      onShed: phase => this.onEnded(phase),
    })
    this.context = {
      scenario,
      phases,
      program,
      pipeline: plan.pipeline,
      latencyLimitUs: plan.latencyLimitMs === null ? null : plan.latencyLimitMs * 1000,
      memory: this.memory,
      clock,
      timeline: this.timeline,
      control,
      dispatcher: this.dispatcher,
      connector: parts.connector,
      sequences: new Sequences(setup.sequences),
      errors: parts.errors,
      tallies: parts.tallies,
      checks: parts.checks,
      report: createReporter(channel, () => {
        control.stop()
        this.changed()
      }),
      onEnded: phase => this.onEnded(phase),
    }
    this.clients = parts.indexes.map((index, at) => {
      const patience = createRandom(randomSeed, `patience ${index}`)
      const client = createClient(this.context, index, createRandom(randomSeed, `client ${index}`), patience)
      client.attempt.session = parts.sessions[at] ?? null
      return client
    })
  }

  async run(): Promise<void> {
    const { channel, errors } = this.parts
    const newsTimer = setInterval(() => {
      const rows = errors.news()
      if (rows !== null) channel.post({ kind: 'errors', rows })
    }, newsEveryMs)
    const givenUp = new Promise<void>(resolve => {
      this.giveUp = resolve
    })
    this.timeline.start()
    await Promise.race([Promise.all(this.clients.map(client => this.runOne(client))), givenUp])
    for (const { account } of this.clients) account.abandon()
    clearInterval(newsTimer)
    clearTimeout(this.drainTimer)
    clearTimeout(this.graceTimer)
    this.timeline.close()
    this.pacer.stop()
    this.dropBacklog()
    await Promise.all(this.clients.map(({ attempt }) => attempt.session?.end()))
  }

  beginPhase(index: number, start: number): void {
    this.timeline.begin(index, start)
  }

  /** The control was told to drain or to stop. */
  changed(): void {
    const { control } = this.parts
    this.timeline.close()
    this.pacer.stop()
    this.dispatcher.release()
    if (control.stopping) this.cutOff()
    else this.limitDraining()
  }

  private async runOne(client: Client): Promise<void> {
    try {
      await runClient(this.context, client, this.mixes)
    } catch (error) {
      if (client.account.abandoned) return
      // Outside an attempt, as in a think time that is no number.
      if (error instanceof BrokenPromise) this.context.report.broken({ kind: 'promise', message: error.message, transaction: '' })
      else this.context.report.failed(error)
    }
  }

  private onPhase(index: number, start: number): void {
    const { control, channel } = this.parts
    const phase = this.context.phases[index] ?? null
    this.pacer.beginPhase(index, phase, start)
    if (phase === null) {
      this.cameToEnd = true
      control.comeToEnd()
      this.limitDraining()
    } else {
      channel.post({ kind: 'phase', index, start })
      if (this.wanted[index] === 0) channel.post({ kind: 'phase done', index, end: start })
    }
    this.dispatcher.release()
    control.wakeIdle()
  }

  private onEnded(phase: number): void {
    const ended = (this.ended[phase] ?? 0) + 1
    this.ended[phase] = ended
    if (ended === this.wanted[phase]) this.parts.channel.post({ kind: 'phase done', index: phase, end: this.context.clock() })
  }

  private limitDraining(): void {
    this.drainTimer ??= setTimeout(() => {
      this.parts.control.stop()
      this.changed()
    }, this.setup.plan.drainMs)
  }

  private cutOff(): void {
    for (const { account, attempt } of this.clients) if (account.running) attempt.session?.destroy()
    this.graceTimer ??= setTimeout(() => this.giveUp(), lastGraceMs)
  }

  /** Whoever still waits when draining is over is never served. After an interruption nobody expects it. */
  private dropBacklog(): void {
    for (let arrival = this.dispatcher.takeWaiting(); arrival !== null; arrival = this.dispatcher.takeWaiting()) {
      if (this.cameToEnd) this.memory.countArrivals(arrival.phase, 'shed')
    }
  }
}
