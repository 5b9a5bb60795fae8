import { describe, expect, it } from 'vitest'
import { bucketOf } from '#oltp/measure/histogram.js'
import { evaluateThreshold, ThresholdMeter } from '#oltp/measure/thresholds.js'
import type { HistogramSlice, Tick } from '#oltp/measure/tick.js'
import { DeclaredRollback } from '#oltp/scenario/program.js'
import { parseThreshold, thresholdMetrics } from '#oltp/scenario/threshold.js'
import { failure, phase, runInline, transaction, turn } from '../../support/inline-load.js'
import { quietGenerator } from '../../support/quiet-generator.js'

const names = ['pay', 'look']

async function somePhase() {
  let runs = 0
  const pay = transaction('pay', 0, {
    run: async () => {
      await turn()
      const run = runs++ % 10
      if (run === 0) throw failure('constraint')
      if (run === 1) throw new DeclaredRollback()
      if (run === 2) throw failure('deadlock')
    },
  })
  const { phases } = await runInline({
    phases: [phase({ transactions: 100 })],
    transactions: [pay, transaction('look', 1)],
    weights: [1, 0],
  })
  const [only] = phases
  if (only === undefined) throw new Error('no phase')
  return only
}

describe('thresholds against a phase', () => {
  it('know every metric that the language has', async () => {
    const measured = await somePhase()
    for (const metric of thresholdMetrics) {
      const text = `${metric} >= 0${/^(p|max|mean|acquire|lag)/.test(metric) ? 'us' : ''}`
      const overall = evaluateThreshold(parseThreshold(text, names), measured)
      const ofOne = evaluateThreshold(parseThreshold(`pay.${text}`, names), measured)
      expect(ofOne, metric).toEqual(overall)
      expect(overall.passed, metric).toBe(!metric.startsWith('lag'))
    }
  })

  it('compare shares of all that ended, and retries per commit', async () => {
    const measured = await somePhase()
    const { committed, failed, rolled_back, retries } = measured.totals
    const judged = (text: string) => evaluateThreshold(parseThreshold(text, names), measured)
    expect(judged('failed < 5%')).toMatchObject({ passed: false, value: failed / 100, unit: '1' })
    expect(judged('rolled_back > 5%')).toMatchObject({ passed: true, value: rolled_back / 100 })
    expect(judged('retries_per_commit < 1')).toMatchObject({ passed: true, value: retries / committed })
    expect(judged('tps > 0')).toMatchObject({ passed: true, value: measured.tps, unit: '1/s' })
    expect(judged('p95 < 1us').passed).toBe(false)
    expect(judged('p95 < 1us').value).toBe(measured.latency.p95_us)
  })

  it('have not passed where there is nothing to go by', async () => {
    expect(evaluateThreshold(parseThreshold('look.p95 < 1s', names), await somePhase())).toMatchObject({ passed: false, value: null })
    expect(evaluateThreshold(parseThreshold('look.failed < 1%', names), await somePhase())).toMatchObject({ passed: false, value: null })
  })
})

describe('thresholds while it runs', () => {
  const slice = (us: number, count: number): HistogramSlice => ({
    buckets: count === 0 ? [] : [bucketOf(us), count],
    count,
    sum_us: us * count,
    min_us: us,
    max_us: us,
  })
  const tick = (index: number, us: number, committed: number, failed: number): Tick => ({
    t_s: 1,
    interval_s: 1,
    phase: index,
    clients: 1,
    inTransaction: 0,
    backingOff: 0,
    backlog: 0,
    offered: 0,
    transactions: [
      { name: 'pay', committed, rolledBack: 0, failed, retries: 2 * committed, latency: slice(us, committed) },
      { name: 'look', committed: 0, rolledBack: 0, failed: 0, retries: 0, latency: slice(0, 0) },
    ],
    statements: [],
    errors: [],
    generator: quietGenerator,
  })

  it('are about the phase so far', () => {
    const texts = [
      'p95 < 2ms',
      'tps >= 15',
      'failed < 5%',
      'retries_per_commit == 2',
      'look.p95 < 1s',
      'lag.p95 < 1s',
      'pay.mean < 1ms',
      'max < 5ms',
    ]
    const meter = new ThresholdMeter(texts.map(text => parseThreshold(text, names)))
    const values = (verdicts: ReturnType<ThresholdMeter['update']>) => verdicts.map(verdict => verdict && [verdict.passed, verdict.value])
    const good = [[true, 1000], [true, 20], [true, 0], [true, 2], null, null, [false, 1000], [true, 1000]]
    expect(values(meter.update(tick(0, 1000, 20, 0)))).toEqual(good)
    expect(values(meter.update(tick(0, 9000, 4, 8)))).toEqual([
      [false, 9000],
      [false, 12],
      [false, 8 / 32],
      [true, 2],
      null,
      null,
      [false, (20 * 1000 + 4 * 9000) / 24],
      [false, 9000],
    ])
    expect(values(meter.update(tick(1, 1000, 20, 0))), 'a new phase starts afresh').toEqual(good)
  })
})
