import type { Result } from '../measure/result.js'
import type { Paint } from './paint.js'

/** What the sections of a summary are written on. */
export interface Page {
  readonly result: Result
  readonly paint: Paint
  readonly width: number
}

/** Lines; none where there is nothing to say. */
export type Section = readonly string[]

/** The room that `labelled` takes at the left. */
export const labelWidth = 12

/** Lines with a word at the left of the first. */
export function labelled({ paint }: Page, label: string, lines: readonly string[]): Section {
  return lines.map((text, at) => `${at === 0 ? paint.strong(label.padEnd(labelWidth)) : ' '.repeat(labelWidth)}${text}`.trimEnd())
}
