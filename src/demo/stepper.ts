import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoPlot, StatementStep } from '../scenario/demo/model.js'
import { worksOnRows } from '../scenario/demo/words.js'
import { dialectFacts } from '../scenario/dialects.js'
import type { Isolation } from '../scenario/model.js'
import { Actor, type Outcome } from './actor.js'
import type { DemoState, DemoTransaction, SeenWait, StepFact } from './facts.js'
import { Lookout } from './lookout.js'
import { withOutlook } from './outlook.js'
import { oneEndsSoon, patienceMs, stuck } from './patience.js'
import { stepsAgain } from './retry.js'
import { decide, keep, plannedFact, previewOf, stepsFor, textOf, wordOf } from './script.js'
import type { Stage } from './stage.js'
import { TransactionLog } from './transaction-log.js'
import { findCycle, mayWaitInCircle } from './wait-graph.js'

/** An answer that is not there by then may be waiting for a lock: the server is asked, again and again until one of the two is known. */
const firstLookMs = 15
const nextLookMs = 25
/** While all stand still there is no hurry. */
const standLookMs = 100
/** A transaction that fails every time is given up after so many. */
const mostAttempts = 5

type Fact = { -readonly [key in keyof StepFact]: StepFact[key] }

/**
 * Plays a plot step by step on a stage that was reset for it. One order of steps serves every level and engine: those of a session that
 * waits are deferred until it wakes, those of a transaction that failed are skipped. That a session waits is asked of the server; it
 * is never guessed from the time. Only the demo's sessions touch its tables, so a wait ends through another step, a detector or a time-out.
 */
export class Stepper {
  private readonly stage: Stage
  private readonly plot: DemoPlot
  private readonly actors: ReadonlyMap<string, Actor>
  private readonly facts: Fact[]
  private readonly log = new TransactionLog()
  private readonly answers: number[] = []
  private readonly deferred = new Map<string, number[]>()
  private readonly lookout: Lookout
  /** Where in the facts the next step is. */
  private cursor = 0

  private constructor(stage: Stage, plot: DemoPlot, actors: readonly Actor[]) {
    this.stage = stage
    this.plot = plot
    this.actors = new Map(actors.map(actor => [actor.name, actor]))
    this.lookout = new Lookout(stage, actors)
    this.facts = stepsFor(plot, stage.dialect).map(step => plannedFact(plot, step, 1))
  }

  /** @param isolation null: the plot's own, else the server's default */
  static async open(stage: Stage, plot: DemoPlot, isolation: Isolation | null): Promise<Stepper> {
    const actors: Actor[] = []
    try {
      for (const session of plot.sessions) actors.push(new Actor(session, await stage.enter(plot, session, isolation)))
    } catch (error) {
      for (const { dialogue } of actors) dialogue.destroy()
      throw error
    }
    return new Stepper(stage, plot, actors)
  }

  get state(): DemoState {
    const everyone = [...this.actors.values()]
    const next = this.cursor < this.facts.length ? this.cursor : null
    return {
      facts: withOutlook(this.facts, this.plot, this.stage.dialect, this.actors),
      next,
      waits: this.lookout.waits,
      cycle: findCycle(this.lookout.waits),
      sessions: everyone.map(({ name, pending, gaveUp, saved, commits }) => ({
        name,
        state: pending !== null ? 'waiting' : gaveUp ? 'gave up' : this.log.isOpen(name) ? 'in transaction' : 'idle',
        saved: Object.fromEntries(saved),
        commits,
      })),
      finished: next === null && everyone.every(({ pending }) => pending === null),
    }
  }

  get transactions(): readonly DemoTransaction[] {
    return this.log.transactions
  }

  /** The facts that were answered, by their indexes, in the order of the answers. */
  get order(): readonly number[] {
    return this.answers
  }

  /** Sessions by their name, for whoever looks at their locks. */
  get sessionIds(): ReadonlyMap<string, number> {
    return new Map([...this.actors.values()].map(({ name, dialogue }) => [name, dialogue.id]))
  }

  /** Sessions whose statement was answered since the last step, as after a time-out. */
  get overdue(): readonly string[] {
    return [...this.actors.values()].filter(({ pending, ended }) => pending !== null && ended !== null).map(({ name }) => name)
  }

