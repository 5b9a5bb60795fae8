import { PerformanceObserver } from 'node:perf_hooks'
import type { Vitals } from './vitals.js'

/** Tells of each pause that this thread makes for garbage collection, from now on. */
export function watchGarbageCollection(vitals: Vitals): void {
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) vitals.pausedFor(Math.round(duration * 1000))
  })
  observer.observe({ entryTypes: ['gc'] })
}
