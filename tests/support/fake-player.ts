import type { DemoPlayer, Scene, Telling } from '#oltp/demo/player.js'
import { bWaits, finished, resultOf, sceneOf, tickets } from './demo-scene.js'

interface FakePlayer extends DemoPlayer {
  /** What it was asked to do, in order. */
  readonly asked: string[]
  /** The next operation waits until the returned function is called. */
  hold(): () => void
  /** The next operation fails. */
  failWith(error: unknown): void
  overdue: readonly string[]
}

/** Plays the tickets without a server; refuses to do two things at once. */
export function fakePlayer(engines: readonly string[] = ['postgres']): FakePlayer {
  let taken = 0
  let telling: Telling = { engine: 'postgres', variant: null, isolation: null }
  let held: Promise<void> | null = null
  let failure: unknown = null
  let working = false
  const asked: string[] = []

  const scene = (): Scene => {
    const now = sceneOf(finished.slice(0, taken), taken === 6 ? bWaits : {})
    return { ...now, telling, isolation: telling.isolation ?? 'read committed' }
  }
  async function work<T>(name: string, done: () => T): Promise<T> {
    if (working) throw new Error(`${name} while something else is under way`)
    asked.push(name)
    working = true
    await held
    working = false
    const error = failure
    failure = null
    if (error !== null) throw error
    return done()
  }
  return {
    demo: tickets,
    engines,
    asked,
    overdue: [],
    get scene() {
      return scene()
    },
    hold: () => {
      let release = () => {}
      held = new Promise(resolve => {
        release = () => {
          held = null
          resolve()
        }
      })
      return () => release()
    },
    failWith: error => {
      failure = error
    },
    start: (next, until = 'beginning') =>
      work(`start ${next.engine} ${next.variant} ${next.isolation} ${until}`, () => {
        telling = next
        if (until === 'beginning') taken = 0
        return scene()
      }),
    next: () =>
      work('next', () => {
        taken++
        return scene()
      }),
    back: () =>
      work('back', () => {
        taken = Math.max(0, taken - 1)
        return scene()
      }),
    conclude: () => work('conclude', () => resultOf()),
    locks: () => work('locks', () => [{ session: 'A', object: 'products', mode: 'RowExclusiveLock', granted: true }]),
    playAt: isolation => work(`play at ${isolation}`, () => resultOf({ outcome: 'error', codes: ['40001'], isolation })),
    close: async () => {
      asked.push('close')
    },
  }
}
