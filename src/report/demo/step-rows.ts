import type { DemoResult } from '../../demo/result.js'
import { fitTo, printable } from '../../format.js'
import type { Paint } from '../paint.js'
import { type CellLine, stepCell } from './step-cell.js'

/** Narrower columns than this break a statement into too many lines: all sessions then share one. */
const narrowest = 22
const numberWidth = 5
const gap = 2

/** Sessions as columns, their statements as rows in the order of their numbers. */
export function stepRows(result: DemoResult, width: number, paint: Paint): readonly string[] {
  const sessions = Object.keys(result.commits)
  const room = Math.floor((width - numberWidth + gap) / sessions.length) - gap
  return room < narrowest ? oneColumn(result, sessions, width, paint) : columnEach(result, sessions, room, paint)
}

function columnEach(result: DemoResult, sessions: readonly string[], room: number, paint: Paint): readonly string[] {
  const row = (number: string, cells: readonly string[]) => `${number.padStart(3).padEnd(numberWidth)}${cells.join(' '.repeat(gap))}`
  const blank = ' '.repeat(room)
  return [
    row(
      '',
      sessions.map(session => fitTo(printable(session), room).replace(/\S+/, paint.strong)),
    ),
    row(
      '',
      sessions.map(() => paint.dim('─'.repeat(room))),
    ),
    ...result.steps.flatMap(step => {
      const before = sessions.slice(0, sessions.indexOf(step.session)).map(() => blank)
      return stepCell(step, room).map((line, at) => row(at === 0 ? `${step.number}` : '', [...before, painted(line, paint)]))
    }),
  ]
}

function oneColumn(result: DemoResult, sessions: readonly string[], width: number, paint: Paint): readonly string[] {
  const nameWidth = Math.min(12, Math.max(...sessions.map(session => session.length)))
  const room = width - numberWidth - nameWidth - gap
  return result.steps.flatMap(step =>
    stepCell(step, room).map((line, at) => {
      const [number, name] = at === 0 ? [`${step.number}`, step.session] : ['', '']
      const left = `${number.padStart(3).padEnd(numberWidth)}${paint.strong(fitTo(printable(name), nameWidth))}`
      return `${left}${' '.repeat(gap)}${painted(line, paint)}`
    }),
  )
}

function painted({ text, tone }: CellLine, paint: Paint): string {
  return tone === 'plain' ? text : paint[tone](text)
}
