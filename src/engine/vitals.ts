const Word = { pauses: 0, longestPause: 1, spinning: 2, thread: 3 } as const
const words = Object.keys(Word).length

/** What a load thread has told of itself since it was asked last; microseconds. */
export interface VitalSigns {
  /** Garbage collection: all pauses together, and the longest. */
  readonly pauses_us: number
  readonly longestPause_us: number
  /** Going round its event loop with nothing to do, for the next arrival to be on time. */
  readonly spinning_us: number
}

export function allocateVitals(): SharedArrayBuffer {
  return new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT)
}

/** How a load thread is doing, in memory that it shares with the main thread: one adds, the other takes away what is there. */
export class Vitals {
  private readonly memory: Int32Array

  constructor(buffer: SharedArrayBuffer) {
    this.memory = new Int32Array(buffer)
  }

  pausedFor(us: number): void {
    const { memory } = this
    Atomics.add(memory, Word.pauses, us)
    for (let longest = Atomics.load(memory, Word.longestPause); us > longest; ) {
      const seen = Atomics.compareExchange(memory, Word.longestPause, longest, us)
      if (seen === longest) return
      longest = seen
    }
  }

  spunFor(us: number): void {
    Atomics.add(this.memory, Word.spinning, us)
  }

  /** @param thread the kernel's number of the load thread, see run-queue.ts */
  runsAs(thread: number): void {
    Atomics.store(this.memory, Word.thread, thread)
  }

  /** 0: it has not said. */
  get thread(): number {
    return Atomics.load(this.memory, Word.thread)
  }

  take(): VitalSigns {
    const { memory } = this
    return {
      pauses_us: Atomics.exchange(memory, Word.pauses, 0),
      longestPause_us: Atomics.exchange(memory, Word.longestPause, 0),
      spinning_us: Atomics.exchange(memory, Word.spinning, 0),
    }
  }
}
