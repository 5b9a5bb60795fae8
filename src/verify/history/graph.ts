import type { Facts } from './facts.js'
import { afterOwnAppend } from './own-keys.js'

/** What makes one transaction come before another; values are bits, so that several make a mask. */
export const Dependency = { ww: 1, wr: 2, rw: 4 } as const

/**
 * Which transaction came directly before which, and why. Edges are sorted by where they begin: transaction `t` has those from
 * `firstEdge[t]` to `firstEdge[t + 1]`.
 */
export interface Graph {
  readonly size: number
  readonly firstEdge: Int32Array
  readonly sources: Int32Array
  readonly targets: Int32Array
  readonly kinds: Uint8Array
  /** The operations that an edge comes from: of its source and of its target. */
  readonly causes: Int32Array
  readonly effects: Int32Array
}

/**
 * `ww`: its append is the next one in the list. `wr`: it read what the other appended last. `rw`: it read a list before the other
 * appended the next element.
 */
export function dependencyGraph(facts: Facts, previous: Int32Array): Graph {
  const edges: Edges = { causes: [], effects: [], kinds: [] }
  addWriteWrite(facts, edges)
  addReads(facts, previous, edges)
  return sortEdges(facts, edges)
}

interface Edges {
  readonly causes: number[]
  readonly effects: number[]
  readonly kinds: number[]
}

function add({ causes, effects, kinds }: Edges, cause: number, effect: number, kind: number): void {
  causes.push(cause)
  effects.push(effect)
  kinds.push(kind)
}

/** An element counts where it stands first, and if its transaction lives. */
function countsAt({ versionWriters, position, live, owner }: Facts, at: number, start: number): boolean {
  const writer = versionWriters[at] as number
  return writer !== -1 && position[writer] === at - start && live[owner[writer] as number] === 1
}

function addWriteWrite(facts: Facts, edges: Edges): void {
  const { history, firstVersion, versionWriters, owner } = facts
  for (let key = 0; key < history.keys.length; key++) {
    const start = firstVersion[key] as number
    let before = -1
    for (let at = start; at < (firstVersion[key + 1] as number); at++) {
      if (!countsAt(facts, at, start)) continue
      const writer = versionWriters[at] as number
      if (before !== -1 && owner[before] !== owner[writer]) add(edges, before, writer, Dependency.ww)
      before = writer
    }
  }
}

function addReads(facts: Facts, previous: Int32Array, edges: Edges): void {
  const { history, live, owner, chainWriters, agreed } = facts
  const { operationChains, operationValues, firstElement } = history
  const own = afterOwnAppend(history, previous)
  for (let operation = 0; operation < owner.length; operation++) {
    const chain = operationChains[operation] as number
    const reader = owner[operation] as number
    if (chain === -1 || live[reader] !== 1 || own[operation] === 1) continue
    const length = operationValues[operation] as number
    const last = length === 0 ? -1 : (chainWriters[(firstElement[chain] as number) + length - 1] as number)
    const writer = last === -1 ? -1 : (owner[last] as number)
    if (writer !== -1 && writer !== reader && live[writer] === 1) add(edges, last, operation, Dependency.wr)
    if (length > (agreed[chain] as number)) continue
    const next = nextAppend(facts, history.operationKeys[operation] as number, length, writer)
    if (next !== -1 && owner[next] !== reader) add(edges, operation, next, Dependency.rw)
  }
}

/** The first append from that place on that is not of the same writer: a transaction's own next element is no news of another. */
function nextAppend(facts: Facts, key: number, place: number, writer: number): number {
  const { firstVersion, versionWriters, owner } = facts
  const start = firstVersion[key] as number
  for (let at = start + place; at < (firstVersion[key + 1] as number); at++) {
    const next = versionWriters[at] as number
    if (countsAt(facts, at, start) && owner[next] !== writer) return next
  }
  return -1
}

function sortEdges({ history, owner }: Facts, { causes, effects, kinds }: Edges): Graph {
  const size = history.states.length
  const firstEdge = new Int32Array(size + 1)
  for (const cause of causes) {
    const after = (owner[cause] as number) + 1
    firstEdge[after] = (firstEdge[after] as number) + 1
  }
  for (let node = 0; node < size; node++) firstEdge[node + 1] = (firstEdge[node + 1] as number) + (firstEdge[node] as number)
  const free = firstEdge.slice()
  const [sources, targets] = [new Int32Array(causes.length), new Int32Array(causes.length)]
  const sorted = { kinds: new Uint8Array(causes.length), causes: new Int32Array(causes.length), effects: new Int32Array(causes.length) }
  causes.forEach((cause, index) => {
    const source = owner[cause] as number
    const at = free[source] as number
    free[source] = at + 1
    sources[at] = source
    targets[at] = owner[effects[index] as number] as number
    sorted.causes[at] = cause
    sorted.effects[at] = effects[index] as number
    sorted.kinds[at] = kinds[index] as number
  })
  return { size, firstEdge, sources, targets, ...sorted }
}
