import { printable, wrapText } from '../../format.js'
import { statementLines } from '../../scenario/demo/statement-lines.js'
import { type Line, line, span } from '../line.js'
import { spinner } from '../spinner.js'
import type { Style } from '../theme.js'
import { tableLines } from './answer-table.js'
import type { StepView } from './step-view.js'

const marks: { readonly [state in StepView['state']]: readonly [mark: string, sql: Style] } = {
  planned: [' ', 'dim'],
  next: ['▸', 'strong'],
  deferred: ['»', 'dim'],
  waiting: ['…', 'plain'],
  done: ['✓', 'plain'],
  failed: ['✗', 'plain'],
  skipped: ['–', 'dim'],
}

const markStyles: { readonly [state in StepView['state']]: Style } = {
  planned: 'dim',
  next: 'tpsStrong',
  deferred: 'warn',
  waiting: 'warn',
  done: 'good',
  failed: 'bad',
  skipped: 'dim',
}

const indent = 2
const mostRows = 6

/** A step in `width` columns: its mark and statement, then what came of it. */
export function stepLines(step: StepView, width: number, frame: number, write = statementLines): Line[] {
  const room = Math.max(8, width - indent)
  const [, style] = marks[step.state]
  const [first = '', ...rest] = write(step.sql, room)
  return [
    line(span(`${markOf(step, frame)} `, markStyles[step.state]), span(first, style)),
    ...rest.map(text => indented(line(span(text, style)))),
    ...step.remarks.flatMap(({ text, style: own }) => wrapText(printable(text), room).map(part => indented(line(span(part, own))))),
    ...(step.table === null ? [] : tableLines(step.table, room, mostRows).map(indented)),
    ...(step.note === null ? [] : wrapText(printable(step.note), room).map(part => indented(line(span(part, 'dim'))))),
  ]
}

function markOf({ state, turning }: StepView, frame: number): string {
  return turning ? spinner(frame) : marks[state][0]
}

function indented(of: Line): Line {
  return [span(' '.repeat(indent)), ...of]
}
