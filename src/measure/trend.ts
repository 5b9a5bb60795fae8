/**
 * Whether something grows: the Theil-Sen slope and the lower end of its two-sided 95 % interval (Sen 1968: ranks of the pairwise
 * slopes by Kendall's variance). Robust against single outliers. Null for fewer than four points.
 */
export function trendOf(points: readonly (readonly [x: number, y: number])[]): { readonly slope: number; readonly lower: number } | null {
  const n = points.length
  if (n < 4) return null
  const slopes: number[] = []
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const [[x1, y1], [x2, y2]] = [points[i] as readonly [number, number], points[j] as readonly [number, number]]
      if (x2 !== x1) slopes.push((y2 - y1) / (x2 - x1))
    }
  }
  if (slopes.length === 0) return null
  slopes.sort((a, b) => a - b)
  const spread = 1.96 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const rank = Math.max(0, Math.floor((slopes.length - spread) / 2) - 1)
  return { slope: median(slopes), lower: slopes[rank] as number }
}

/** Of numbers in ascending order; NaN without any. */
function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2
  if (Number.isInteger(middle)) return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
  return sorted[Math.floor(middle)] ?? Number.NaN
}

/** Of numbers in any order; null without any. */
export function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : median([...values].sort((a, b) => a - b))
}
