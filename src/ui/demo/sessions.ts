import type { SessionState } from '../../demo/facts.js'
import type { Scene } from '../../demo/player.js'
import { forWhom } from '../../demo/whom.js'
import { printable } from '../../format.js'
import { formatValue } from '../../scenario/format-value.js'
import { type Line, lineWidth, type Span, span } from '../line.js'
import type { Style } from '../theme.js'

/** A session's name, how it stands, and what it knows. */
export function sessionSpans(session: SessionState, scene: Scene): Span[] {
  const known = Object.entries(session.saved).map(([name, value]) => `${name} = ${printable(formatValue(value))}`)
  return [...standing(session, scene), ...(known.length === 0 ? [] : [span(`  ${known.join(', ')}`, 'dim')])]
}

/** The same of all of them in rows, without what they know. */
export function sessionRows(scene: Scene, width: number): Line[] {
  const rows: Span[][] = []
  for (const session of scene.state.sessions) {
    const spans = [span(' '), ...standing(session, scene), span('  ')]
    const last = rows.at(-1)
    if (last !== undefined && lineWidth([...last, ...spans]) <= width) last.push(...spans)
    else rows.push(spans)
  }
  return rows
}

function standing(session: SessionState, { plot, state }: Scene): Span[] {
  const wait = state.waits.find(edge => edge.session === session.name)
  const level = plot.levels[session.name]
  const whom = wait === undefined ? '' : forWhom(wait)
  const [words, style] = session.state === 'waiting' ? ([`… waits${whom}`, 'warn'] as const) : states[session.state]
  return [span(session.name, 'strong'), span(`  ${words}`, style), ...(level === undefined ? [] : [span(`  ${level}`, 'latency')])]
}

const states: { readonly [state in Exclude<SessionState['state'], 'waiting'>]: readonly [string, Style] } = {
  idle: ['idle', 'dim'],
  'in transaction': ['in transaction', 'plain'],
  'gave up': ['✗ gave up', 'bad'],
}
