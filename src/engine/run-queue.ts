import { readlinkSync } from 'node:fs'
import type { KernelFiles } from './host.js'

/** The kernel's number of the thread that asks; 0 where there is no telling. */
export function currentThread(): number {
  try {
    // `1234/task/1240`, see proc(5).
    return Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/**
 * For how long a thread of ours has been ready to run and waited for a processor since it began, in milliseconds: the second number of
 * its `schedstat`, in nanoseconds (Documentation/scheduler/sched-stats). Null where the kernel does not count, or the thread is gone.
 */
export function runQueueMs(thread: number, read: KernelFiles): number | null {
  const wait = /^\d+ (\d+) /.exec(read(`/proc/self/task/${thread}/schedstat`) ?? '')?.[1]
  return wait === undefined ? null : Number(wait) / 1e6
}
