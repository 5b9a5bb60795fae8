const durationUnits: { readonly [unit: string]: number } = { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }
const rateUnits: { readonly [unit: string]: number } = { s: 1, m: 60, min: 60, h: 3600 }

/** `500us`, `5ms`, `1.5s`, `2m`, `1h` in milliseconds; null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|m|min|h)$/.exec(text.trim())
  if (!match) return null
  return finite(Number(match[1]) * (durationUnits[match[2] ?? ''] ?? Number.NaN))
}

/** `500/s`, `30/m`, `2/h` in events per second; null when the text is not a rate. */
export function parseRate(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*\/\s*(s|m|min|h)$/.exec(text.trim())
  if (!match) return null
  return finite(Number(match[1]) / (rateUnits[match[2] ?? ''] ?? Number.NaN))
}

/** `30%` as 0.3; null when the text is not a percentage. */
export function parsePercentage(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())
  return match ? finite(Number(match[1]) / 100) : null
}

/** A duration for people, in its largest whole unit: `90s`, `2m`, `500ms`. */
export function formatDuration(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  }
  return ms === 0 ? '0s' : `${Math.round(ms * 1000)}us`
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
