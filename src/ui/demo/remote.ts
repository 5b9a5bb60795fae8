import { DatabaseError } from '../../database/contract.js'
import type { DemoPlayer, Scene, Telling } from '../../demo/player.js'
import type { DemoResult } from '../../demo/result.js'
import { OltpError } from '../../errors.js'
import { type Isolation, isolationLevels } from '../../scenario/model.js'
import { whyIdle } from './idle-keys.js'
import { actionOf, type DemoAction } from './keys.js'
import type { DemoView } from './model.js'
import { atNextLevel, nextVariant, onNextEngine } from './tellings.js'

export interface RemoteOptions {
  readonly large: boolean
  /** As `DemoView.onlyServer`. */
  readonly onlyServer: string
  readonly onChange: () => void
  readonly onQuit: () => void
  /** Of what is our own fault. */
  readonly onFailure: (error: unknown) => void
}

/** A step a second, when it plays by itself. */
const playMs = 1_000
/** What takes longer is said to be under way, and keys pressed meanwhile are meant for nothing. */
const patienceMs = 300
const mostQueued = 8

/** What takes the server to do, one after the other. */
type Work = 'step' | 'back' | 'restart' | 'level' | 'engine' | 'fix' | 'variant' | 'locks'

/** What the keys do to a player, and what there is to see of it. */
export class Remote {
  private readonly player: DemoPlayer
  private readonly options: RemoteOptions
  private readonly queue: Work[] = []
  private readonly levels = new Map<Isolation, DemoResult | string | null>()
  /** Of which server and variant they are. */
  private levelsOf = ''
  private readonly unreachable = new Set<string>()
  private shown: Pick<DemoView, 'page' | 'help' | 'large' | 'locks' | 'playing' | 'notice' | 'scroll'>
  /** As the last thing that was done left it: nobody is shown half a step. */
  private scene: Scene
  private result: DemoResult | null = null
  private busy: { readonly what: string; readonly since: number } | null = null
  private working = false
  private closed = false
  private timer: NodeJS.Timeout | undefined

  constructor(player: DemoPlayer, options: RemoteOptions) {
    this.player = player
    this.options = options
    this.scene = player.scene
    this.shown = { page: 'steps', help: false, large: options.large, locks: null, playing: false, notice: null, scroll: 0 }
  }

  get view(): DemoView {
    const { demo, engines, overdue } = this.player
    return {
      ...this.shown,
      demo,
      engines,
      onlyServer: this.options.onlyServer,
      scene: this.scene,
      overdue: this.busy === null ? overdue : [],
      verdict: this.result === null ? null : { result: this.result, levels: this.levels },
      busy: this.isLate ? (this.busy?.what ?? null) : null,
      frame: Math.floor(Date.now() / 250),
    }
  }

  press(key: string): void {
    const action = actionOf(key)
    const wasPlaying = this.shown.playing
    if (wasPlaying) this.stopPlaying()
    if (action === 'quit') this.options.onQuit()
    else if (action !== null && !wasPlaying) this.take(action)
    this.options.onChange()
  }

  /** How far what was drawn is scrolled: who goes on beyond its end need not come back from there. */
  scrolledTo(scroll: number): void {
    this.show({ scroll })
  }

  /** Nothing is shown or begun any more. */
  close(): void {
    this.closed = true
    this.stopPlaying()
    this.queue.length = 0
  }

  private get isLate(): boolean {
    return this.busy !== null && Date.now() - this.busy.since > patienceMs
  }

  private take(action: Exclude<DemoAction, 'quit'>): void {
    const { help, large, scroll } = this.shown
    if (action === 'help') this.show({ help: !help, scroll: 0 })
    else if (action === 'large') this.show({ large: !large, scroll: 0 })
    else if (action === 'leave') this.show({ help: false, page: 'steps', locks: null, notice: null, scroll: 0 })
    else if (action in scrolls) this.show({ scroll: scroll + (scrolls[action] ?? 0) })
    else if (action === 'play') {
      this.show({ playing: this.shown.page === 'steps' })
      this.ask('step')
    } else if (isWork(action)) this.ask(action)
  }

  private ask(work: Work): void {
    if (this.closed || this.isLate || this.queue.length >= mostQueued) return
    this.show({ help: false, notice: null, scroll: 0 })
    this.queue.push(work)
    void this.workThrough()
  }

  private async workThrough(): Promise<void> {
    if (this.working) return
    this.working = true
    while (!this.closed && (await this.workOnce())) this.options.onChange()
    this.working = false
    this.options.onChange()
  }

  /** Whether there was anything to do. */
  private async workOnce(): Promise<boolean> {
    const work = this.queue.shift()
    if (work === undefined) return this.playNextLevel()
    this.busy = { what: doing[work], since: Date.now() }
    try {
      await this[work]()
    } catch (error) {
      this.fail(error)
    }
    this.busy = null
    this.scene = this.player.scene
    if (this.shown.playing) this.timer = setTimeout(() => this.ask('step'), playMs)
    return true
  }

