import type { Graph } from './graph.js'

export interface Components {
  /** Of each transaction, the number of its component; −1: it is alone in it. */
  readonly of: Int32Array
  /** How many transactions each component has, two at least. */
  readonly sizes: readonly number[]
}

/**
 * The strongly connected components of those edges that are in the mask: transactions that each come before all the others. Tarjan's
 * algorithm, with a stack of its own instead of recursion: a history may be one path of a million transactions.
 */
export function stronglyConnected({ size, firstEdge, targets, kinds }: Graph, mask: number): Components {
  const of = new Int32Array(size).fill(-1)
  const sizes: number[] = []
  // 0: not seen yet.
  const order = new Int32Array(size)
  const lowest = new Int32Array(size)
  const nextEdge = firstEdge.slice(0, size)
  const open = new Uint8Array(size)
  const stack = new Int32Array(size)
  const path = new Int32Array(size)
  let [seen, stacked, depth] = [0, 0, 0]

  function enter(node: number): void {
    seen++
    order[node] = seen
    lowest[node] = seen
    open[node] = 1
    stack[stacked++] = node
    path[depth++] = node
  }

  function leave(node: number): void {
    depth--
    const parent = path[depth - 1]
    if (depth > 0 && parent !== undefined) lowest[parent] = Math.min(lowest[parent] as number, lowest[node] as number)
    if (lowest[node] !== order[node]) return
    const from = stack.lastIndexOf(node, stacked - 1)
    const members = stack.subarray(from, stacked)
    for (const member of members) {
      open[member] = 0
      if (members.length > 1) of[member] = sizes.length
    }
    if (members.length > 1) sizes.push(members.length)
    stacked = from
  }

  for (let root = 0; root < size; root++) {
    if (order[root] !== 0) continue
    enter(root)
    while (depth > 0) {
      const node = path[depth - 1] as number
      const edge = nextEdge[node] as number
      if (edge === firstEdge[node + 1]) {
        leave(node)
        continue
      }
      nextEdge[node] = edge + 1
      if (((kinds[edge] as number) & mask) === 0) continue
      const target = targets[edge] as number
      if (order[target] === 0) enter(target)
      else if (open[target] === 1) lowest[node] = Math.min(lowest[node] as number, order[target] as number)
    }
  }
  return { of, sizes }
}
