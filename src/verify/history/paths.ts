import { Dependency, type Graph } from './graph.js'

/** Which edges a path may take; `apart`: never two `rw` edges one right after the other, nor one at either end. */
export interface PathRule {
  readonly mask: number
  readonly apart: boolean
}

/** Finds shortest paths in one graph, as long as its patience lasts. */
export class PathFinder {
  /** How many more edges will be looked at. */
  patience: number
  private readonly graph: Graph
  private readonly component: Int32Array
  // Where `rw` edges must be apart, a node is there twice: as it is, and as it was reached over such an edge.
  private readonly stamps: Int32Array
  private readonly reachedOver: Int32Array
  private readonly reachedFrom: Int32Array
  private readonly queue: Int32Array
  private stamp = 0

  /** @param component of each node; paths do not leave the one that they begin in */
  constructor(graph: Graph, component: Int32Array, patience: number) {
    this.graph = graph
    this.component = component
    this.patience = patience
    this.stamps = new Int32Array(graph.size * 2)
    this.reachedOver = new Int32Array(graph.size * 2)
    this.reachedFrom = new Int32Array(graph.size * 2)
    this.queue = new Int32Array(graph.size * 2)
  }

  /** The edges of a shortest path, in order; null where there is none or the patience ran out. Breadth first. */
  find(from: number, to: number, { mask, apart }: PathRule): readonly number[] | null {
    const { component, stamps, queue } = this
    const { firstEdge, targets, kinds } = this.graph
    const stamp = ++this.stamp
    const start = from * 2 + (apart ? 1 : 0)
    let [head, tail] = [0, 0]
    stamps[start] = stamp
    queue[tail++] = start
    while (head < tail) {
      const state = queue[head++] as number
      const node = state >> 1
      const allowed = (state & 1) === 1 ? mask & ~Dependency.rw : mask
      const end = firstEdge[node + 1] as number
      for (let edge = firstEdge[node] as number; edge < end; edge++) {
        if (this.patience-- <= 0) return null
        const target = targets[edge] as number
        const kind = kinds[edge] as number
        if ((kind & allowed) === 0 || component[target] !== component[from]) continue
        const next = target * 2 + (apart && kind === Dependency.rw ? 1 : 0)
        if (stamps[next] === stamp) continue
        stamps[next] = stamp
        this.reachedOver[next] = edge
        this.reachedFrom[next] = state
        if (next === to * 2) return this.pathTo(next, start)
        queue[tail++] = next
      }
    }
    return null
  }

  private pathTo(end: number, start: number): readonly number[] {
    const path: number[] = []
    for (let state = end; state !== start; state = this.reachedFrom[state] as number) path.push(this.reachedOver[state] as number)
    return path.reverse()
  }
}
