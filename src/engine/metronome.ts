/** Wakes the load thread when the next arrival is due. One alarm at a time: a new one replaces the old. */
export interface Metronome {
  wakeIn(ms: number): void
  close(): void
}

/** As precise as the event loop's timers: up to a millisecond late. */
export function timerMetronome(wake: () => void): Metronome {
  let timer: NodeJS.Timeout | undefined
  return {
    wakeIn(ms) {
      clearTimeout(timer)
      timer = setTimeout(wake, Math.min(Math.max(0, ms), 2_000_000_000))
    },
    close() {
      clearTimeout(timer)
    },
  }
}
