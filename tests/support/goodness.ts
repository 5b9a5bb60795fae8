/**
 * How far counts are from the probabilities that they should follow, in standard deviations: Pearson's chi-square, brought to a
 * normal scale by Wilson and Hilferty (1931). Cells too small for the test are added to the next one. Right draws stay below 3.5.
 */
export function misfit(observed: readonly number[], probabilities: readonly number[]): number {
  const total = observed.reduce((sum, count) => sum + count, 0)
  const cells: { seen: number; expected: number }[] = []
  let open = { seen: 0, expected: 0 }
  for (const [index, probability] of probabilities.entries()) {
    open = { seen: open.seen + (observed[index] ?? 0), expected: open.expected + probability * total }
    if (open.expected < 10) continue
    cells.push(open)
    open = { seen: 0, expected: 0 }
  }
  const last = cells.at(-1)
  if (last) cells[cells.length - 1] = { seen: last.seen + open.seen, expected: last.expected + open.expected }
  const chiSquare = cells.reduce((sum, { seen, expected }) => sum + (seen - expected) ** 2 / expected, 0)
  const freedom = cells.length - 1
  const spread = 2 / (9 * freedom)
  return (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread)
}

/** Kolmogorov and Smirnov's distance times √n; right draws stay below 2 (one in 1500 does not). */
export function distance(samples: readonly number[], cumulative: (x: number) => number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const gaps = sorted.map((x, index) =>
    Math.max(Math.abs(cumulative(x) - index / sorted.length), Math.abs((index + 1) / sorted.length - cumulative(x))),
  )
  return Math.max(...gaps.slice(0, 50_000)) * Math.sqrt(sorted.length)
}

/** How often each of 1, …, size came out of `draws` draws. */
export function countDraws(size: number, draws: number, draw: () => number): number[] {
  const counts = new Array<number>(size).fill(0)
  for (let index = 0; index < draws; index++) {
    const value = draw()
    counts[value - 1] = (counts[value - 1] ?? 0) + 1
  }
  return counts
}

/** Weights as probabilities. */
export function normalized(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => weight / total)
}
