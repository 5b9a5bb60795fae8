/** What one run of one tool reached. */
export interface Speed {
  readonly tps: number
  /** Processor time of the client per transaction, in microseconds. */
  readonly cpu_us: number | null
}

/** Several pairs of one measure, ours and the peer's, taken in turn. */
export interface Comparison {
  readonly pairs: number
  readonly ours: number
  readonly peer: number
  /** Median, least and greatest of the pairs' ratios ours/peer: both of a pair met the machine in nearly the same mood. */
  readonly ratio: number
  readonly least: number
  readonly greatest: number
}

/** Runs ours, the peer, ours, the peer, …; what each run prints is told as it comes. */
export async function inTurn<T>(
  pairs: number,
  ours: () => Promise<T>,
  peer: () => Promise<T>,
  onPair: (ours: T, peer: T) => void,
): Promise<readonly (readonly [ours: T, peer: T])[]> {
  const taken: (readonly [T, T])[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const both = [await ours(), await peer()] as const
    onPair(...both)
    taken.push(both)
  }
  return taken
}

export function compare(pairs: readonly (readonly [ours: number, peer: number])[]): Comparison {
  const ratios = pairs.map(([ours, peer]) => ours / peer)
  return {
    pairs: pairs.length,
    ours: median(pairs.map(([ours]) => ours)),
    peer: median(pairs.map(([, peer]) => peer)),
    ratio: median(ratios),
    least: Math.min(...ratios),
    greatest: Math.max(...ratios),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper
}
