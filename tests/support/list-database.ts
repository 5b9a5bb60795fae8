import type { Operation, PlainHistory, PlainTransaction } from './histories.js'

/** What a transaction of the imaginary database wants to do. */
export interface Wish {
  readonly operations: readonly { readonly kind: 'read' | 'append'; readonly key: number }[]
  readonly end: PlainTransaction['state']
}

/**
 * `dirty`: everything is read as it stands · `statement`: each read sees what was committed then · `snapshot`: what was committed when
 * the transaction began, and nobody checks for conflicts.
 */
export type Weakness = 'dirty' | 'statement' | 'snapshot'

/**
 * Lists in an imaginary database that is as weak as asked for. `turns` says whose turn it is; a turn beyond the last operation commits
 * or rolls back. Appends are atomic; what is in doubt was committed for every second one.
 */
export function runWeakly(wishes: readonly Wish[], turns: readonly number[], weakness: Weakness): PlainHistory {
  let element = 0
  let inDoubtSeen = 0
  const lists = new Map<number, { readonly element: number; readonly owner: number }[]>()
  const committed = new Set<number>()
  const done = wishes.map((): Operation[] => [])
  const snapshots = wishes.map((): ReadonlySet<number> | null => null)
  const ended = new Set<number>()
  const step = (at: number) => {
    const wish = wishes[at]
    if (wish === undefined || ended.has(at)) return
    snapshots[at] ??= new Set(committed)
    const next = wish.operations[done[at]?.length ?? 0]
    if (next === undefined) return end(at, wish)
    const list = lists.get(next.key) ?? []
    if (next.kind === 'append') {
      element++
      lists.set(next.key, [...list, { element, owner: at }])
      done[at]?.push({ kind: 'append', key: next.key, element })
    } else {
      const visible = { dirty: null, statement: committed, snapshot: snapshots[at] ?? committed }[weakness]
      const seen = list.filter(one => visible === null || one.owner === at || visible.has(one.owner))
      done[at]?.push({ kind: 'read', key: next.key, list: seen.map(one => one.element) })
    }
  }
  const end = (at: number, { end: how }: Wish) => {
    ended.add(at)
    const happened = how === 'committed' || (how === 'inDoubt' && inDoubtSeen++ % 2 === 0)
    if (happened) committed.add(at)
    else
      for (const [key, list] of lists)
        lists.set(
          key,
          list.filter(one => one.owner !== at),
        )
  }
  turns.forEach(step)
  for (let at = 0; at < wishes.length; at++) while (!ended.has(at)) step(at)
  return {
    transactions: wishes.map(({ end: state }, at) => ({ state, operations: done[at] ?? [] })),
    finals: new Map([...lists].map(([key, list]) => [key, list.map(one => one.element)])),
  }
}
