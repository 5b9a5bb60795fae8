import { displayWidth, printable } from '../../format.js'
import { cell, type Line, line, rule, span } from '../line.js'
import type { DemoView } from './model.js'

/** The locks that the sessions hold and ask for, `rows` of them with the heading. */
export function locksPanel({ locks, scene }: DemoView, width: number, rows: number): Line[] {
  if (locks === null || rows < 2) return []
  const title = rule(`Locks, as ${scene.server.product} lists them`, width)
  if (locks.length === 0) return [title, line(span(' none', 'dim'))]
  const names = Math.max(...locks.map(({ session }) => displayWidth(session)))
  const modes = Math.min(30, Math.max(...locks.map(({ mode }) => displayWidth(mode))))
  // Those that are waited for are why one looks.
  const sorted = [...locks].sort((a, b) => Number(a.granted) - Number(b.granted))
  const room = sorted.length > rows - 1 ? rows - 2 : rows - 1
  const shown = sorted
    .slice(0, room)
    .map(({ session, mode, object, granted }) =>
      line(
        cell(` ${session}`, names + 1, 'strong', 'left'),
        span(granted ? '  ✓ holds ' : '  … wants ', granted ? 'good' : 'warn'),
        cell(mode, modes, 'plain', 'left'),
        span(`  ${printable(object)}`),
      ),
    )
  return [title, ...shown, ...(room < sorted.length ? [line(span(` … ${sorted.length - room} more`, 'dim'))] : [])]
}
