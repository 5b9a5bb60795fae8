import { formatCount, formatRate, printable } from '../../format.js'
import { outcomeNames } from '../../measure/outcome.js'
import { cell, type Line, line, rule, span } from '../line.js'
import type { ErrorRow, ViewModel } from '../model.js'

/** Conflicts and errors by code: what it is, how often now, how often so far, and whether it was tried again. */
export function errorsPanel(model: ViewModel, width: number, rows: number): Line[] {
  if (model.errors.length === 0) return [rule('Conflicts and errors', width), line(span(' none so far', 'dim'))]
  const what = Math.max(10, width - 32)
  const heading = line(
    cell(' CODE', 8, 'dim', 'left'),
    cell('', what, 'dim', 'left'),
    cell('/s', 6, 'dim'),
    cell('TOTAL', 8, 'dim'),
    span('  '),
  )
  const shown = model.errors.slice(0, rows - 2)
  return [rule('Conflicts and errors', width), heading, ...shown.map(error => errorLine(error, what))]
}

function errorLine(error: ErrorRow, what: number): Line {
  return line(
    cell(` ${error.code}`, 8, 'strong', 'left'),
    cell(outcomeNames[error.outcome], what, 'plain', 'left'),
    cell(formatRate(error.perSecond), 6),
    cell(formatCount(error.total), 8),
    error.retried ? span('  retried', 'retries') : span('  ✗ failed', 'bad'),
  )
}

/** The same with the server's own words, two rows each: the view for errors. */
export function errorMessages(model: ViewModel, width: number, rows: number): Line[] {
  const found = model.errors.slice(0, Math.floor((rows - 1) / 2))
  if (found.length === 0) return []
  return [
    rule('What the server said, one example each', width),
    ...found.flatMap(({ code, message, transaction }) => [
      line(span(` ${code}`, 'strong'), span(`  ${transaction}`, 'dim')),
      line(span(`   ${printable(message)}`)),
    ]),
  ]
}