  /**
   * Runs the next step until it was answered or waits, and whatever that sets free. Where sessions wait for each other, or nothing is left to
   * send, it is what ends a wait instead: the deadlock detector, or a time-out. Where that came between two steps, hearing of it is a step.
   *
   * @throws OltpError `DEMO_STUCK` when nothing moves any more, and DatabaseError when a connection is lost
   */
  async next(): Promise<DemoState> {
    const everyone = [...this.actors.values()].filter(({ pending }) => pending !== null)
    const late = everyone.filter(({ ended }) => ended !== null)
    await this.drain(late.length > 0 ? await this.allOver(everyone, late) : null)
    if (late.length > 0) return this.state
    const stands = () => findCycle(this.lookout.waits) !== null || (this.cursor === this.facts.length && this.lookout.waits.length > 0)
    if (stands()) {
      const pending = [...this.actors.values()].filter(actor => actor.pending !== null)
      await this.drain(await this.oneEnds(pending, stands))
    } else if (this.cursor < this.facts.length) {
      const index = this.cursor++
      await this.take(index)
      await this.drain(index)
    }
    return this.state
  }

  async finish(): Promise<DemoState> {
    while (!this.state.finished) await this.next()
    return this.state
  }

  async close(): Promise<void> {
    const everyone = [...this.actors.values()]
    // First those who wait: they would get their lock from whoever says goodbye before them.
    await Promise.all(everyone.filter(({ pending }) => pending !== null).map(({ dialogue }) => dialogue.kill()))
    await Promise.all(everyone.map(({ dialogue }) => dialogue.end()))
  }

  private async take(index: number): Promise<void> {
    const fact = this.facts[index] as Fact
    const actor = this.actor(fact.session)
    if (this.step(fact).kind === 'wait') {
      if (actor.pending !== null) await this.oneEnds([actor], () => true)
      fact.status = 'done'
    } else if (actor.pending !== null || this.deferredOf(actor).length > 0) {
      fact.status = 'deferred'
      this.deferredOf(actor).push(index)
    } else await this.launch(index)
  }

  private async launch(index: number): Promise<void> {
    const fact = this.facts[index] as Fact
    const actor = this.actor(fact.session)
    const step = this.step(fact) as StatementStep
    const word = wordOf(step, this.stage.dialect)
    const over = actor.gaveUp && (word === 'commit' || word === 'rollback')
    const why = actor.gaveUp ? (over ? null : 'gave up') : decide(step, actor.saved) ? null : 'condition'
    const { dialect } = this.stage
    fact.sql = over ? 'ROLLBACK' : (why === null ? textOf : previewOf)(step, dialect, actor.saved)
    if (why !== null) {
      fact.status = 'skipped'
      fact.skipped = why
      if (why === 'condition') this.log.noteUnsent(actor.name, index, word)
      return
    }
    this.lookout.said()
    actor.send(index, fact.sql)
    await this.settle(actor, null)
  }

  /** Until it is answered, or known to wait. A statement that is neither is only slow. @param by as of `drain` */
  private async settle(actor: Actor, by: number | null): Promise<void> {
    const until = performance.now() + patienceMs
    for (let lookMs = firstLookMs; performance.now() < until; lookMs = nextLookMs) {
      await Promise.race([actor.ending, sleep(lookMs)])
      if (actor.ended !== null) return this.answered(actor, actor.ended, by)
      await this.lookout.look()
      if (actor.ended !== null) return this.answered(actor, actor.ended, by)
      const wait = this.lookout.waitOf(actor.name)
      if (wait === null) continue
      // A detector that acts at once may be late on a busy machine: what it is about to end is no wait.
      if (!mayWaitInCircle(this.lookout.waits, actor.name) || !(await oneEndsSoon([...this.actors.values()])))
        return this.waiting(actor, wait)
    }
    throw stuck(actor.name)
  }

  /** Whoever was set free is heard, and goes on with what was deferred. @param by the fact that may have set them free */
  private async drain(by: number | null): Promise<void> {
    for (let cause = by; ; ) {
      await this.hear(cause)
      const ready = [...this.actors.values()].filter(actor => actor.pending === null).flatMap(actor => this.deferredOf(actor)[0] ?? [])
      if (ready.length === 0) return
      const next = Math.min(...ready)
      this.deferredOf(this.actor((this.facts[next] as Fact).session)).shift()
      await this.launch(next)
      // Whoever is free from here on was set free by this one.
      cause = next
    }
  }

