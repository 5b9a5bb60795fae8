import type { DemoResult } from '../../demo/result.js'
import { printable, wrapText } from '../../format.js'
import type { Demo } from '../../scenario/demo/model.js'
import { createPaint, type Paint } from '../paint.js'
import { stepRows } from './step-rows.js'
import { verdictLines } from './verdict-lines.js'

export interface TranscriptStyle {
  readonly colour: boolean
  /** Of the terminal. */
  readonly columns: number
}

/**
 * A demo that was played, to be read and pasted: sessions as columns, steps as rows in the order of their numbers, then the verdict and
 * what it rests on. From 60 columns to 120.
 */
export function transcribe(result: DemoResult, demo: Demo, { colour, columns }: TranscriptStyle): string {
  const paint = createPaint(colour)
  const width = Math.max(60, Math.min(120, columns))
  const sections = [heading(result, demo, width, paint), stepRows(result, width, paint), verdictLines(result, width, paint)]
  return `${sections.map(lines => lines.map(line => line.trimEnd()).join('\n')).join('\n\n')}\n`
}

function heading(result: DemoResult, demo: Demo, width: number, paint: Paint): readonly string[] {
  const variant = demo.variants.find(({ name }) => name === result.variant)
  const title = variant === undefined ? `${demo.name}: ${demo.title}` : `${demo.name}, ${variant.name}: ${variant.title}`
  const told = variant === undefined ? demo.story : (variant.cost ?? '') === '' ? '' : `The cost: ${variant.cost}.`
  const levels = Object.entries(result.levels).map(([session, level]) => `${session} ${level}`)
  const place = `${result.product} ${result.version}, ${[result.isolation, ...levels].join(', ')}`
  return [
    ...wrapText(printable(title), width).map(paint.strong),
    paint.dim(printable(place)),
    ...(told === '' ? [] : ['', ...wrapText(printable(told), width)]),
  ]
}
