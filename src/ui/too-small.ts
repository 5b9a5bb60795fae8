import { wrapText } from '../format.js'
import { smallest } from './layout.js'
import { type Line, line, span } from './line.js'

/** Instead of a picture, where there is no room for one. */
export function tooSmall(columns: number, rows: number): Line[] {
  const text = `oltp: ${columns}x${rows} is too small to draw in. Please make this terminal ${smallest.columns}x${smallest.rows} or larger.`
  return wrapText(text, columns).map(each => line(span(each, 'warn')))
}
