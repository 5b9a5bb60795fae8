import { parentPort, workerData } from 'node:worker_threads'
import { hrtimeMs, Word } from './metronome.js'

/** Sleeps until it is told, then says so; a new order replaces the old one. Ends when it is closed. */
const memory: SharedArrayBuffer = workerData
const words = new Int32Array(memory, 0, 2)
const until = new Float64Array(memory, 8, 1)
let seen = 0
while (Atomics.load(words, Word.closed) === 0) {
  Atomics.wait(words, Word.alarms, seen)
  seen = Atomics.load(words, Word.alarms)
  const slept = Atomics.wait(words, Word.alarms, seen, Math.max(0, (until[0] as number) - hrtimeMs()))
  if (slept === 'timed-out') parentPort?.postMessage(null)
}
