import type { EventLoopUtilization } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { readKernelFile } from './host.js'
import type { LoadPlan } from './load.js'
import { allocateMemory, Memory, type MemoryShape } from './memory.js'
import type { FromWorker, ToWorker, WorkerSetup } from './messages.js'
import { runQueueMs } from './run-queue.js'
import { allocateSequences } from './sequences.js'
import { allocateVitals, type VitalSigns, Vitals } from './vitals.js'

/** How long a worker that has said that it is done may take to leave. */
const leaveMs = 3000

/** How one load thread did since it was looked at last. */
export interface ThreadVitals extends VitalSigns {
  /** Of the event loop's time, 0 to 1: what it did not spend waiting, nor going round with nothing to do. */
  readonly utilisation: number
  /** Ready to run, but without a processor; null where the kernel does not say. */
  readonly runQueueMs: number | null
}

/** The load threads of one run and the memory in which they count. */
export class WorkerPool {
  readonly memories: readonly Memory[]
  /** All threads are gone. Rejects when one crashed: a bug of ours. */
  readonly ended: Promise<void>
  private readonly workers: readonly Worker[]
  private readonly signs: readonly Vitals[]
  private readonly utilisationsSeen: EventLoopUtilization[]
  private readonly lastUtilisations: number[]
  private readonly runQueuesSeen: (number | null)[]

  constructor(plan: LoadPlan, shape: MemoryShape, hear: (worker: number, message: FromWorker) => void) {
    const sequences = allocateSequences()
    const buffers = Array.from({ length: plan.threads }, () => allocateMemory(shape))
    this.memories = buffers.map(buffer => new Memory(buffer, shape))
    const vitals = buffers.map(allocateVitals)
    this.signs = vitals.map(memory => new Vitals(memory))
    this.workers = buffers.map((memory, worker) => {
      const workerData: WorkerSetup = { plan, worker, shape, memory, sequences, vitals: vitals[worker] as SharedArrayBuffer }
      return new Worker(new URL('./worker.js', import.meta.url), { workerData })
    })
    this.utilisationsSeen = this.workers.map(worker => worker.performance.eventLoopUtilization())
    this.lastUtilisations = this.workers.map(() => 0)
    this.runQueuesSeen = this.workers.map(() => null)
    this.ended = this.waitForAll(hear)
  }

  tellAll(message: ToWorker): void {
    for (const worker of this.workers) worker.postMessage(message)
  }

  /** Of each thread since the last call. One that has ended is as busy as it last was. */
  vitals(): readonly ThreadVitals[] {
    return this.workers.map((worker, index) => {
      const signs = (this.signs[index] as Vitals).take()
      return { ...signs, utilisation: this.utilisation(worker, index, signs.spinning_us / 1000), runQueueMs: this.runQueue(index) }
    })
  }

  private utilisation(worker: Worker, index: number, spinningMs: number): number {
    const now = worker.performance.eventLoopUtilization()
    const before = this.utilisationsSeen[index] as EventLoopUtilization
    const active = now.active - before.active
    const idle = now.idle - before.idle
    if (active + idle > 0) {
      this.utilisationsSeen[index] = now
      this.lastUtilisations[index] = Math.min(1, Math.max(0, (active - spinningMs) / (active + idle)))
    }
    return this.lastUtilisations[index] as number
  }

  private runQueue(index: number): number | null {
    const now = runQueueMs((this.signs[index] as Vitals).thread, readKernelFile)
    const before = this.runQueuesSeen[index] ?? null
    this.runQueuesSeen[index] = now
    return now === null || before === null ? null : Math.max(0, now - before)
  }

  private async waitForAll(hear: (worker: number, message: FromWorker) => void): Promise<void> {
    const crashes: Error[] = []
    await Promise.all(
      this.workers.map(
        (worker, index) =>
          new Promise<void>(resolve => {
            let done = false
            let timer: NodeJS.Timeout | undefined
            worker.on('message', (message: FromWorker) => {
              hear(index, message)
              if (message.kind === 'failed') done = true
              if (message.kind !== 'done') return
              done = true
              timer = setTimeout(() => void worker.terminate(), leaveMs)
            })
            worker.on('error', error => {
              crashes.push(error)
              this.tellAll({ kind: 'stop' })
            })
            worker.on('exit', code => {
              clearTimeout(timer)
              if (!done && crashes.length === 0) {
                crashes.push(new Error(`load thread ${index + 1} ended without a word (exit ${code})`))
                this.tellAll({ kind: 'stop' })
              }
              resolve()
            })
          }),
      ),
    )
    if (crashes[0] !== undefined) throw crashes[0]
  }
}
