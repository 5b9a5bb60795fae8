import { formatClock, printable } from '../../format.js'
import { cell, type Line, line, rule, span } from '../line.js'
import type { ViewModel } from '../model.js'
import type { ScreenEvent } from '../state.js'
import type { Style } from '../theme.js'

/** What happened, the newest first. */
export function eventsPanel(model: ViewModel, width: number, rows: number): Line[] {
  if (rows === 0) return []
  return [rule('Events', width), ...model.events.slice(0, rows - 1).map(eventLine)]
}

function eventLine({ t_s, level, text, times }: ScreenEvent): Line {
  const [mark, style] = marks[level]
  return line(
    cell(t_s === null ? '' : formatClock(t_s), 6, 'dim'),
    span(` ${mark} `, style),
    span(printable(text), level === 'error' ? 'bad' : 'plain'),
    span(times > 1 ? `  ×${times}` : '', 'dim'),
  )
}

const marks: { readonly [level in ScreenEvent['level']]: readonly [string, Style] } = {
  info: ['·', 'dim'],
  warning: ['!', 'warn'],
  error: ['✗', 'bad'],
}
