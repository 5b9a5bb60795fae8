import type { StepFact } from '../../demo/facts.js'
import { displayWidth } from '../../format.js'
import { cell, fitLine, fitRows, type Line, line, lineWidth, type Span, span } from '../line.js'
import type { DemoView } from './model.js'
import { type Scrolled, scrollTo } from './scroll.js'
import { sessionRows, sessionSpans } from './sessions.js'
import { stepLines } from './step-lines.js'
import { type StepView, stepViews } from './step-view.js'

/** Narrower than this, a statement is broken more often than it can be read. */
const leastCell = 28
const numberWidth = 4
const separator = ' │ '

/** Every step in the order of the schedule: sessions as columns, or, where those would be too narrow, as lanes before full lines. */
export function stepsPanel(view: DemoView, width: number, rows: number): Pick<Scrolled, 'lines' | 'scroll'> {
  const { sessions } = view.scene.state
  const cellWidth = Math.floor((width - numberWidth - separator.length * (sessions.length - 1)) / sessions.length)
  const table = cellWidth >= leastCell ? columnsOf(view, cellWidth) : lanesOf(view, width)
  const room = rows - table.heading.length
  const spaced = table.blocks.map((block, at) => (at === 0 ? block : [[], ...block]))
  const loose = spaced.flat().length <= room
  const { lines, above, below, scroll } = scrollTo(loose ? spaced : table.blocks, focusOf(view), room, view.scroll)
  return { lines: [...withHints(table.heading, above, below), ...fitRows(lines, room)], scroll }
}

interface Table {
  readonly heading: readonly Line[]
  /** One per step. */
  readonly blocks: readonly (readonly Line[])[]
}

function columnsOf(view: DemoView, cellWidth: number): Table {
  const { state } = view.scene
  const names = state.sessions.map(({ name }) => name)
  const joined = (cells: readonly Line[], number: Span): Line => [
    number,
    ...cells.flatMap((each, at) => [...(at === 0 ? [] : [span(separator, 'dim')]), ...fitLine(each, cellWidth)]),
  ]
  const heading = joined(
    state.sessions.map(session => [span('  '), ...sessionSpans(session, view.scene)]),
    span(' '.repeat(numberWidth)),
  )
  const blocks = stepViews(view.scene, view.overdue).map((step, index) => {
    const own = stepLines(step, cellWidth, view.frame)
    return own.map((content, row) =>
      joined(
        names.map(name => (name === step.session ? content : waitsDuring(state.facts, name, index) ? line(span('┊', 'warn')) : [])),
        numberOf(step, row),
      ),
    )
  })
  return { heading: [heading, underline(cellWidth, names.length)], blocks }
}

function underline(cellWidth: number, columns: number): Line {
  return line(span(`${'─'.repeat(numberWidth)}${new Array(columns).fill('─'.repeat(cellWidth)).join('─┼─')}`, 'dim'))
}

/** Lanes wider than this cost more than they show. */
const mostLanes = 24

function lanesOf(view: DemoView, width: number): Table {
  const { state } = view.scene
  const names = state.sessions.map(({ name }) => name)
  const lane = Math.max(...names.map(displayWidth)) + 1
  const indented = lane * names.length <= mostLanes
  const lanesWidth = indented ? lane * names.length : lane
  const blocks = stepViews(view.scene, view.overdue).map((step, index) =>
    stepLines(step, width - numberWidth - lanesWidth, view.frame).map((content, row) => {
      const lanes = (indented ? names : [step.session]).map(name => {
        const mine = name === step.session && row === 0
        return mine
          ? cell(name, lane, 'strong', 'left')
          : waitsDuring(state.facts, name, index)
            ? cell('┊', lane, 'warn', 'left')
            : cell('', lane)
      })
      return [numberOf(step, row), ...lanes, ...content]
    }),
  )
  return { heading: [...sessionRows(view.scene, width), line(span('─'.repeat(width), 'dim'))], blocks }
}

function numberOf({ number, state }: StepView, row: number): Span {
  if (row > 0) return span(' '.repeat(numberWidth))
  return cell(`${number} `, numberWidth, state === 'next' ? 'strong' : 'dim')
}

/** Whether a session waited while another had this step. */
function waitsDuring(facts: readonly StepFact[], session: string, index: number): boolean {
  return facts.some((fact, began) => {
    if (fact.session !== session || fact.waited === null || index <= began) return false
    if (fact.status === 'waiting') return facts[index]?.status !== 'planned'
    return fact.wokenBy !== null && index <= fact.wokenBy
  })
}

/** The step that is next, or what moved last. */
function focusOf({ scene: { state } }: DemoView): number {
  return state.next ?? state.facts.length - 1
}

function withHints(heading: readonly Line[], above: number, below: number): Line[] {
  const hints = [above > 0 ? `↑ ${above}` : '', below > 0 ? `↓ ${below}` : ''].filter(Boolean).join('  ')
  if (hints === '') return [...heading]
  return heading.map((each, at) => {
    if (at !== heading.length - 1) return each
    const width = lineWidth(each)
    return [...fitWithout(each, width - hints.length - 2), span(` ${hints} `, 'dim')]
  })
}

/** The first `width` columns, without the mark of a cut. */
function fitWithout(each: Line, width: number): Line {
  const text = each.map(({ text: part }) => part).join('')
  return line(span(text.slice(0, Math.max(0, width)), 'dim'))
}
