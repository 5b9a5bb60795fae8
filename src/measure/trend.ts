type Point = readonly [x: number, y: number]

/** More than this are taken together, or a day of seconds would have billions of slopes. */
const mostPoints = 500

export interface Trend {
  readonly slope: number
  readonly lower: number
  readonly upper: number
}

/**
 * Whether something grows: the Theil-Sen slope and the ends of its two-sided 95 % interval (Sen 1968: ranks of the pairwise
 * slopes by Kendall's variance). Robust against single outliers. Null for fewer than four points. Of long series it is that of the
 * means of neighbours.
 *
 * @param options.correlated neighbouring points may be alike: the interval is widened by as much as they are (Hamed and Rao 1998)
 */
export function trendOf(series: readonly Point[], options = { correlated: false }): Trend | null {
  const points = thinned(series)
  const n = points.length
  if (n < 4) return null
  const slopes: number[] = []
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const [[x1, y1], [x2, y2]] = [points[i] as Point, points[j] as Point]
      if (x2 !== x1) slopes.push((y2 - y1) / (x2 - x1))
    }
  }
  if (slopes.length === 0) return null
  slopes.sort((a, b) => a - b)
  const slope = median(slopes)
  const widening = options.correlated ? likeness(points.map(([x, y]) => y - slope * x)) : 1
  const spread = 1.96 * widening * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const rank = Math.max(0, Math.floor((slopes.length - spread) / 2) - 1)
  return { slope, lower: slopes[rank] as number, upper: slopes[slopes.length - 1 - rank] as number }
}

function thinned(points: readonly Point[]): readonly Point[] {
  const width = Math.ceil(points.length / mostPoints)
  if (width <= 1) return points
  return Array.from({ length: Math.ceil(points.length / width) }, (_, at) => {
    const group = points.slice(at * width, (at + 1) * width)
    const mean = (axis: 0 | 1) => group.reduce((sum, point) => sum + point[axis], 0) / group.length
    return [mean(0), mean(1)] as const
  })
}

/** How much larger neighbours that are alike make the standard error: by their autocorrelation, where it is positive. */
function likeness(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviations = values.map(value => value - mean)
  const variance = deviations.reduce((sum, one) => sum + one * one, 0)
  const alike = deviations.reduce((sum, one, at) => sum + one * (deviations[at + 1] ?? 0), 0)
  const correlation = variance === 0 ? 0 : Math.min(0.8, Math.max(0, alike / variance))
  return Math.sqrt((1 + correlation) / (1 - correlation))
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
