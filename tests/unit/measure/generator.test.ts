import { describe, expect, it } from 'vitest'
import { type MetricName, metricNames, sumCounters } from '#oltp/measure/counters.js'
import { describeGenerator, shareOf } from '#oltp/measure/generator.js'
import { emptyHistogram, type Histogram, HistogramRecorder } from '#oltp/measure/histogram.js'
import type { PhaseCounts } from '#oltp/measure/phase.js'
import { seriesColumns, seriesRow } from '#oltp/measure/series.js'
import type { GeneratorTick, Tick } from '#oltp/measure/tick.js'
import { quietGenerator } from '../../support/quiet-generator.js'

function second(generator: Partial<GeneratorTick>, committed = 100, failed = 0): Tick {
  return {
    t_s: 1,
    interval_s: 1,
    phase: 0,
    clients: 1,
    inTransaction: 0,
    backingOff: 0,
    backlog: 0,
    offered: 0,
    transactions: [
      { name: 'pay', committed, rolledBack: 0, failed, retries: 0, latency: { buckets: [], count: 0, sum_us: 0, min_us: 0, max_us: 0 } },
    ],
    statements: [],
    errors: [],
    generator: { ...quietGenerator, ...generator },
  }
}

type Times = readonly [response: number, punctual: number]

/** A phase in which `response` and `punctual` were these, transaction by transaction. */
function phaseOf(times: readonly Times[], rate: PhaseCounts['rate']): PhaseCounts {
  const recorders = new Map<MetricName, HistogramRecorder>(metricNames.map(name => [name, new HistogramRecorder()]))
  for (const [response, punctual] of times) {
    recorders.get('response')?.record(response)
    recorders.get('punctual')?.record(punctual)
  }
  const histograms = Object.fromEntries(metricNames.map(name => [name, recorders.get(name)?.view() ?? emptyHistogram()])) as Record<
    MetricName,
    Histogram
  >
  return {
    name: 'steady',
    measured: true,
    clients: { from: 1, to: 1 },
    rate,
    start_s: 0,
    duration_s: 2,
    complete: true,
    arrivals: { due: 0, taken: 0, shed: 0, skipped: 0 },
    transactions: [{ name: 'pay', weight: 1, counters: sumCounters([]), errors: {}, histograms }],
    statements: [],
  }
}

const closed = phaseOf([], null)
const open = { from: 10, to: 10 }

describe('the generator over a phase', () => {
  it('adds up its seconds, weighing each by what it holds', () => {
    const host = { steal: { part: 1, whole: 100 }, throttled: { part: 1, whole: 10 }, pressure_us: 200_000 }
    const other = { steal: { part: 2, whole: 50 }, throttled: { part: 0, whole: 0 }, pressure_us: 400_000 }
    expect(
      describeGenerator(closed, [
        second({ utilisation: 0.2, gc_ms: 10, gc_max_ms: 4, run_queue_ms: 50, cpu_us: 10_000, host }, 100),
        second({ utilisation: 0.6, gc_ms: 30, gc_max_ms: 9, run_queue_ms: 150, cpu_us: 20_000, host: other }, 150, 50),
      ]),
    ).toEqual({
      cpu_us_per_transaction: 100,
      utilisation: 0.4,
      gc_share: 0.02,
      gc_max_ms: 9,
      lag_share: null,
      run_queue_share: 0.1,
      steal_share: 0.02,
      throttled_share: 0.1,
      pressure_share: 0.3,
    })
  })

  it('is unknown without a whole second, and where the platform does not say', () => {
    const known = ['cpu_us_per_transaction', 'utilisation', 'gc_share', 'gc_max_ms']
    expect(Object.values(describeGenerator(closed, [])).every(value => value === null)).toBe(true)
    expect(
      Object.entries(describeGenerator(closed, [second({})]))
        .filter(([, value]) => value !== null)
        .map(([name]) => name),
    ).toEqual(known)
    expect(describeGenerator(closed, [second({}, 0)]).cpu_us_per_transaction).toBeNull()
  })

  it('takes shares of the seconds that are known', () => {
    const host = { ...quietGenerator.host, pressure_us: 500_000 }
    const seconds = [second({ run_queue_ms: 100, host }), second({ run_queue_ms: null })]
    expect(describeGenerator(closed, seconds)).toMatchObject({ run_queue_share: 0.1, pressure_share: 0.5 })
  })

  it('owes as much of the p95 as punctuality would have taken away', () => {
    const share = (times: readonly Times[]) => describeGenerator(phaseOf(times, open), []).lag_share
    const hundred = (late: number, by: number) => Array.from({ length: 100 }, (_, index): Times => [index < late ? 1000 + by : 1000, 1000])
    expect(share(hundred(100, 250))).toBeCloseTo(0.2, 3)
    expect(share(hundred(6, 1000))).toBeCloseTo(0.5, 3)
    expect(share(hundred(5, 1000)), 'hardly anyone was late').toBe(0)
    // Late ones that are fast all the same: their lag is as long as the p95, and moves nothing.
    expect(share(Array.from({ length: 100 }, (_, index): Times => (index < 50 ? [900, 100] : [1000, 1000])))).toBe(0)
    expect(share([])).toBeNull()
    expect(share([[0, 0]])).toBe(0)
  })

  it('takes no share of nothing', () => {
    expect([shareOf(null), shareOf({ part: 0, whole: 0 }), shareOf({ part: 1, whole: 4 })]).toEqual([null, 0, 0.25])
  })

  it('has its columns in the series', () => {
    const row = seriesRow(second({ gc_ms: 12.5, host: { ...quietGenerator.host, steal: { part: 1, whole: 4 } } }))
    const value = (name: (typeof seriesColumns)[number]) => row[seriesColumns.indexOf(name)]
    expect(row).toHaveLength(seriesColumns.length)
    expect([value('utilisation'), value('gc_ms'), value('steal_share')]).toEqual([0.4, 12.5, 0.25])
  })
})
