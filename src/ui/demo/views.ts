import { printable, wrapText } from '../../format.js'
import { smallest } from '../layout.js'
import { fitLine, fitRows, type Line, line, rule, span } from '../line.js'
import { tooSmall } from '../too-small.js'
import { footerLine } from './footer.js'
import { headerLines, shortHeader } from './header.js'
import { helpPanel } from './help.js'
import { largePanel } from './large.js'
import { locksPanel } from './locks-panel.js'
import type { DemoView } from './model.js'
import { type Scrolled, scrollTo } from './scroll.js'
import { stepsPanel } from './steps-panel.js'
import { openingText } from './tellings.js'
import { verdictPanel } from './verdict-panel.js'
import { waitLines } from './wait-lines.js'

/** What is to be seen, and how far it is really scrolled. */
type Picture = Pick<Scrolled, 'lines' | 'scroll'>

/** The whole screen: exactly `rows` − 1 lines of at most `columns` columns. */
export function drawDemo(view: DemoView, columns: number, rows: number): Picture {
  const height = Math.max(1, rows - 1)
  if (columns < smallest.columns || rows < smallest.rows) return { lines: fitRows(tooSmall(columns, rows), height), scroll: view.scroll }
  const header = view.large ? [shortHeader(view, columns)] : headerLines(view, columns)
  const said = noticeLines(view, columns)
  const room = height - header.length - said.length - 1
  const body = drawBody(view, columns, room)
  const lines = [...header, ...fitRows(body.lines, room), ...said, footerLine(view, columns)]
  return { lines: lines.map(each => fitLine(each, columns)), scroll: body.scroll }
}

function drawBody(view: DemoView, columns: number, rows: number): Picture {
  if (view.help) return scrolled(helpPanel(view, columns), columns, rows, view.scroll)
  if (view.page === 'verdict') return scrolled(verdictPanel(view, columns, rows), columns, rows, view.scroll)
  const locks = locksPanel(view, columns, Math.floor(rows * 0.4))
  const room = rows - locks.length
  if (view.large) {
    const { lines, scroll } = largePanel(view, columns, room)
    return { lines: [...fitRows(lines, room), ...locks], scroll }
  }
  const story = storyLines(view, columns, Math.floor(room / 3))
  const waits = waitsPanel(view, columns)
  const left = room - story.length - waits.length
  const { lines, scroll } = stepsPanel(view, columns, left)
  return { lines: [...story, ...fitRows(lines, left), ...waits, ...locks], scroll }
}

/** Before the first step. */
function storyLines({ demo, scene }: DemoView, columns: number, most: number): Line[] {
  if (scene.state.next !== 0) return []
  const text = wrapText(printable(openingText(demo, scene)), Math.min(columns - 2, 100)).map(each => line(span(` ${each}`)))
  return text.length > most ? [] : [[], ...text, []]
}

const mostWaits = 3

function waitsPanel({ scene }: DemoView, columns: number): Line[] {
  const lines = waitLines(scene.state)
  const body = lines.length === 0 ? [line(span(' nobody waits', 'dim'))] : lines.slice(0, mostWaits)
  return [rule('Who waits for whom', columns), ...body]
}

function scrolled(lines: readonly Line[], columns: number, rows: number, by: number): Picture {
  if (lines.length <= rows) return { lines: [...lines], scroll: 0 }
  const shown = scrollTo([lines], 0, rows - 1, by)
  const words = [shown.above > 0 ? `↑ ${shown.above} above` : '', shown.below > 0 ? `↓ ${shown.below} more` : '', 'by the arrow keys']
    .filter(Boolean)
    .join('   ')
  return { lines: [...shown.lines, fitLine(line(span(` ${words}`, 'dim')), columns)], scroll: shown.scroll }
}

const mostNoticeLines = 5

function noticeLines({ notice }: DemoView, columns: number): Line[] {
  if (notice === null) return []
  return wrapText(printable(notice), columns - 2)
    .slice(0, mostNoticeLines)
    .map(text => line(span(` ${text}`, 'warn')))
}
