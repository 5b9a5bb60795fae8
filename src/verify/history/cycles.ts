import type { AnomalyName } from '../../scenario/anomalies.js'
import { stronglyConnected } from './components.js'
import { Dependency, type Graph } from './graph.js'
import { PathFinder, type PathRule } from './paths.js'

/** Edges, each beginning where the one before ends, the last one ending where the first one begins. */
export type Cycle = readonly number[]

/** Edges that all searches together look at: more than this, and what is left is not counted. */
const patience = 20_000_000

const { ww, wr, rw } = Dependency

/**
 * Names the cycles of a graph: of every edge that may close one, the shortest, and each only once, by the worst name that one of its
 * edges gives it.
 *
 * @returns false when there were more than could be looked at
 */
export function nameCycles(graph: Graph, found: (name: AnomalyName, cycle: Cycle) => void, edgesLookedAt = patience): boolean {
  const all = stronglyConnected(graph, ww | wr | rw)
  if (all.sizes.length === 0) return true
  const overwritten = stronglyConnected(graph, ww)
  const readInCircles = stronglyConnected(graph, ww | wr)
  let left = edgesLookedAt
  const search = (component: Int32Array, closing: number, rules: readonly Rule[]) => {
    const finder = new PathFinder(graph, component, left)
    const known = new Map<string, Hit>()
    for (const edge of closingEdges(graph, component, closing)) {
      const hit = firstHit(graph, finder, edge, rules)
      if (hit === null) continue
      finder.patience -= hit.cycle.length
      const key = keyOf(graph, hit.cycle)
      const same = known.get(key)
      if (same === undefined || hit.rule < same.rule) known.set(key, hit)
    }
    for (const { rule, cycle } of known.values()) found((rules[rule] as Rule).name, cycle)
    left = finder.patience
  }
  if (overwritten.sizes.length > 0) search(overwritten.of, ww, [{ name: 'G0', mask: ww, apart: false }])
  if (readInCircles.sizes.length > 0) search(readInCircles.of, wr, [{ name: 'G1c', mask: ww | wr, apart: false }])
  search(all.of, rw, antiDependencyRules)
  return left > 0
}

interface Rule extends PathRule {
  readonly name: AnomalyName
}

/** By how the way back from the end of an anti-dependency to its begin looks: the first that there is. */
const antiDependencyRules: readonly Rule[] = [
  { name: 'G-single', mask: ww | wr, apart: false },
  { name: 'G-nonadjacent', mask: ww | wr | rw, apart: true },
  { name: 'G2-item', mask: ww | wr | rw, apart: false },
]

interface Hit {
  /** By its place: the worse names come first. */
  readonly rule: number
  readonly cycle: Cycle
}

function firstHit({ sources, targets }: Graph, finder: PathFinder, edge: number, rules: readonly Rule[]): Hit | null {
  for (const [place, rule] of rules.entries()) {
    const path = finder.find(targets[edge] as number, sources[edge] as number, rule)
    if (path !== null) return { rule: place, cycle: [edge, ...path] }
    if (finder.patience <= 0) return null
  }
  return null
}

/** The same for a cycle wherever it begins: two sums over its transactions that hardly any other cycle has. */
function keyOf({ sources }: Graph, cycle: Cycle): string {
  let [one, other] = [0, 0]
  for (const edge of cycle) {
    const mixed = Math.imul((sources[edge] as number) + 1, 0x9e3779b1)
    one = (one + Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)) | 0
    other = (other + Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)) | 0
  }
  return `${cycle.length} ${one} ${other}`
}

/** Those of the kind that stay within a component. */
function closingEdges({ sources, targets, kinds }: Graph, component: Int32Array, kind: number): readonly number[] {
  const edges: number[] = []
  kinds.forEach((is, edge) => {
    const from = component[sources[edge] as number] as number
    if (is === kind && from !== -1 && from === component[targets[edge] as number]) edges.push(edge)
  })
  return edges
}
