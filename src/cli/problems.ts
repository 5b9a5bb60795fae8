import type { Problem, SourceLocation } from '../errors.js'
import { displayWidth, printable } from '../format.js'

const widest = 100

/**
 * One problem as a block of text: what was found, where, the line with carets under the place, and what to do next. Whatever
 * comes from a file is shown without control characters, and long lines are cut around the place.
 */
export function formatProblem(problem: Problem, colour: boolean): string {
  const paint = colour ? coloured : plain
  const lines = [`${paint.red('error')}${paint.bold(`: ${printable(problem.message)}`)}`]
  if (problem.location) lines.push(...excerpt(problem.location, problem.label, paint))
  if (problem.hint) lines.push(`${paint.blue('help')}: ${printable(problem.hint)}`)
  return lines.join('\n')
}

interface Paint {
  red(text: string): string
  blue(text: string): string
  bold(text: string): string
}

// Whether colour is wanted is the caller's decision, not the environment's: so no library that looks there.
const sgr = (code: string) => (text: string) => `\u001b[${code}m${text}\u001b[0m`
const coloured: Paint = { red: sgr('1;31'), blue: sgr('1;34'), bold: sgr('1') }
const same = (text: string) => text
const plain: Paint = { red: same, blue: same, bold: same }

function excerpt(location: SourceLocation, label: string | undefined, paint: Paint): string[] {
  const { before, marked, after } = cut(location)
  const number = String(location.line)
  const margin = ' '.repeat(number.length)
  const carets = '^'.repeat(Math.max(1, displayWidth(marked)))
  return [
    `${margin}${paint.blue('-->')} ${printable(location.file)}:${location.line}:${location.column}`,
    `${margin} ${paint.blue('|')}`,
    `${paint.blue(`${number} |`)} ${before}${marked}${after}`,
    `${margin} ${paint.blue('|')} ${' '.repeat(displayWidth(before))}${paint.red(`${carets}${label ? ` ${printable(label)}` : ''}`)}`,
  ]
}

/** The line in three parts, at most about a hundred columns of it. */
function cut({ text, column, length }: SourceLocation): { before: string; marked: string; after: string } {
  const start = Math.min(column - 1, text.length)
  const end = Math.min(start + length, text.length)
  let [before, marked, after] = [visible(text.slice(0, start)), visible(text.slice(start, end)), visible(text.slice(end))]
  if (marked.length > widest) marked = `${marked.slice(0, widest - 1)}…`
  const room = widest - marked.length
  const left = Math.max(Math.ceil(room / 2), room - after.length)
  if (before.length > left) before = `…${before.slice(before.length - Math.max(0, left - 1))}`
  const right = Math.max(0, widest - before.length - marked.length)
  if (after.length > right) after = `${after.slice(0, Math.max(0, right - 1))}…`
  return { before, marked, after }
}

/** Character for character, so that the carets stay where they belong: a tab is one space wide, and what could move the cursor is a space. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, ' ')
}
