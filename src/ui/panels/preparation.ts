import { displayWidth, fitTo, formatPercent, printable } from '../../format.js'
import type { PreparationStep } from '../../run/events.js'
import { cell, fitRows, type Line, line, progressBar, rule, span } from '../line.js'
import type { ViewModel } from '../model.js'
import { spinner } from '../spinner.js'

/** What is being made ready, step by step. */
export function preparationPanel(model: ViewModel, width: number, rows: number): Line[] {
  const steps = model.preparation
  const names = Math.min(Math.max(16, ...steps.map(({ label }) => displayWidth(label))), Math.floor(width / 2))
  const body = steps.flatMap(step => stepLines(step, names, width, model.elapsed_s))
  const notices = model.events.map(({ text, level }) =>
    line(span(` ${level === 'info' ? '·' : '!'} ${printable(text)}`, level === 'info' ? 'dim' : 'warn')),
  )
  const waiting = steps.length === 0 ? [line(span(' one moment …', 'dim'))] : []
  // The last rows matter: the step at hand is at the end.
  const room = rows - 2
  return fitRows(
    [[], rule('Getting ready', width), ...[...waiting, ...body, ...(notices.length > 0 ? [[], ...notices] : [])].slice(-room)],
    rows,
  )
}

function stepLines(step: PreparationStep, names: number, width: number, elapsed_s: number): Line[] {
  const label = fitTo(printable(step.label), names)
  const detail = printable(step.detail)
  if (step.state === 'done') return [line(span(' ✓ ', 'good'), span(label), span(`  ${detail}`, 'dim'))]
  if (step.state === 'failed') return [line(span(' ✗ ', 'bad'), span(label, 'bad'), span(`  ${detail}`))]
  const turning = span(` ${spinner(Math.floor(elapsed_s * 4))} `, 'warn')
  if (step.fraction === null) return [line(turning, span(label, 'strong'), span(`  ${detail}`))]
  const room = width - names - 5
  const bar = [...progressBar(step.fraction, Math.min(40, room - 6), 'tps'), cell(formatPercent(step.fraction), 6)]
  return [line(turning, span(label, 'strong'), span('  '), ...bar), line(span(`${' '.repeat(names + 5)}${detail}`, 'dim'))]
}
