import { Worker } from 'node:worker_threads'
import { buffersOf, type History } from '../../measure/history.js'
import type { TimeSpan } from '../../measure/spans.js'
import type { LiveFindings } from './live.js'

export interface LiveTask {
  /** Of each history that is looked at, what has come since the last look. */
  readonly parts: readonly (readonly History[])[]
  readonly measured: readonly TimeSpan[]
}

export interface LiveAnswer {
  /** Of each history; null: there is something wrong with it, and no more to be found this way. */
  readonly findings: readonly (LiveFindings | null)[]
  readonly tookMs: number
}

/** A thread of its own in which a `LiveChecker` for each history looks at it, one look after the other. */
export class LiveThread {
  private readonly worker = new Worker(new URL('./live-worker.js', import.meta.url))
  private hear: (answer: LiveAnswer | Error) => void = () => {}
  private gone: Error | null = null

  constructor() {
    this.worker.on('message', (answer: LiveAnswer) => this.hear(answer))
    this.worker.on('error', error => this.leave(error instanceof Error ? error : new Error(String(error))))
    this.worker.on('exit', () => this.leave(new Error('the thread that looks at histories has ended')))
  }

  /** The arrays of the parts move there. Not to be called again before it has answered. Rejects when the thread is closed, or crashed. */
  look(task: LiveTask): Promise<LiveAnswer> {
    return new Promise((resolve, reject) => {
      if (this.gone !== null) throw this.gone
      this.hear = answer => (answer instanceof Error ? reject(answer) : resolve(answer))
      this.worker.postMessage(task, task.parts.flat().flatMap(buffersOf))
    })
  }

  async close(): Promise<void> {
    await this.worker.terminate()
  }

  private leave(reason: Error): void {
    this.gone ??= reason
    this.hear(this.gone)
  }
}
