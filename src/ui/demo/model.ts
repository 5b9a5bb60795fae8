import type { HeldLock, Scene } from '../../demo/player.js'
import type { DemoResult } from '../../demo/result.js'
import type { Demo } from '../../scenario/demo/model.js'
import type { Isolation } from '../../scenario/model.js'

/** What was found at the end, and at the other levels as far as they were played; null: it is being played, text: why it cannot be. */
export interface Verdict {
  readonly result: DemoResult
  readonly levels: ReadonlyMap<Isolation, DemoResult | string | null>
}

/** Everything that the screen shows. */
export interface DemoView {
  readonly demo: Demo
  readonly engines: readonly string[]
  /** Said where there is no other: why, and what to do about it. */
  readonly onlyServer: string
  readonly scene: Scene
  readonly page: 'steps' | 'verdict'
  readonly help: boolean
  /** For the back of a room: little at a time, with room around it. */
  readonly large: boolean
  /** Null: not asked for. */
  readonly locks: readonly HeldLock[] | null
  readonly verdict: Verdict | null
  readonly playing: boolean
  /** What is under way long enough to be said. */
  readonly busy: string | null
  readonly notice: string | null
  /** As `DemoPlayer.overdue`. */
  readonly overdue: readonly string[]
  /** Counts up while something turns. */
  readonly frame: number
  /** Rows that the user has scrolled, up is negative. */
  readonly scroll: number
}