  /** Until nobody is free any more who has not been heard. */
  private async hear(by: number | null): Promise<void> {
    for (let heard = true; heard; ) {
      heard = false
      await this.lookout.lookAgain()
      for (const actor of this.actors.values()) {
        if (actor.pending === null) continue
        if (actor.ended === null && this.lookout.waitOf(actor.name) === null) await this.settle(actor, by)
        else if (actor.ended !== null) this.answered(actor, actor.ended, by)
        heard ||= actor.pending === null
      }
    }
  }

  /** Until the statement of one of them ends by itself, which is returned as a fact; null: nobody needs to wait for that any more. */
  private async oneEnds(actors: readonly Actor[], needed: () => boolean): Promise<number | null> {
    const until = performance.now() + patienceMs
    while (performance.now() < until) {
      await Promise.race([sleep(standLookMs), ...actors.map(({ ending }) => ending)])
      const over = actors.filter(({ ended }) => ended !== null)
      if (over.length > 0) return this.allOver(actors, over)
      await this.lookout.look()
      if (!needed()) return null
    }
    throw stuck(actors.map(({ name }) => name).join(' and '))
  }

  /** Who was set free may be heard of before the one whose end did that: PostgreSQL says that an error is over when all is undone. */
  private async allOver(actors: readonly Actor[], over: readonly Actor[]): Promise<number | null> {
    const others = actors.filter(actor => !over.includes(actor))
    if (!over.some(({ ended }) => ended?.byItself)) await Promise.race([sleep(standLookMs), ...others.map(({ ending }) => ending)])
    const ended = actors.filter(actor => actor.ended !== null)
    const first = (ended.find(actor => actor.ended?.byItself) ?? ended[0])?.pending ?? null
    for (const actor of ended) if (actor.ended !== null) this.answered(actor, actor.ended, actor.pending === first ? null : first)
    return first
  }

  private waiting(actor: Actor, { blockers, inferred, lock }: SeenWait): void {
    const fact = this.facts[actor.pending as number] as Fact
    fact.status = 'waiting'
    fact.waited = { blockers, inferred, lock }
  }

  private answered(actor: Actor, outcome: Outcome, by: number | null): void {
    const index = actor.pending as number
    const fact = this.facts[index] as Fact
    const step = this.step(fact) as StatementStep
    this.answers.push(index)
    this.lookout.answered(actor.name)
    actor.pending = null
    actor.ended = null
    fact.status = outcome.error === null ? 'done' : 'failed'
    fact.answer = outcome.answer
    fact.error = outcome.error
    fact.ms = outcome.ms
    fact.transaction = outcome.transaction
    if (fact.waited !== null && !outcome.byItself) fact.wokenBy = by
    if (outcome.answer !== null) keep(step, outcome.answer, actor.saved)
    this.settleTransaction(actor, fact, index, outcome)
  }

  private settleTransaction(actor: Actor, fact: Fact, index: number, { answer, error, retryable, byItself, transaction }: Outcome): void {
    const step = this.step(fact) as StatementStep
    const word = fact.sql === 'ROLLBACK' ? 'rollback' : wordOf(step, this.stage.dialect)
    const wasOpen = this.log.isOpen(actor.name)
    const refused = word === 'commit' && answer?.tag === 'ROLLBACK'
    const ended = this.log.note({
      ...{ session: actor.name, fact: index, word, failed: error !== null, refused, transaction },
      disturbed: retryable || (byItself && fact.waited !== null),
      undoes: worksOnRows(fact.sql) || transaction === 'lost',
      beginsAnew: dialectFacts[this.stage.dialect].commitsImplicitly,
    })
    if (ended?.ended === 'committed') actor.commits++
    if (word === 'commit' || word === 'rollback') actor.gaveUp = false
    if (error === null) return
    if (wasOpen && word === null && step.onError === 'abort') actor.gaveUp = true
    if (retryable && wasOpen && step.onError === 'abort') this.planRetry(fact)
  }

  /** The whole transaction once more, when all others are through. */
  private planRetry({ session, step, attempt }: Fact): void {
    if (attempt === mostAttempts) return
    for (const again of stepsAgain(this.plot, this.stage.dialect, session, step))
      this.facts.push(plannedFact(this.plot, again, attempt + 1))
  }

  private step({ step }: Fact) {
    return this.plot.schedule[step] as DemoPlot['schedule'][number]
  }

  private actor(name: string): Actor {
    return this.actors.get(name) as Actor
  }

  private deferredOf({ name }: Actor): number[] {
    const queue = this.deferred.get(name) ?? []
    this.deferred.set(name, queue)
    return queue
  }
}
