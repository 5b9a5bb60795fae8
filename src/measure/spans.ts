/** A time in microseconds since the load's zero; its end is not in it. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
}

export function isWithin(spans: readonly TimeSpan[], at: number): boolean {
  return spans.some(({ from, to }) => at >= from && at < to)
}

/** What of them lies before `end`. */
export function spansBefore(spans: readonly TimeSpan[], end: number): readonly TimeSpan[] {
  return spans.filter(({ from }) => from < end).map(({ from, to }) => ({ from, to: Math.min(to, end) }))
}

/** How long they are together, in seconds. */
export function secondsOf(spans: readonly TimeSpan[]): number {
  return spans.reduce((sum, { from, to }) => sum + (to - from), 0) / 1e6
}
