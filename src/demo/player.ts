import type { SessionLock } from '../database/waits.js'
import type { Demo, DemoPlot } from '../scenario/demo/model.js'
import type { Isolation } from '../scenario/model.js'
import { runsOn } from '../scenario/runs-on.js'
import type { DemoState } from './facts.js'
import { type Casting, conclude, plotOf } from './play.js'
import type { DemoResult } from './result.js'
import type { Stage } from './stage.js'
import { Stepper } from './stepper.js'

/** How a demo is told. */
export interface Telling {
  /** One of the player's engines. */
  readonly engine: string
  /** Null: the story as it is. */
  readonly variant: string | null
  /** Null: the plot's own level, else the server's default. */
  readonly isolation: Isolation | null
}

/** What there is to see of a demo that is being played. */
export interface Scene {
  readonly telling: Telling
  readonly plot: DemoPlot
  readonly server: Stage['server']
  /** The level of sessions without one of their own. */
  readonly isolation: Isolation
  readonly state: DemoState
}

/** A lock of a session of the demo. */
export interface HeldLock extends Omit<SessionLock, 'session'> {
  readonly session: string
}

/**
 * Plays one demo for people, who go back and forth in it and change how it is told. One operation at a time: the next is asked for when
 * the one before has settled.
 */
export interface DemoPlayer {
  readonly demo: Demo
  /** Names of the servers that it can go to. */
  readonly engines: readonly string[]
  readonly scene: Scene
  /** Sessions whose statement was answered since the last step, as after a time-out: the next step tells. */
  readonly overdue: readonly string[]
  /**
   * From the beginning; `same step` goes on to the step at hand, or to the end where that was reached. On a server where a variant makes no
   * sense it is the story that is told. Where the server cannot be reached, everything stays.
   */
  start(telling: Telling, until?: 'beginning' | 'same step'): Promise<Scene>
  next(): Promise<Scene>
  /** The step before, by playing everything before it again. */
  back(): Promise<Scene>
  /** The verdict on a demo that is finished; asked again, the same one. */
  conclude(): Promise<DemoResult>
  /** What the sessions hold now; nothing once the verdict was asked for. */
  locks(): Promise<readonly HeldLock[]>
  /** As it is told now, at another level, from beginning to verdict. Only after the verdict: the stage is needed for it. */
  playAt(isolation: Isolation): Promise<DemoResult>
  /** Breaks off what is under way; the stages stay with whoever opened them. */
  close(): Promise<void>
}

export interface PlayerOptions {
  readonly demo: Demo
  readonly engines: readonly string[]
  /** The stage on one of them, which belongs to whoever opens it; asked for each time that the player goes there. */
  readonly stageOn: (engine: string) => Promise<Stage>
  readonly telling: Telling
}

/** A player that stands before the first step. @throws OltpError as `Stage.reset` does */
export async function openPlayer(options: PlayerOptions): Promise<DemoPlayer> {
  const stage = await options.stageOn(options.telling.engine)
  const opened = await openTelling(stage, options.demo, options.telling)
  return new Player(options, options.telling, opened)
}

interface Opened {
  readonly stage: Stage
  readonly casting: Casting
  readonly stepper: Stepper
}

async function openTelling(stage: Stage, demo: Demo, telling: Telling): Promise<Opened> {
  const casting = { demo, variant: telling.variant, isolation: telling.isolation }
  const plot = plotOf(casting)
  await stage.reset(plot)
  return { stage, casting, stepper: await Stepper.open(stage, plot, telling.isolation) }
}

