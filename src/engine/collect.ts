import { type ArrivalCounters, arrivalCounterNames, type MetricName, metricNames, sumCounters } from '../measure/counters.js'
import { type Histogram, mergeHistograms } from '../measure/histogram.js'
import type { PhaseCounts } from '../measure/phase.js'
import { assignGroups, weightsFor } from '../scenario/groups.js'
import type { Phase, ResolvedScenario } from '../scenario/model.js'
import type { Program } from '../scenario/program.js'
import type { ErrorRow } from './error-table.js'
import type { LoadError } from './load.js'
import type { Memory } from './memory.js'
import { mostClients } from './phases.js'

/** When a phase ran; `complete` is false when it was cut short. Microseconds since the load's zero. */
export interface PhaseSpan {
  readonly start: number
  readonly end: number
  readonly complete: boolean
}

/** Everything that all workers counted in one phase. Exact once they have ended. */
export function collectPhase(
  scenario: ResolvedScenario,
  program: Program,
  memories: readonly Memory[],
  errors: readonly ErrorRow[],
  index: number,
  span: PhaseSpan,
): PhaseCounts {
  const phase = scenario.phases[index] as Phase
  const weights = shares(scenario, phase)
  return {
    name: phase.name,
    measured: phase.measure,
    clients: phase.clients,
    rate: phase.rate,
    start_s: span.start / 1e6,
    duration_s: (span.end - span.start) / 1e6,
    complete: span.complete,
    arrivals: sumArrivals(memories.map(memory => memory.readArrivals(index))),
    transactions: program.transactions.map(({ name }, transaction) => ({
      name,
      weight: weights[transaction] ?? 0,
      counters: sumCounters(memories.map(memory => memory.readCounters(index, transaction))),
      errors: Object.fromEntries(byCode(errors.filter(row => row.phase === index && row.transaction === transaction))),
      histograms: Object.fromEntries(
        metricNames.map(metric => [metric, mergeHistograms(memories.map(memory => memory.metric(index, transaction, metric).view()))]),
      ) as Record<MetricName, Histogram>,
    })),
    statements: program.statements.map(({ name, text }, statement) => ({
      name,
      sql: text,
      histogram: mergeHistograms(memories.map(memory => memory.statement(index, statement).view())),
    })),
  }
}

/** Over all phases and workers, the most frequent first. */
export function collectErrors(program: Program, rows: readonly ErrorRow[]): LoadError[] {
  const merged = new Map<string, LoadError>()
  for (const { transaction, code, outcome, message, count } of rows) {
    const key = `${transaction} ${code} ${outcome}`
    const known = merged.get(key)
    const name = program.transactions[transaction]?.name ?? ''
    merged.set(key, known === undefined ? { code, outcome, message, transaction: name, count } : { ...known, count: known.count + count })
  }
  return [...merged.values()].sort((a, b) => b.count - a.count)
}

/** The weights as the scenario has them; with groups, each client's weights in proportion, summed. */
function shares(scenario: ResolvedScenario, phase: Phase): readonly number[] {
  if (scenario.groups.length === 0) return weightsFor(scenario, phase, -1)
  const sums = scenario.transactions.map(() => 0)
  for (const group of assignGroups(scenario.groups, mostClients(phase))) {
    const weights = weightsFor(scenario, phase, group)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    weights.forEach((weight, index) => {
      sums[index] = (sums[index] ?? 0) + (total > 0 ? weight / total : 0)
    })
  }
  return sums
}

function byCode(rows: readonly ErrorRow[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { code, count } of rows) counts.set(code, (counts.get(code) ?? 0) + count)
  return counts
}

function sumArrivals(all: readonly ArrivalCounters[]): ArrivalCounters {
  return Object.fromEntries(arrivalCounterNames.map(name => [name, all.reduce((sum, one) => sum + one[name], 0)])) as ArrivalCounters
}
