/** Whole microseconds since the load's zero. Rounded once, so that differences of two readings add up exactly. */
export type Clock = () => number

/**
 * A clock that all threads of the process share: the zero is a reading of `process.hrtime.bigint()`, which counts the same in
 * every thread; `performance.now()` does not, but is cheap to read.
 */
export function createClock(zero: bigint): Clock {
  const offset = Number(process.hrtime.bigint() - zero) / 1e6 - performance.now()
  return () => Math.round((performance.now() + offset) * 1000)
}
