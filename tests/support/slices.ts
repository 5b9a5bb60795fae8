import type { HistogramSlice } from '#oltp/measure/tick.js'

/** The slice that a recorder would hand over after these values (µs), by its own formula for buckets. */
export function sliceOf(values: readonly number[]): HistogramSlice {
  const counts = new Map<number, number>()
  for (const value of values) {
    const b = 21 - Math.clz32(value | 2047)
    const index = ((b + 1) << 10) + ((value >>> b) - 1024)
    counts.set(index, (counts.get(index) ?? 0) + 1)
  }
  return {
    buckets: [...counts].sort(([a], [b]) => a - b).flat(),
    count: values.length,
    sum_us: values.reduce((total, value) => total + value, 0),
    min_us: values.length === 0 ? 0 : Math.min(...values),
    max_us: values.length === 0 ? 0 : Math.max(...values),
  }
}
