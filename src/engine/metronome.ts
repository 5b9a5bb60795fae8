import { Worker } from 'node:worker_threads'

/** Wakes the load thread when the next arrival is due. One alarm at a time: a new one replaces the old. */
export interface Metronome {
  /** May wake a little early or once too often: whoever is woken looks at the clock. */
  wakeIn(ms: number): void
  close(): void
}

/** Int32 words shared with the helper thread, then one Float64: how long to sleep, in milliseconds. */
export const Word = { alarms: 0, closed: 1 } as const
const sharedBytes = 16

/** The helper wakes us so much too early; for the rest we go round the event loop. */
const leadMs = 0.2

/**
 * A helper thread sleeps until shortly before the arrival: the event loop's own timers are up to a millisecond late, as much as a
 * fast transaction takes. They stay armed behind it, should the helper be late itself.
 */
export function createMetronome(wake: () => void): Metronome {
  const memory = new SharedArrayBuffer(sharedBytes)
  const words = new Int32Array(memory, 0, 2)
  const delay = new Float64Array(memory, 8, 1)
  const helper = new Worker(new URL('./metronome-thread.js', import.meta.url), { workerData: memory })
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Immediate | undefined
  helper.on('message', wake)
  helper.unref()
  return {
    wakeIn(ms) {
      clearTimeout(timer)
      clearImmediate(soon)
      const sleepMs = ms - leadMs
      if (sleepMs <= 0) {
        soon = setImmediate(wake)
        return
      }
      delay[0] = sleepMs
      Atomics.add(words, Word.alarms, 1)
      Atomics.notify(words, Word.alarms)
      timer = setTimeout(wake, Math.min(ms, 2_000_000_000))
    },
    close() {
      clearTimeout(timer)
      clearImmediate(soon)
      Atomics.store(words, Word.closed, 1)
      Atomics.add(words, Word.alarms, 1)
      Atomics.notify(words, Word.alarms)
    },
  }
}
