import { describe, expect, it } from 'vitest'
import { arrivalCounterNames, counterNames, metricNames } from '#oltp/measure/counters.js'
import { emptyHistogram, HistogramRecorder } from '#oltp/measure/histogram.js'
import { describePhase, type PhaseCounts } from '#oltp/measure/phase.js'
import type { ResultGenerator } from '#oltp/measure/result.js'
import { medianOf, trendOf } from '#oltp/measure/trend.js'
import { judgeValidity } from '#oltp/measure/validity.js'
import type { ValidityInputs } from '#oltp/measure/validity-inputs.js'

const zeros = <Name extends string>(names: readonly Name[]) => Object.fromEntries(names.map(name => [name, 0])) as Record<Name, number>

function counts(more: Partial<PhaseCounts> & { committed?: number } = {}): PhaseCounts {
  const { committed = 1000, ...rest } = more
  const recorders = Object.fromEntries(metricNames.map(name => [name, new HistogramRecorder()]))
  for (let index = 0; index < committed; index++) {
    for (const name of ['response', 'service', 'first_try']) recorders[name]?.record(10_000)
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

const healthy: ResultGenerator = {
  cpu_us_per_transaction: 120,
  utilisation: 0.4,
  gc_share: 0.01,
  gc_max_ms: 12,
  lag_share: 0.02,
  run_queue_share: 0,
  steal_share: 0,
  throttled_share: 0,
  pressure_share: 0.3,
}

const silent: ResultGenerator = {
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

function inputs(more: Partial<Omit<ValidityInputs, 'phase'>> = {}, of: Parameters<typeof counts>[0] = {}): ValidityInputs {
  return {
    phase: describePhase(counts(of)),
    threads: 1,
    seconds: Array.from({ length: 10 }, (_, index) => ({ t_s: index, utilisation: 0.4, backlog: 0 })),
    generator: healthy,
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
const ill = (more: Partial<ResultGenerator>) => ({ generator: { ...healthy, ...more } })
const busySeconds = (...utilisations: number[]) =>
  Array.from({ length: 20 }, (_, t_s) => ({ t_s, utilisation: utilisations[t_s] ?? 0.4, backlog: 0 }))
const growing = Array.from({ length: 10 }, (_, index) => ({ t_s: index, utilisation: 0.4, backlog: index * 10 + (index % 2) }))

describe('a run', () => {
  it.each([
    ['closed', inputs()],
    ['open', inputs({}, open)],
    ['closed, on a platform that says little', inputs({ generator: silent })],
    ['open, on a platform that says little', inputs({ generator: silent }, open)],
  ])('is valid when all is well (%s loop)', (_, well) => {
    const { status, checks } = judgeValidity(well)
    expect(status).toBe('VALID')
    expect(checks.every(check => check.status === 'ok' && check.message === '')).toBe(true)
  })

  it.each([
    ['SUSPECT', 'generator_busy', inputs(ill({ utilisation: 0.97 })), /TPS is a lower bound: the generator was busy 97 %.*-j 2/],
    ['SUSPECT', 'generator_busy', inputs({ seconds: busySeconds(0.85, 0.84) }, open), /busy 84 %.*-R.*-j 2/],
    ['INVALID', 'generator_busy', inputs({ seconds: busySeconds(0.95, 0.93) }, open), /busy 93 %/],
    ['SUSPECT', 'generator_gc', inputs(ill({ gc_share: 0.031 })), /collected garbage 3.1 % of the time/],
    ['SUSPECT', 'generator_gc', inputs(ill({ gc_max_ms: 62 })), /62 ms at a stretch/],
    ['SUSPECT', 'generator_gc', inputs(ill({ gc_share: 0.06 })), /6 %/],
    ['INVALID', 'generator_gc', inputs(ill({ gc_share: 0.06 }), open), /6 %/],
    ['SUSPECT', 'host_steal', inputs(ill({ steal_share: 0.03 }), open), /gave 3 % of this machine's processor time to others/],
    ['SUSPECT', 'host_steal', inputs(ill({ steal_share: 0.2 })), /20 %/],
    ['INVALID', 'host_steal', inputs(ill({ steal_share: 0.2 }), open), /20 %/],
    ['SUSPECT', 'host_throttled', inputs(ill({ throttled_share: 0.004 }), open), /stopped us in 0.4 % of its periods/],
    ['SUSPECT', 'host_throttled', inputs(ill({ throttled_share: 0.3 })), /30 %/],
    ['INVALID', 'host_throttled', inputs(ill({ throttled_share: 0.06 }), open), /6 %/],
    ['INVALID', 'generator_lag', inputs(ill({ lag_share: 0.06 }), open), /may be 6 % of the p95.*Something else/],
    ['INVALID', 'generator_lag', inputs(ill({ lag_share: 0.06, steal_share: 0.02, throttled_share: 0 }), open), /Something else/],
    ['INVALID', 'generator_lag', inputs({ ...ill({ lag_share: 0.3 }), seconds: busySeconds(...Array(20).fill(0.7)) }, open), /30 %.*-j 2/],
    ['INVALID', 'host_contended', inputs(ill({ lag_share: 0.3, run_queue_share: 0.12 }), open), /waited 12 % of the time.*30 % of the p95/],
    ['SUSPECT', 'sample_size', inputs({}, { committed: 37 }), /37 transactions/],
    ['SUSPECT', 'interrupted', inputs({ interrupted: 'drained' }), /partial/],
    ['SUSPECT', 'out_of_range', inputs({ clamped: 1 }), /71 minutes/],
    ['INVALID', 'committed', inputs({}, { committed: 0 }), /no transaction committed/],
    ['INVALID', 'clients_lost', inputs({ clientsLost: 1 }), /could not reconnect/],
    ['UNSUSTAINED', 'rate_reached', inputs({ due: 1000, taken: 989 }, open), /98.9 %/],
    ['UNSUSTAINED', 'shed', inputs({}, { ...open, arrivals: { ...zeros(arrivalCounterNames), shed: 3 } }), /3 arrivals/],
    ['UNSUSTAINED', 'backlog', inputs({ seconds: growing }, open), /grew by 10.0 per second/],
  ] as const)('is %s for %s, and says why', (status, id, patient, message) => {
    const verdict = judgeValidity(patient)
    expect(verdict.status).toBe(status)
    const wrong = verdict.checks.filter(check => check.status !== 'ok')
    expect(wrong.map(check => check.id)).toEqual([id])
    expect(wrong[0]?.message).toMatch(message)
  })

  it('is as bad as its worst check', () => {
    expect(judgeValidity(inputs({ interrupted: 'stopped', taken: 500, clientsLost: 1 }, open)).status).toBe('INVALID')
    expect(judgeValidity(inputs({ interrupted: 'stopped', taken: 500 }, open)).status).toBe('UNSUSTAINED')
  })

  it('is not condemned for one busy second among many, as when its code is compiled', () => {
    expect(judgeValidity(inputs({ seconds: busySeconds(1) }, open)).status).toBe('VALID')
    expect(judgeValidity(inputs({ seconds: busySeconds(1).slice(0, 4) }, open)).status).toBe('VALID')
    expect(judgeValidity(inputs({ seconds: busySeconds(1).slice(0, 2) }, open)).status).toBe('INVALID')
    const hundred = [...busySeconds(...Array(6).fill(1)), ...Array.from({ length: 4 }, () => busySeconds()).flat()]
    expect(judgeValidity(inputs({ seconds: hundred }, open)).status).toBe('INVALID')
    expect(judgeValidity(inputs({ seconds: hundred.slice(1) }, open)).status, 'of 99, five are more than a twentieth').toBe('INVALID')
    expect(judgeValidity(inputs({ seconds: hundred.slice(2) }, open)).status).toBe('VALID')
  })

  it('blames for lateness what is known to have taken the processor', () => {
    const { checks } = judgeValidity(inputs(ill({ lag_share: 0.3, throttled_share: 0.2 }), open))
    const wrong = checks.filter(({ status }) => status !== 'ok')
    expect(wrong.map(({ id }) => id)).toEqual(['generator_lag', 'host_throttled'])
    expect(wrong[0]?.message).toMatch(/named below$/)
  })

  it('does not call the generator busy for the time that it waited for a processor', () => {
    const waiting = (run_queue_share: number) => ({ ...ill({ run_queue_share }), seconds: busySeconds(0.85, 0.85) })
    const wrong = (patient: ReturnType<typeof waiting>) =>
      judgeValidity(inputs(patient, open))
        .checks.filter(({ status }) => status !== 'ok')
        .map(({ id, status }) => [id, status])
    expect(wrong(waiting(0.04))).toEqual([['generator_busy', 'warn']])
    expect(wrong(waiting(0.06))).toEqual([['host_contended', 'warn']])
    expect(wrong({ ...ill({ run_queue_share: 0.6 }), seconds: busySeconds(0.97, 0.96) })).toEqual([['host_contended', 'fail']])
    expect(wrong({ ...ill({ run_queue_share: 0.6 }), seconds: busySeconds(0.7, 0.7) })).toEqual([])
  })

  it('blames others only for as much waiting as can decide about a p95, and only where it was late', () => {
    const wrong = (generator: Parameters<typeof ill>[0], phase = open) =>
      judgeValidity(inputs(ill(generator), phase))
        .checks.filter(({ status }) => status !== 'ok')
        .map(({ id }) => id)
    expect(wrong({ lag_share: 0.3, run_queue_share: 0.05 })).toEqual(['generator_lag'])
    expect(wrong({ lag_share: 0.3, run_queue_share: 0.051 })).toEqual(['host_contended'])
    expect(wrong({ lag_share: 0.04, run_queue_share: 0.5 })).toEqual([])
  })

  it('is not condemned for a lateness that no program can avoid', () => {
    const fast = (lag_share: number) => {
      const { phase, ...rest } = inputs(ill({ lag_share }), open)
      return judgeValidity({ ...rest, phase: { ...phase, latency: { ...phase.latency, p95_us: 1000 } } }).status
    }
    expect([fast(0.24), fast(0.26)]).toEqual(['VALID', 'INVALID'])
  })

  it('is not judged by rules of the other loop', () => {
    expect(judgeValidity(inputs(ill({ utilisation: 0.97 }), open)).status).toBe('VALID')
    expect(judgeValidity(inputs({ ...ill({ lag_share: null }), taken: 0, seconds: growing })).status).toBe('VALID')
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