  private async step(): Promise<void> {
    if (this.shown.page === 'verdict') this.show({ notice: 'that was the verdict: f shows a way out, i another level, r plays it again' })
    else if (this.scene.state.finished) await this.conclude()
    else {
      await this.player.next()
      await this.refreshLocks()
    }
  }

  private async back(): Promise<void> {
    const atVerdict = this.shown.page === 'verdict'
    this.show({ page: 'steps' })
    if (atVerdict) return
    this.result = null
    await this.player.back()
    await this.refreshLocks()
  }

  private async restart(): Promise<void> {
    await this.begin(this.scene.telling)
  }

  private async level(): Promise<void> {
    await this.retell(atNextLevel(this.scene))
  }

  private async engine(): Promise<void> {
    const { engines } = this.player
    const reachable = engines.filter(each => !this.unreachable.has(each))
    const telling = onNextEngine(this.scene, reachable.length > 1 ? reachable : engines)
    if (telling === null) return this.sayIdle('engine')
    // Passed over the next time, so that the others can be gone to; unless it does come.
    this.unreachable.add(telling.engine)
    await this.retell(telling)
    this.unreachable.delete(telling.engine)
  }

  private async fix(): Promise<void> {
    await this.beginVariant('fix')
  }

  private async variant(): Promise<void> {
    await this.beginVariant('variant')
  }

  private async beginVariant(kind: 'fix' | 'variant'): Promise<void> {
    const telling = nextVariant(this.player.demo, this.scene, kind === 'fix')
    if (telling === null) return this.sayIdle(kind)
    await this.begin(telling)
  }

  private async locks(): Promise<void> {
    if (this.shown.page === 'verdict') return this.say('the sessions have ended, and their locks with them')
    this.show({ locks: this.shown.locks === null ? await this.player.locks() : null })
  }

  private async begin(telling: Telling): Promise<void> {
    this.result = null
    this.show({ page: 'steps' })
    await this.player.start(telling)
    await this.refreshLocks()
  }

  /** The same place in another telling: the verdict, where that was shown. */
  private async retell(telling: Telling): Promise<void> {
    const atVerdict = this.shown.page === 'verdict'
    this.result = null
    this.show({ page: 'steps' })
    await this.player.start(telling, 'same step')
    await this.refreshLocks()
    if (atVerdict) await this.conclude()
  }

  private async conclude(): Promise<void> {
    this.result = await this.player.conclude()
    const { telling, isolation } = this.player.scene
    const of = JSON.stringify([telling.engine, telling.variant])
    if (of !== this.levelsOf) this.levels.clear()
    this.levelsOf = of
    this.levels.set(isolation, this.result)
    this.stopPlaying()
    this.show({ page: 'verdict', locks: null })
  }

  /** One more row of the table of levels; whatever was asked for meanwhile goes first. */
  private async playNextLevel(): Promise<boolean> {
    const missing = isolationLevels.find(level => !this.levels.has(level))
    if (this.shown.page !== 'verdict' || this.result === null || missing === undefined) return false
    this.levels.set(missing, null)
    this.options.onChange()
    try {
      this.levels.set(missing, await this.player.playAt(missing))
    } catch (error) {
      this.levels.set(missing, messageOf(error))
      if (!isForPeople(error)) this.fail(error)
    }
    return true
  }

  private async refreshLocks(): Promise<void> {
    if (this.shown.locks !== null) this.show({ locks: await this.player.locks() })
  }

  private say(notice: string): void {
    this.show({ notice })
  }

  private sayIdle(action: DemoAction): void {
    this.show({ notice: whyIdle(action, this.view) })
  }

  private show(changes: Partial<typeof this.shown>): void {
    this.shown = { ...this.shown, ...changes }
  }

  private stopPlaying(): void {
    clearTimeout(this.timer)
    this.show({ playing: false })
  }

  private fail(error: unknown): void {
    // What is broken off at the end has no other fault.
    if (this.closed) return
    this.stopPlaying()
    this.queue.length = 0
    this.show({ page: 'steps', notice: messageOf(error) })
    if (!isForPeople(error)) this.options.onFailure(error)
  }
}

const scrolls: { readonly [action in DemoAction]?: number } = { up: -1, down: 1, 'page up': -10, 'page down': 10 }

const doing: { readonly [work in Work]: string } = {
  step: 'waiting for the server',
  back: 'playing again, up to the step before',
  restart: 'beginning again',
  level: 'playing at the next level',
  engine: 'going to the next server',
  fix: 'beginning again, with the fix',
  variant: 'beginning again, told differently',
  locks: 'asking for the locks',
}

function isWork(action: DemoAction): action is Work {
  return action in doing
}

function isForPeople(error: unknown): error is OltpError | DatabaseError {
  return error instanceof OltpError || error instanceof DatabaseError
}

function messageOf(error: unknown): string {
  if (error instanceof OltpError) return [error.message, error.hint].filter(Boolean).join('; ')
  return error instanceof Error ? error.message : String(error)
}
