/** Sleeping that can be cut short for all sleepers at once. */
export class Alarm {
  private readonly sleepers = new Set<() => void>()

  /** Resolves after `ms` or when `ring` is called. Infinity: only then. */
  sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      // A timer takes 31 bits of milliseconds; who sleeps longer than 24 days is woken early and looks again.
      const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => wake(), Math.min(ms, 2_000_000_000))
      const wake = () => {
        clearTimeout(timer)
        this.sleepers.delete(wake)
        resolve()
      }
      this.sleepers.add(wake)
    })
  }

  ring(): void {
    for (const wake of [...this.sleepers]) wake()
  }
}
