import { formatPercent } from '../../format.js'
import { lowestEquivalent } from '../../measure/histogram.js'
import { sliceQuantile } from '../../measure/histogram-slice.js'
import type { HistogramSlice } from '../../measure/tick.js'
import { bar } from '../chart.js'
import { cell, type Line, line, rule, span } from '../line.js'
import type { ViewModel } from '../model.js'

/** How latency is distributed: one bar per step of 1, 2, 5, 10 … ms, or coarser where there is no room. */
export function distributionPanel(model: ViewModel, width: number, rows: number): Line[] {
  const groups = distribution(model.latency, rows - 1)
  const most = Math.max(...groups.map(group => group.share), 0)
  const room = Math.max(4, width - 18)
  return [
    rule('Latency ms', width, model.window.label),
    ...groups.map(({ label, share }) =>
      line(
        cell(label, 10, 'dim'),
        span(' '),
        cell(bar(most > 0 ? share / most : 0, room), room, 'latency', 'left'),
        cell(formatPercent(share), 6),
      ),
    ),
  ]
}

/** Shares of the values between round edges, at most `groups` of them; the first and the last are open. Empty without data. */
export function distribution(slice: HistogramSlice, groups: number): { readonly label: string; readonly share: number }[] {
  const edges = edgesFor(slice, groups)
  if (slice.count === 0 || groups < 2) return []
  const counts = new Array<number>(edges.length + 1).fill(0)
  let group = 0
  for (let at = 0; at < slice.buckets.length; at += 2) {
    const value = lowestEquivalent(slice.buckets[at] ?? 0)
    while (group < edges.length && value >= (edges[group] ?? 0)) group++
    counts[group] = (counts[group] ?? 0) + (slice.buckets[at + 1] ?? 0)
  }
  const all = counts.map((count, at) => ({ label: labelOf(edges, at), share: count / slice.count }))
  return all.slice(0, all.findLastIndex(({ share }) => share > 0) + 1)
}

/** Edges in µs from the fastest to the slowest 0.5 %, in the finest of the usual steps that fits. */
function edgesFor(slice: HistogramSlice, groups: number): number[] {
  const low = sliceQuantile(slice, 0.005) ?? 0
  const high = sliceQuantile(slice, 0.995) ?? 0
  const candidates = steps.map(step => {
    const edges = powers.flatMap(power => step.map(factor => factor * power))
    const from = edges.findIndex(edge => edge > low)
    const to = edges.findIndex(edge => edge > high)
    return edges.slice(from === -1 ? edges.length - 1 : from, to === -1 ? undefined : to + 1)
  })
  const fitting = candidates.find(edges => edges.length < groups) ?? candidates.at(-1) ?? []
  return fitting.slice(-(groups - 1))
}

const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]
const steps = [[1, 2, 5], [1, 3], [1]]

function labelOf(edges: readonly number[], at: number): string {
  const ms = (edge: number | undefined) => String((edge ?? 0) / 1000)
  if (at === 0) return `<${ms(edges[0])}`
  if (at === edges.length) return `>${ms(edges[at - 1])}`
  return `${ms(edges[at - 1])}–${ms(edges[at])}`
}
