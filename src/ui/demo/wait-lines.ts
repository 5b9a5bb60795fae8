import type { DemoState, WaitEdge } from '../../demo/facts.js'
import { printable } from '../../format.js'
import { type Line, line, span } from '../line.js'

const arrow = ' ──▶ '

/** Who waits for whom, a chain a line: `C ──▶ B ──▶ A`; a cycle comes back to where it began. Nothing where nobody waits. */
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
  readonly names: readonly string[]
  /** What the first in it waits for. */
  readonly lock: string
}

/** Every wait is in one chain: those for which nobody waits begin one. */
function chains(waits: readonly WaitEdge[]): Chain[] {
  const left = new Map(waits.map(wait => [wait.session, wait]))
  const awaited = new Set(waits.flatMap(({ blockers }) => blockers))
  const begins = [...waits.filter(({ session }) => !awaited.has(session)), ...waits]
  return begins.flatMap(({ session, lock }) => {
    const names = [session]
    for (let at = left.get(session); at !== undefined; ) {
      left.delete(at.session)
      const { blockers } = at
      names.push(blockers.length === 0 ? '?' : blockers.join(', '))
      at = blockers.length === 1 ? left.get(blockers[0] as string) : undefined
    }
    return names.length === 1 ? [] : [{ names, lock }]
  })
}

function chainLine({ names, lock }: Chain): Line {
  return line(span(` ${names.join(arrow)}`, 'warn'), span(`  ${printable(lock)}`, 'dim'))
}
