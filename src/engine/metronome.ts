import { Worker } from 'node:worker_threads'
import type { Vitals } from './vitals.js'

/** Wakes the load thread when the next arrival is due. One alarm at a time: a new one replaces the old. */
export interface Metronome {
  /** May wake a little early or once too often: whoever is woken looks at the clock. */
  wakeIn(ms: number): void
  close(): void
}

/** Int32 words shared with the helper thread, then one Float64: until when to sleep, in milliseconds of `process.hrtime`. */
export const Word = { alarms: 0, closed: 1 } as const
const sharedBytes = 16

/**
 * The helper wakes us so much too early, about the time that it takes to be heard; for the rest we go round the event loop. More would
 * be no more punctual, and take the processor from a server on the same machine.
 */
const leadMs = 0.1
/** A round of the event loop in which nothing is done takes no longer. */
const idleRoundUs = 5

/**
 * A helper thread sleeps until shortly before the arrival: the event loop's own timers are up to a millisecond late, as much as a
 * fast transaction takes. They stay armed behind it, should the helper be late itself.
 *
 * @param vitals hear how long we went round the event loop with nothing to do
 */
export function createMetronome(wake: () => void, vitals: Pick<Vitals, 'spunFor'>): Metronome {
  const memory = new SharedArrayBuffer(sharedBytes)
  const words = new Int32Array(memory, 0, 2)
  const until = new Float64Array(memory, 8, 1)
  const helper = new Worker(new URL('./metronome-thread.js', import.meta.url), { workerData: memory })
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Immediate | undefined
  let spinningSince = 0
  const wakeFromSpin = () => {
    vitals.spunFor(Math.min(idleRoundUs, Math.round((performance.now() - spinningSince) * 1000)))
    wake()
  }
  const ring = () => {
    Atomics.add(words, Word.alarms, 1)
    Atomics.notify(words, Word.alarms)
  }
  helper.on('message', wake)
  helper.unref()
  return {
    wakeIn(ms) {
      clearTimeout(timer)
      clearImmediate(soon)
      if (ms <= leadMs) {
        spinningSince = performance.now()
        soon = setImmediate(wakeFromSpin)
        return
      }
      // A moment, not a length of time: the helper may hear of it late.
      until[0] = hrtimeMs() + ms - leadMs
      ring()
      timer = setTimeout(wake, Math.min(ms, 2_000_000_000))
    },
    close() {
      clearTimeout(timer)
      clearImmediate(soon)
      Atomics.store(words, Word.closed, 1)
      ring()
    },
  }
}

/** Of a clock that all threads share. */
export function hrtimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
