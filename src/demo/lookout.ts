import type { Actor } from './actor.js'
import type { WaitEdge } from './facts.js'
import type { Stage } from './stage.js'

/** Who waits for whom among the sessions of a demo, as the server said when it was last asked. */
export class Lookout {
  waits: readonly WaitEdge[] = []
  private readonly stage: Stage
  private readonly actors: readonly Actor[]
  private stale = false

  constructor(stage: Stage, actors: readonly Actor[]) {
    this.stage = stage
    this.actors = actors
  }

  waitOf(session: string): WaitEdge | null {
    return this.waits.find(wait => wait.session === session) ?? null
  }

  /** Something was said: what was seen may be so no more. */
  said(): void {
    this.stale = true
  }

  /** A session was answered. */
  answered(session: string): void {
    this.stale = true
    this.waits = this.waits.filter(wait => wait.session !== session)
  }

  async look(): Promise<void> {
    this.stale = false
    if (this.actors.every(({ pending }) => pending === null)) {
      this.waits = []
      return
    }
    const names = new Map(this.actors.map(({ name, dialogue }) => [dialogue.id, name]))
    // All are named: where the server does not say whom somebody waits for, it is one of them.
    const ids = [...names.keys()]
    const seen = await this.stage.watch.waits(ids)
    // Servers name them in any order.
    const inOrder = (one: number, other: number) => ids.indexOf(one) - ids.indexOf(other)
    this.waits = seen
      .toSorted((one, other) => inOrder(one.waiting, other.waiting))
      .flatMap(({ waiting, blockers, inferred, lock }) => {
        const session = names.get(waiting)
        const named = (some: readonly number[]) => some.toSorted(inOrder).flatMap(id => names.get(id) ?? [])
        return session === undefined ? [] : [{ session, lock, blockers: named(blockers), inferred: named(inferred) }]
      })
  }

  /** Unless nothing was said since the last look. */
  async lookAgain(): Promise<void> {
    if (this.stale) await this.look()
  }
}
