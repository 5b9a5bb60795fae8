import { describe, expect, it } from 'vitest'
import { arrivalCounterNames, counterNames, metricNames } from '#oltp/measure/counters.js'
import { emptyHistogram, HistogramRecorder } from '#oltp/measure/histogram.js'
import { describePhase, type PhaseCounts } from '#oltp/measure/phase.js'
import { medianOf, trendOf } from '#oltp/measure/trend.js'
import { judgeValidity, type ValidityInputs } from '#oltp/measure/validity.js'

const zeros = <Name extends string>(names: readonly Name[]) => Object.fromEntries(names.map(name => [name, 0])) as Record<Name, number>

function counts(more: Partial<PhaseCounts> & { committed?: number; lag?: number } = {}): PhaseCounts {
  const { committed = 1000, lag = 0, ...rest } = more
  const recorders = Object.fromEntries(metricNames.map(name => [name, new HistogramRecorder()]))
  for (let index = 0; index < committed; index++) {
    for (const name of ['response', 'service', 'first_try']) recorders[name]?.record(10_000)
    recorders.lag?.record(lag)
  }
  return {
    name: 'steady',
    measured: true,
    clients: { from: 4, to: 4 },
    rate: null,
    start_s: 3,
    duration_s: 10,
    complete: true,
    arrivals: zeros(arrivalCounterNames),
    transactions: [
      {
        name: 'pay',
        weight: 1,
        counters: { ...zeros(counterNames), started: committed, committed, acknowledged: committed, attempts: committed },
        errors: {},
        histograms: Object.fromEntries(
          metricNames.map(name => [name, recorders[name]?.view() ?? emptyHistogram()]),
        ) as PhaseCounts['transactions'][0]['histograms'],
      },
    ],
    statements: [],
    ...rest,
  }
}

function inputs(more: Partial<Omit<ValidityInputs, 'phase'>> = {}, of: Parameters<typeof counts>[0] = {}): ValidityInputs {
  return {
    phase: describePhase(counts(of)),
    threads: 1,
    seconds: Array.from({ length: 10 }, (_, index) => ({ t_s: index, utilisation: 0.4, backlog: 0 })),
    due: 1000,
    taken: 1000,
    clientsLost: 0,
    interrupted: 'no',
    rejected: 0,
    clamped: 0,
    ...more,
  }
}

const open = { rate: { from: 100, to: 100 } }
const busy = Array.from({ length: 10 }, (_, index) => ({ t_s: index, utilisation: 0.97, backlog: 0 }))
const growing = Array.from({ length: 10 }, (_, index) => ({ t_s: index, utilisation: 0.4, backlog: index * 10 + (index % 2) }))

describe('a run', () => {
  it.each([
    ['closed', inputs()],
    ['open', inputs({}, open)],
  ])('is valid when all is well (%s loop)', (_, healthy) => {
    const { status, checks } = judgeValidity(healthy)
    expect(status).toBe('VALID')
    expect(checks.every(check => check.status === 'ok' && check.message === '')).toBe(true)
  })

  it.each([
    ['SUSPECT', 'generator_busy', inputs({ seconds: busy }), /TPS is a lower bound: the generator was busy 97 %/],
    ['SUSPECT', 'sample_size', inputs({}, { committed: 37 }), /37 transactions/],
    ['SUSPECT', 'interrupted', inputs({ interrupted: 'drained' }), /partial/],
    ['SUSPECT', 'out_of_range', inputs({ clamped: 1 }), /71 minutes/],
    ['INVALID', 'committed', inputs({}, { committed: 0 }), /no transaction committed/],
    ['INVALID', 'clients_lost', inputs({ clientsLost: 1 }), /could not reconnect/],
    ['INVALID', 'generator_lag', inputs({}, { ...open, lag: 600 }), /600 µs/],
    ['UNSUSTAINED', 'rate_reached', inputs({ due: 1000, taken: 989 }, open), /98.9 %/],
    ['UNSUSTAINED', 'shed', inputs({}, { ...open, arrivals: { ...zeros(arrivalCounterNames), shed: 3 } }), /3 arrivals/],
    ['UNSUSTAINED', 'backlog', inputs({ seconds: growing }, open), /grew by 10/],
  ] as const)('is %s for %s, and says why', (status, id, ill, message) => {
    const verdict = judgeValidity(ill)
    expect(verdict.status).toBe(status)
    const failed = verdict.checks.filter(check => check.status !== 'ok' && check.id === id)
    expect(failed).toHaveLength(1)
    expect(failed[0]?.message).toMatch(message)
  })

  it('is as bad as its worst check', () => {
    expect(judgeValidity(inputs({ interrupted: 'stopped', taken: 500, clientsLost: 1 }, open)).status).toBe('INVALID')
    expect(judgeValidity(inputs({ interrupted: 'stopped', taken: 500 }, open)).status).toBe('UNSUSTAINED')
  })

  it('is not judged by rules of the other loop', () => {
    expect(judgeValidity(inputs({ seconds: busy }, open)).status).toBe('VALID')
    expect(judgeValidity(inputs({ taken: 0, seconds: growing }, { lag: 9000 })).status).toBe('VALID')
  })
})

describe('a trend', () => {
  it('is told from noise', () => {
    const noise = Array.from({ length: 30 }, (_, x) => [x, (x * 7919) % 13] as const)
    expect(trendOf(noise)?.lower).toBeLessThanOrEqual(0)
    const growth = noise.map(([x, y]) => [x, y + 2 * x] as const)
    expect(trendOf(growth)?.lower).toBeGreaterThan(1)
    expect(trendOf(growth)?.slope).toBeCloseTo(2, 0)
    expect(trendOf(noise.slice(0, 3))).toBeNull()
  })

  it('has a median for company', () => {
    expect([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3]), medianOf([])]).toEqual([2, 2.5, null])
  })
})