class Player implements DemoPlayer {
  readonly demo: Demo
  readonly engines: readonly string[]
  readonly #stageOn: PlayerOptions['stageOn']
  #telling: Telling
  #opened: Opened
  /** False where going elsewhere failed half-way: the sessions are gone. */
  #alive = true
  /** Before each step that was taken. */
  #places: Place[] = []
  #result: DemoResult | null = null
  /** Plays at another level. */
  #aside: Stepper | null = null
  /** What is under way. */
  #work: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor({ demo, engines, stageOn }: PlayerOptions, telling: Telling, opened: Opened) {
    this.demo = demo
    this.engines = engines
    this.#stageOn = stageOn
    this.#telling = telling
    this.#opened = opened
  }

  get scene(): Scene {
    const { stage, casting, stepper } = this.#opened
    const plot = plotOf(casting)
    const isolation = casting.isolation ?? plot.isolation ?? stage.defaultIsolation
    return { telling: this.#telling, plot, server: stage.server, isolation, state: stepper.state }
  }

  get overdue(): readonly string[] {
    return this.#opened.stepper.overdue
  }

  start(telling: Telling, until: 'beginning' | 'same step' = 'beginning'): Promise<Scene> {
    return this.#doing(this.#start(telling, until))
  }

  next(): Promise<Scene> {
    return this.#doing(this.#next())
  }

  back(): Promise<Scene> {
    return this.#doing(this.#back())
  }

  conclude(): Promise<DemoResult> {
    return this.#doing(this.#conclude())
  }

  locks(): Promise<readonly HeldLock[]> {
    return this.#doing(this.#locks())
  }

  playAt(isolation: Isolation): Promise<DemoResult> {
    return this.#doing(this.#playAt(isolation))
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([this.#aside?.close(), this.#opened.stepper.close()])
    // Without its sessions it fails, and soon; those that it was just about to open it closes itself.
    await this.#work.catch(() => {})
  }

  #doing<T>(work: Promise<T>): Promise<T> {
    this.#work = work
    return work
  }

  async #start(asked: Telling, until: 'beginning' | 'same step'): Promise<Scene> {
    const place = placeOf(this.scene.state)
    const stage = await this.#stageOn(asked.engine)
    const telling = runsOn(plotOf({ demo: this.demo, ...asked }), stage.dialect) ? asked : { ...asked, variant: null }
    // A session of before would be in the way of the tables being made anew.
    this.#alive = false
    await this.#opened.stepper.close()
    this.#opened = await openTelling(stage, this.demo, telling)
    if (this.#closed) await this.#opened.stepper.close()
    this.#goOn()
    this.#alive = true
    this.#telling = telling
    this.#places = []
    this.#result = null
    if (until === 'same step') await this.#goTo(place)
    return this.scene
  }

  async #next(): Promise<Scene> {
    if (!this.#alive) return this.#start(this.#telling, 'beginning')
    const { stepper } = this.#opened
    this.#places.push(placeOf(stepper.state))
    await stepper.next()
    return this.scene
  }

  async #back(): Promise<Scene> {
    const place = this.#places.at(-1)
    await this.#start(this.#telling, 'beginning')
    if (place !== undefined) await this.#goTo(place)
    return this.scene
  }

  async #conclude(): Promise<DemoResult> {
    // The tables are not those of what was played before.
    if (!this.#alive) await this.#start(this.#telling, 'beginning')
    const { stage, casting, stepper } = this.#opened
    await stepper.finish()
    this.#result ??= await conclude(stage, casting, stepper)
    return this.#result
  }

  async #locks(): Promise<readonly HeldLock[]> {
    const { stage, stepper } = this.#opened
    if (this.#result !== null || !this.#alive) return []
    const names = new Map([...stepper.sessionIds].map(([name, id]) => [id, name]))
    const locks = await stage.watch.locks([...names.keys()])
    return locks.flatMap(lock => {
      const session = names.get(lock.session)
      return session === undefined ? [] : [{ ...lock, session }]
    })
  }

  async #playAt(isolation: Isolation): Promise<DemoResult> {
    const { stage, casting } = this.#opened
    const other = { ...casting, isolation }
    const plot = plotOf(other)
    await stage.reset(plot)
    const stepper = await Stepper.open(stage, plot, isolation)
    this.#aside = stepper
    try {
      this.#goOn()
      await stepper.finish()
      return await conclude(stage, other, stepper)
    } finally {
      this.#aside = null
      await stepper.close()
    }
  }

  async #goTo(place: Place): Promise<void> {
    const { stepper } = this.#opened
    while (!stepper.state.finished && !isThere(stepper.state, place)) {
      this.#goOn()
      await this.#next()
    }
  }

  /** @throws Error once it was closed: nobody is told any more */
  #goOn(): void {
    if (this.#closed) throw new Error('the demo was left')
  }
}

/** A place in a demo that is found again where it takes other turns, as at another level. */
interface Place {
  /** The fact that is next; the number of facts at the end. */
  readonly next: number
  readonly answered: number
  readonly finished: boolean
}

function placeOf({ facts, next, finished }: DemoState): Place {
  const answered = facts.filter(({ status }) => status === 'done' || status === 'failed').length
  return { next: next ?? facts.length, answered, finished }
}

function isThere(state: DemoState, place: Place): boolean {
  if (place.finished) return false
  const here = placeOf(state)
  if (here.next !== place.next) return here.next > place.next
  // Waits that end, a deadlock that is resolved: steps that lead on without anything being sent.
  const moves = state.cycle !== null || state.next === null
  return here.answered >= place.answered || !moves
}
