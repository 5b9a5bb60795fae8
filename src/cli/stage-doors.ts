import type { Stage } from '../demo/stage.js'

/** Opens a stage, lets `use` have it, and closes it when that has ended. */
type OpenStage = (engine: string, use: (stage: Stage) => Promise<void>) => Promise<void>

/** Stages that are opened when somebody first goes there, and stay open until all are closed. */
export class StageDoors {
  readonly #openStage: OpenStage
  readonly #open = new Map<string, { readonly stage: Promise<Stage>; readonly closed: Promise<void> }>()
  readonly #closing = new AbortController()

  constructor(openStage: OpenStage) {
    this.#openStage = openStage
  }

  /** @throws what opening it throws; asked again, it is tried again */
  at(engine: string): Promise<Stage> {
    const known = this.#open.get(engine)
    if (known !== undefined) return known.stage
    const { signal } = this.#closing
    let closed = Promise.resolve()
    const stage = new Promise<Stage>((resolve, reject) => {
      closed = this.#openStage(engine, async opened => {
        resolve(opened)
        if (!signal.aborted) await new Promise(done => signal.addEventListener('abort', done))
      })
      closed.catch(error => {
        this.#open.delete(engine)
        reject(error)
      })
    })
    this.#open.set(engine, { stage, closed })
    return stage
  }

  /** @throws what closing one of them throws */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#open.values()].map(({ closed }) => closed))
  }
}
