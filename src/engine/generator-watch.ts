import type { GeneratorTick } from '../measure/tick.js'
import { watchHost } from './host.js'
import type { WorkerPool } from './worker-pool.js'

/** Looks at our own threads and the machine they run on. Each call tells about the time since the one before. */
export function watchGenerator(pool: Pick<WorkerPool, 'vitals'>): () => Omit<GeneratorTick, 'lag_max_us'> {
  const host = watchHost()
  let cpu = process.cpuUsage()
  pool.vitals()
  return () => {
    const threads = pool.vitals()
    const cpuBefore = cpu
    cpu = process.cpuUsage()
    return {
      utilisation: Math.max(0, ...threads.map(({ utilisation }) => utilisation)),
      gc_ms: Math.max(0, ...threads.map(({ pauses_us }) => pauses_us)) / 1000,
      gc_max_ms: Math.max(0, ...threads.map(({ longestPause_us }) => longestPause_us)) / 1000,
      run_queue_ms: worstOf(threads.map(({ runQueueMs }) => runQueueMs)),
      cpu_us: cpu.user + cpu.system - cpuBefore.user - cpuBefore.system,
      host: host(),
    }
  }
}

function worstOf(waits: readonly (number | null)[]): number | null {
  const known = waits.filter(wait => wait !== null)
  return known.length === 0 ? null : Math.max(...known)
}
