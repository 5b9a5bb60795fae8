/**
 * Time that a test makes up: timers, immediates and clocks of this thread go by it, in an order that is the same every time. A turn
 * of the event loop takes `turnUs`; nothing else takes any time, but for what `block` says.
 */
export interface VirtualTime {
  /** Milliseconds since the test began. */
  readonly now: number
  after(ms: number, what: () => void): void
  sleep(ms: number): Promise<void>
  /** Code that runs for so long and lets nobody else run. */
  block(ms: number): void
}

interface Event {
  readonly at: number
  readonly order: number
  readonly every: number | null
  readonly what: () => void
}

/** As far ahead of the machine's own clock as no test will ever wait: a real thread that sleeps by it never wakes. */
const aheadNs = 10n ** 18n

/** Runs a test in virtual time until its promise settles. */
export async function inVirtualTime<Outcome>(test: (time: VirtualTime) => Promise<Outcome>, turnUs = 10): Promise<Outcome> {
  const events = new Map<number, Event>()
  const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate }
  const realNow = Object.getOwnPropertyDescriptor(performance, 'now')
  const realHrtime = process.hrtime.bigint
  let now = 0
  let order = 0
  const add = (ms: number, what: () => void, every: number | null = null) => {
    const event = { at: now + Math.max(0, ms), order: ++order, every, what }
    events.set(event.order, event)
    return { order: event.order, ref() {}, unref() {} }
  }
  const clear = (timer: { readonly order: number } | undefined) => void events.delete(timer?.order ?? 0)
  const fakes = {
    setTimeout: (what: () => void, ms = 0) => add(ms, what),
    setInterval: (what: () => void, ms: number) => add(ms, what, ms),
    setImmediate: (what: () => void) => add(turnUs / 1000, what),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  }
  const time: VirtualTime = {
    get now() {
      return now
    },
    after: (ms, what) => void add(ms, what),
    sleep: ms => new Promise(resolve => void add(ms, resolve)),
    block: ms => {
      now += ms
    },
  }
  const settle = () => new Promise<void>(resolve => void real.setImmediate(resolve))
  Object.assign(globalThis, fakes)
  performance.now = () => now
  process.hrtime.bigint = () => aheadNs + BigInt(Math.round(now * 1e6))
  let settled = false
  const outcome = test(time).finally(() => {
    settled = true
  })
  outcome.catch(() => {})
  try {
    for (;;) {
      await settle()
      if (settled) return await outcome
      const next = [...events.values()].reduce<Event | null>(
        (first, one) => (first === null || one.at < first.at || (one.at === first.at && one.order < first.order) ? one : first),
        null,
      )
      if (next === null) throw new Error('nothing is left that could happen')
      events.delete(next.order)
      now = Math.max(now, next.at)
      if (next.every !== null) events.set(next.order, { ...next, at: now + next.every })
      next.what()
    }
  } finally {
    Object.assign(globalThis, real)
    if (realNow === undefined) Reflect.deleteProperty(performance, 'now')
    else Object.defineProperty(performance, 'now', realNow)
    process.hrtime.bigint = realHrtime
  }
}
