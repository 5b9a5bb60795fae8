import type { DemoState, WaitEdge } from '../../demo/facts.js'
import { printable } from '../../format.js'
import { type Line, line, span } from '../line.js'

const arrow = ' ──▶ '
/** What the server has not told. */
const faint = ' ┄┄▶ '

/**
 * Who waits for whom, a chain a line: `C ──▶ B ──▶ A`, and `B ┄┄▶ A?` where the server does not name A; a cycle comes back to where it began.
 * Nothing where nobody waits.
 */
export function waitLines({ waits, cycle }: Pick<DemoState, 'waits' | 'cycle'>): Line[] {
  const inCycle = new Set(cycle ?? [])
  const others = waits.filter(({ session }) => !inCycle.has(session))
  const drawn =
    cycle === null
      ? []
      : [line(span(` ${[...cycle, cycle[0]].join(arrow)}`, 'bad'), span('  deadlock', 'bad'), span('  space tells how it ends', 'dim'))]
  return [...drawn, ...chains(others).map(chainLine)]
}

interface Chain {
  /** Who waits, and with its arrow each that is in the way of the one before. */
  readonly links: readonly string[]
  /** What the first in it waits for. */
  readonly lock: string
}

/** Every wait is in one chain: those for which nobody waits begin one. */
function chains(waits: readonly WaitEdge[]): Chain[] {
  const left = new Map(waits.map(wait => [wait.session, wait]))
  const awaited = new Set(waits.flatMap(({ blockers, inferred }) => [...blockers, ...inferred]))
  const begins = [...waits.filter(({ session }) => !awaited.has(session)), ...waits]
  return begins.flatMap(({ session, lock }) => {
    const links = [session]
    for (let at = left.get(session); at !== undefined; ) {
      left.delete(at.session)
      const { blockers, inferred } = at
      const [only, ...others] = [...blockers, ...inferred]
      links.push(linkTo(at))
      at = only === undefined || others.length > 0 ? undefined : left.get(only)
    }
    return links.length === 1 ? [] : [{ links, lock }]
  })
}

function linkTo({ blockers, inferred }: WaitEdge): string {
  const names = [...blockers, ...inferred.map(name => `${name}?`)]
  return `${blockers.length === 0 && inferred.length > 0 ? faint : arrow}${names.length === 0 ? '?' : names.join(', ')}`
}

function chainLine({ links, lock }: Chain): Line {
  return line(span(` ${links.join('')}`, 'warn'), span(`  ${printable(lock)}`, 'dim'))
}
