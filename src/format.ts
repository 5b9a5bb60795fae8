import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'

/** `1842` → `1,842`. Rounds to whole numbers. */
export function formatCount(value: number): string {
  const digits = Math.round(Math.abs(value)).toString()
  const grouped = digits.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return value < 0 && digits !== '0' ? `-${grouped}` : grouped
}

/** A rate or a mean with three significant digits while it is small: `0.25`, `3.18`, `42.7`, `1,842`. */
export function formatRate(value: number): string {
  if (value === 0) return '0'
  if (value < 9.995) return value.toFixed(2)
  return value < 99.95 ? value.toFixed(1) : formatCount(value)
}

/** At most four characters up to a trillion, for axes: `950`, `2.0k`, `15k`, `1.2M`. */
export function formatShort(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T']
  let scaled = Math.abs(value)
  let unit = 0
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000
    unit++
  }
  const whole = Number.isInteger(scaled) && unit === 0
  const digits = whole || scaled >= 9.95 ? scaled.toFixed(0) : scaled.toFixed(1)
  return `${value < 0 ? '-' : ''}${digits}${units[unit]}`
}

/** Microseconds as milliseconds without the unit, three significant digits: `0.085`, `3.14`, `12.4`, `1,234`; `–` for no data. */
export function formatMs(us: number | null): string {
  if (us === null) return '–'
  const ms = us / 1000
  if (ms === 0) return '0'
  if (ms < 0.0995) return ms.toFixed(3)
  return formatRate(ms)
}

/** Microseconds with the unit that suits them: `850 µs`, `12.4 ms`, `1.25 s`, `2:05 min`. */
export function formatLatency(us: number | null): string {
  if (us === null) return '–'
  if (us < 1000) return `${Math.round(us)} µs`
  if (us < 999_500) return `${formatMs(us)} ms`
  return us < 99_950_000 ? `${formatRate(us / 1e6)} s` : `${formatClock(us / 1e6)} min`
}

/** Seconds as a length of time: `0.8 s`, `12 s`, `2:05 min`, `1:00:00 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`
  if (seconds < 119.5) return `${Math.round(seconds)} s`
  return `${formatClock(seconds)} ${seconds < 3599.5 ? 'min' : 'h'}`
}

/** Seconds on a clock: `0:47`, `12:05`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(whole / 60) % 60
  const hours = Math.floor(whole / 3600)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** 0 to 1 as a percentage: `0%`, `0.03%`, `2.0%`, `57%`. What is not all never reads as 100%. */
export function formatPercent(fraction: number): string {
  const percent = fraction * 100
  if (percent === 0) return '0%'
  if (percent < 0.095) return percent < 0.005 ? '<0.01%' : `${percent.toFixed(2)}%`
  if (percent < 9.95) return `${percent.toFixed(1)}%`
  return percent < 100 ? `${Math.min(percent, 99).toFixed(0)}%` : `${percent.toFixed(0)}%`
}

/** `61.4 MB`, powers of 1000. */
export function formatBytes(bytes: number): string {
  return `${formatShort(bytes).replace(/([kMGT])?$/, (_, unit: string | undefined) => ` ${unit ?? ''}B`)}`
}

/** Columns that a text takes on a terminal: wide characters count two, combining ones none. */
export function displayWidth(text: string): number {
  return oneColumnEach.test(text) ? text.length : stringWidth(text)
}

/** Cuts to at most `width` columns; a cut is marked with `…`. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  if (width <= 0) return ''
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const columns = displayWidth(segment)
    if (used + columns > width - 1) break
    kept += segment
    used += columns
  }
  return `${kept}…`
}

/** Exactly `width` columns: padded, or cut with `…`. */
export function fitTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = truncate(text, width)
  const padding = ' '.repeat(Math.max(0, width - displayWidth(cut)))
  return align === 'left' ? cut + padding : padding + cut
}

/** Breaks at spaces into lines of at most `width` columns; a word longer than that is cut. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (displayWidth(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = truncate(word, width)
  }
  return line === '' ? lines : [...lines, line]
}

/** One line that is safe to show: no escape sequences, control or direction-changing characters in what a server or a file said. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(invisible, ' ').replace(/ {2,}/g, ' ').trim()
}

/** How many per one, as in 0.35 retries per transaction. */
export function formatRatio(value: number): string {
  if (value === 0) return '0'
  return value < 0.005 ? '<0.01' : value.toFixed(2)
}

/** Whether to colour what goes to a stream: NO_COLOR, then FORCE_COLOR, then TERM=dumb, then whether it is a terminal. */
export function wantsColour(env: { readonly [name: string]: string | undefined }, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return env.TERM !== 'dumb' && isTerminal
}

// ASCII and the box and block characters: nearly all that is drawn, and measured for every cell of every frame.
const oneColumnEach = /^[\x20-\x7e\u2500-\u259f]*$/

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

// Controls, zero-width and direction-changing characters (the joiner U+200D stays: emoji need it).
const invisible = /[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu

/** `A`, `A and B`, `A, B and C`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
