import type { Sample } from './model.js'

const eighths = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** How time maps to columns: several columns to a second, or several seconds to a column. */
export interface TimeScale {
  readonly columnsPerSecond: number
  readonly secondsPerColumn: number
  /** Seconds that the whole width covers. */
  readonly seconds: number
}

/** Shows about `seconds` or more in `width` columns, in whole steps: a moving fraction would make the bars flicker. */
export function timeScale(seconds: number, width: number): TimeScale {
  if (width >= seconds) {
    const columnsPerSecond = Math.floor(width / seconds)
    return { columnsPerSecond, secondsPerColumn: 1, seconds: Math.floor(width / columnsPerSecond) }
  }
  // A few seconds less are better than half the detail.
  const secondsPerColumn = Math.ceil(seconds / width / 1.2)
  return { columnsPerSecond: 1, secondsPerColumn, seconds: secondsPerColumn * width }
}

/** How much to show of a window: in steps while the run is young, so that a short run fills its chart and a long one does not creep. */
export function chartSeconds(window_s: number, end_s: number): number {
  const step = [15, 30, 60, 150, 300].find(seconds => seconds >= end_s) ?? Math.ceil(end_s / 600) * 600
  return Math.min(window_s, step)
}

/**
 * Samples as columns, the newest at the right edge; null where there is none. Seconds that share a column are combined:
 * by `max` for latency, which must not hide a spike, by `mean` for throughput. Columns start at fixed seconds, so that
 * the picture shifts in whole columns and does not flicker.
 */
export function resample(
  samples: readonly Sample[],
  end_s: number,
  width: number,
  scale: TimeScale,
  combine: 'max' | 'mean',
): (number | null)[] {
  const groups = new Map<number, number[]>()
  const columnOf = (second: number) => Math.floor((second - 1) / scale.secondsPerColumn)
  const last = columnOf(Math.round(end_s))
  const first = last - Math.ceil(width / scale.columnsPerSecond)
  for (const { t_s, interval_s, value } of samples) {
    const end = Math.round(t_s)
    if (value === null || columnOf(end) < first) continue
    for (let second = Math.min(end, Math.round(t_s - interval_s) + 1); second <= end; second++) {
      groups.set(columnOf(second), [...(groups.get(columnOf(second)) ?? []), value])
    }
  }
  return Array.from({ length: width }, (_, column) => {
    const values = groups.get(last - Math.floor((width - 1 - column) / scale.columnsPerSecond))
    if (!values) return null
    return combine === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length
  })
}

/** One row of eighth blocks from 0 to `max`; whatever is above zero shows at least the lowest block. */
export function sparkline(values: readonly (number | null)[], max: number): string {
  return area(values, 1, max)[0] ?? ''
}

/** Bars of eighth blocks in `height` rows, top row first. */
export function area(values: readonly (number | null)[], height: number, max: number): string[] {
  const levels = values.map(value => level(value, height, max))
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * 8
    return levels.map(reached => eighths[Math.min(8, Math.max(0, reached - below))] || ' ').join('')
  })
}

/** A horizontal bar of at most `width` columns for 0 to 1, in whole columns; what is there at all shows. */
export function bar(fraction: number, width: number): string {
  if (fraction <= 0) return ''
  return '█'.repeat(Math.max(1, Math.round(fraction * width)))
}

/** The next round number above, so that an axis changes seldom and reads well. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(one => one * power >= value * 0.9999) ?? 10
  return Number((step * power).toPrecision(2))
}

function level(value: number | null, height: number, max: number): number {
  if (value === null || value <= 0 || max <= 0) return 0
  return Math.min(height * 8, Math.max(1, Math.round((value / max) * height * 8)))
}
