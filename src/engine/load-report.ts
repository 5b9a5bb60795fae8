import { type CheckRecord, mergeRecords } from '../measure/check-record.js'
import { describeGenerator } from '../measure/generator.js'
import { describePhase, type PhaseCounts } from '../measure/phase.js'
import type { ResultGenerator } from '../measure/result.js'
import { seriesColumns, seriesRow } from '../measure/series.js'
import { describeSteady, latencySeconds } from '../measure/steady.js'
import { mergeTallies, type TallySums, tallyOf } from '../measure/tally.js'
import type { Tick } from '../measure/tick.js'
import { judgeValidity, type Validity } from '../measure/validity.js'
import type { Program } from '../scenario/program.js'
import { collectErrors, collectPhase, type PhaseSpan } from './collect.js'
import type { ErrorRow } from './error-table.js'
import type { LoadPlan, LoadReport } from './load.js'
import type { Memory } from './memory.js'

/** What a load has left behind once all its workers have ended. */
export interface Remains extends Pick<LoadReport, 'broken' | 'fatal' | 'interrupted' | 'connectMs'> {
  readonly memories: readonly Memory[]
  readonly errors: readonly ErrorRow[]
  /** Of each worker, one per tally. */
  readonly tallies: readonly (readonly TallySums[])[]
  /** Of each worker, one per check. */
  readonly checks: readonly (readonly CheckRecord[])[]
  readonly spans: readonly PhaseSpan[]
  readonly ticks: readonly Tick[]
}

export function assembleReport(plan: LoadPlan, program: Program, remains: Remains): LoadReport {
  const { memories, errors, spans, ticks, broken, fatal, interrupted, connectMs } = remains
  const counts = spans.map((span, index) => collectPhase(plan.scenario, program, memories, errors, index, span))
  const phases = counts.map(describePhase)
  const measured = phases.findLastIndex(phase => phase.measured)
  const headline = measured === -1 ? phases.length - 1 : measured
  const phase = phases[headline]
  const counted = counts[headline]
  const span = spans[headline]
  const seconds = span === undefined ? [] : secondsWithin(ticks, headline, span)
  const generator = counted === undefined ? unknown : describeGenerator(counted, seconds)
  return {
    phases,
    headline,
    series: { columns: [...seriesColumns], rows: ticks.map(seriesRow) },
    tallies: new Map(tallySums(program, remains.tallies).map(([name, sums]) => [name, tallyOf(sums)])),
    checks: plan.scenario.checks.flatMap((_, check) => {
      const [first, ...rest] = remains.checks.flatMap(records => records[check] ?? [])
      return first === undefined ? [] : [rest.reduce(mergeRecords, first)]
    }),
    errors: collectErrors(program, errors),
    validity:
      phase === undefined || counted === undefined
        ? nothingRan
        : judgeValidity({
            phase,
            threads: plan.threads,
            seconds: seconds.map(({ t_s, backlog, generator: { utilisation } }) => ({ t_s, backlog, utilisation })),
            generator,
            due: counted.arrivals.due,
            taken: counted.arrivals.taken,
            clientsLost: memories.reduce((sum, memory) => sum + memory.gauge('clientsLost'), 0),
            interrupted,
            ...oddities(counted),
          }),
    generator,
    steady: describeSteady(phase === undefined ? [] : latencySeconds(ticks, phase)),
    connectMs,
    broken,
    fatal,
    interrupted,
  }
}

const unknown: ResultGenerator = {
  cpu_us_per_transaction: null,
  utilisation: null,
  gc_share: null,
  gc_max_ms: null,
  lag_share: null,
  run_queue_share: null,
  steal_share: null,
  throttled_share: null,
  pressure_share: null,
}

const nothingRan: Validity = {
  status: 'INVALID',
  checks: [
    { id: 'committed', status: 'fail', value: 0, limit: 1, unit: '1', message: 'the run was stopped before the load began: run it again' },
  ],
}

/** By name, all workers together. */
export function tallySums(program: Program, workers: readonly (readonly TallySums[])[]): [name: string, sums: TallySums][] {
  return program.tallies.map((name, tally) => [name, mergeTallies(workers.flatMap(sums => sums[tally] ?? []))])
}

/** Seconds that lie wholly inside the phase. */
function secondsWithin(ticks: readonly Tick[], phase: number, { start, end }: PhaseSpan): Tick[] {
  // The tick that closes a phase is taken a moment after its end.
  const slack_s = 0.1
  return ticks.filter(
    tick => tick.phase >= phase && (tick.t_s - tick.interval_s + slack_s) * 1e6 >= start && (tick.t_s - slack_s) * 1e6 <= end,
  )
}

function oddities(counts: PhaseCounts): { readonly rejected: number; readonly clamped: number } {
  const histograms = [
    ...counts.transactions.flatMap(({ histograms: of }) => Object.values(of)),
    ...counts.statements.map(({ histogram }) => histogram),
  ]
  return {
    rejected: histograms.reduce((sum, { rejected }) => sum + rejected, 0),
    clamped: histograms.reduce((sum, { clamped }) => sum + clamped, 0),
  }
}
