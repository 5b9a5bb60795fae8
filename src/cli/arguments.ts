import { InvalidArgumentError } from 'commander'

/** A whole number from 1. */
export function parsePositive(text: string): number {
  return wholeNumber(text, 1)
}

/** A whole number from 0. */
export function parseTries(text: string): number {
  return wholeNumber(text, 0)
}

/** `30s`, `500ms`, `2m`, `1h`, or plain seconds; in milliseconds. */
export function parseDurationMs(text: string): number {
  return duration(text, 1000)
}

/** As a duration; the load is counted once a second, so no less. */
export function parseIntervalMs(text: string): number {
  const interval = parseDurationMs(text)
  if (interval < 1000) throw new InvalidArgumentError('The load is counted once a second: write 1 or more.')
  return interval
}

/** `20ms`, `1s`, or plain milliseconds. */
export function parseMilliseconds(text: string): number {
  return duration(text, 1)
}

/** `500`, `500/s` or `30/m`; per second. */
export function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\/(s|m))?$/.exec(text)
  const rate = match ? Number(match[1]) / (match[2] === 'm' ? 60 : 1) : 0
  if (!(rate > 0)) throw new InvalidArgumentError('Write a rate, as in 500 or 500/s.')
  return rate
}

/** `name=value`, gathered. */
export function parseSetting(text: string, all: Record<string, string>): Record<string, string> {
  return { ...all, ...pair(text, 'Write name=value, as in accounts=100000.') }
}

/** `name=value`, gathered. */
export function parseLabel(text: string, all: Record<string, string>): Record<string, string> {
  return { ...all, ...pair(text, 'Write name=value, as in branch=main.') }
}

function pair(text: string, hint: string): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError(hint)
  return { [text.slice(0, at)]: text.slice(at + 1) }
}

function wholeNumber(text: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`Write a whole number from ${least}.`)
  return value
}

const unitMs: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function duration(text: string, plainUnitMs: number): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  if (!match) throw new InvalidArgumentError('Write a time with its unit, as in 30s, 500ms or 2m.')
  return Number(match[1]) * (match[2] === undefined ? plainUnitMs : (unitMs[match[2]] ?? plainUnitMs))
}
