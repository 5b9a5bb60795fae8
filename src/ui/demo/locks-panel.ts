import { displayWidth, printable } from '../../format.js'
import { cell, type Line, line, rule, span } from '../line.js'
import type { DemoView } from './model.js'

/**
 * The locks that the sessions hold and ask for, and who may hold one that is asked for, where the server does not list it: at most `rows`
 * lines with the heading.
 */
export function locksPanel({ locks, scene }: DemoView, width: number, rows: number): Line[] {
  if (locks === null || rows < 2) return []
  const title = rule(`Locks, as ${scene.server.product} lists them`, width)
  const waits = scene.state.waits.filter(({ inferred }) => inferred.length > 0)
  if (locks.length === 0 && waits.length === 0) return [title, line(span(' none', 'dim'))]
  const names = Math.max(...scene.state.sessions.map(({ name }) => displayWidth(name)))
  const modes = Math.min(30, Math.max(0, ...locks.map(({ mode }) => displayWidth(mode))))
  // Those that are waited for are why one looks.
  const sorted = [...locks].sort((a, b) => Number(a.granted) - Number(b.granted))
  const lines = [
    ...waits.flatMap(({ session, inferred }) =>
      inferred.map(name =>
        line(cell(` ${name}`, names + 1, 'strong', 'left'), span('  ? may hold ', 'warn'), span(`what ${session} wants`)),
      ),
    ),
    ...sorted.map(({ session, mode, object, granted }) =>
      line(
        cell(` ${session}`, names + 1, 'strong', 'left'),
        span(granted ? '  ✓ holds ' : '  … wants ', granted ? 'good' : 'warn'),
        cell(mode, modes, 'plain', 'left'),
        span(`  ${printable(object)}`),
      ),
    ),
  ]
  const room = lines.length > rows - 1 ? rows - 2 : rows - 1
  return [title, ...lines.slice(0, room), ...(room < lines.length ? [line(span(` … ${lines.length - room} more`, 'dim'))] : [])]
}
