import { displayWidth, fitTo, truncate } from '../format.js'
import type { Style } from './theme.js'

/** A piece of text in one style. */
export interface Span {
  readonly text: string
  readonly style: Style
}

/** One row of the screen. Panels are made of these; only Dashboard.tsx knows how they are drawn. */
export type Line = readonly Span[]

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style }
}

export function line(...spans: readonly (Span | string)[]): Line {
  return spans.map(one => (typeof one === 'string' ? span(one) : one))
}

export function lineWidth(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + displayWidth(text), 0)
}

/** Exactly `width` columns: padded with spaces, or cut with `…`. */
export function fitLine(spans: Line, width: number): Line {
  const kept: Span[] = []
  let left = width
  for (const one of spans) {
    const columns = displayWidth(one.text)
    if (columns > left) {
      if (left > 0) kept.push(span(truncate(one.text, left), one.style))
      left = Math.max(0, left - displayWidth(truncate(one.text, left)))
      return left > 0 ? [...kept, span(' '.repeat(left))] : kept
    }
    kept.push(one)
    left -= columns
  }
  return left > 0 ? [...kept, span(' '.repeat(left))] : kept
}

/** Exactly `rows` lines. */
export function fitRows(lines: readonly Line[], rows: number): Line[] {
  return [...lines.slice(0, rows), ...new Array<Line>(Math.max(0, rows - lines.length)).fill([])]
}

/** The left part, and the right part at the right edge; the right one stays whole as long as it fits. */
export function justify(left: Line, right: Line, width: number): Line {
  const room = Math.max(0, width - lineWidth(right))
  return [...fitLine(left, room), ...fitLine(right, width - room)]
}

/** Blocks side by side, `gap` columns apart. */
export function beside(blocks: readonly { readonly lines: readonly Line[]; readonly width: number }[], gap: number): Line[] {
  const rows = Math.max(0, ...blocks.map(block => block.lines.length))
  return Array.from({ length: rows }, (_, row) =>
    blocks.flatMap(({ lines, width }, at) => [...(at > 0 ? [span(' '.repeat(gap))] : []), ...fitLine(lines[row] ?? [], width)]),
  )
}

/** `─ Title ──────────`: one row, where a box would cost two and four columns. */
export function rule(title: string, width: number, note = ''): Line {
  const shown = truncate(title, width - 4)
  const rest = note && displayWidth(shown) + displayWidth(note) + 8 <= width ? `, ${note}` : ''
  const used = 3 + displayWidth(shown) + displayWidth(rest)
  return line(span('─ ', 'dim'), span(shown, 'title'), span(`${rest} ${'─'.repeat(Math.max(0, width - used))}`, 'dim'))
}

/** A bar of `width` columns, filled from 0 to 1 in half columns. */
export function progressBar(fraction: number, width: number, style: Style): Line {
  const halves = Math.round(Math.min(1, Math.max(0, fraction)) * width * 2)
  const filled = '━'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '╸' : '')
  return line(span(filled, style), span('─'.repeat(width - Math.ceil(halves / 2)), 'dim'))
}

export function cell(text: string, width: number, style: Style = 'plain', align: 'left' | 'right' = 'right'): Span {
  return span(fitTo(text, width, align), style)
}
