import { displayWidth, printable, wrapText } from '../../format.js'
import { clauseLines } from '../../scenario/demo/statement-lines.js'
import { beside, cell, fitRows, type Line, line, span } from '../line.js'
import { banner } from './banner.js'
import type { DemoView } from './model.js'
import { type Scrolled, scrollTo } from './scroll.js'
import { stepLines } from './step-lines.js'
import { type StepView, stepViews } from './step-view.js'
import { openingText } from './tellings.js'
import { waitLines } from './wait-lines.js'

const gap = 3
/** From which height on a session's name is drawn in big letters. */
const tallFrom = 18
const fewestLetters = 26

/** One statement at a time, the latest before it, and room between them. */
export function largePanel(view: DemoView, width: number, rows: number): Pick<Scrolled, 'lines' | 'scroll'> {
  const { state } = view.scene
  const waits = waitLines(state)
  const below = waits.length === 0 ? [] : [[], ...waits]
  const room = rows - below.length
  const steps = stepViews(view.scene, view.overdue)
  const next = steps.find(step => step.state === 'next')
  const names = Math.max(...state.sessions.map(({ name }) => displayWidth(name)))
  const seen = steps.filter(({ state: each }) => each !== 'planned' && each !== 'next')
  const begin =
    seen.length === 0 ? wrapText(printable(openingText(view.demo, view.scene)), width - 4).map(text => line(span(`  ${text}`))) : []
  const blocks = [
    ...(begin.length === 0 ? [] : [begin]),
    ...seen.map(step => blockOf(step, width, names, view.frame)),
    next === undefined ? endLines(view) : nextBlock(next, width, names, view.frame, rows >= tallFrom),
  ]
  const spaced = blocks.map(block => [[], ...block])
  const { lines, scroll } = scrollTo(spaced, spaced.length - 1, room, view.scroll)
  return { lines: [...fitRows(lines, room), ...below], scroll }
}

function blockOf(step: StepView, width: number, names: number, frame: number): Line[] {
  const lines = stepLines(step, width - names - 2 - gap - 1, frame)
  return lines.map((each, at) => [cell(at === 0 ? ` ${step.session}` : '', names + 2, 'strong', 'left'), span(' '.repeat(gap)), ...each])
}

function nextBlock(step: StepView, width: number, names: number, frame: number, tall: boolean): Line[] {
  const letters = tall ? banner(step.session, Math.max(fewestLetters, Math.floor(width / 3))) : null
  if (letters === null) return blockOf(step, width, names, frame)
  const nameWidth = (letters[0]?.length ?? 0) + 2
  const room = width - nameWidth - gap - 1
  return beside(
    [
      { lines: letters.map(row => line(span(`  ${row}`, 'tpsStrong'))), width: nameWidth },
      { lines: stepLines(step, room, frame, clauseLines), width: room },
    ],
    gap,
  )
}

function endLines({ scene: { state } }: DemoView): Line[] {
  if (state.finished) return [line(span(' That was all: space for the verdict', 'strong'))]
  return [line(span(state.cycle === null ? ' Space waits for the answer' : ' They wait for each other: space tells how it ends', 'strong'))]
}
