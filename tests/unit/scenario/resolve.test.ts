import { describe, expect, it } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { formatValue } from '#oltp/scenario/format-value.js'
import { parseScenario } from '#oltp/scenario/parse.js'
import { type Overrides, resolveScenario } from '#oltp/scenario/resolve.js'

const scenario = parseScenario(
  `version: 1
name: test
parameters:
  rows: { type: int, default: 10, min: 2, max: 100, help: How many rows }
  skew: { type: float, default: 1.5 }
  price: { type: decimal, default: "1.20" }
  mood: { type: text, default: good, choices: [good, bad] }
  fast: { type: bool, default: false }
session: { postgres: { a: 1, b: 2 } }
seed: [{ sql: ANALYZE }]
defaults: { isolation: repeatable read }
transactions:
  one:
    let: { all: "concat($rows, $skew, $price, $mood, $fast)" }
    steps: [{ sql: "SELECT :all" }]
  two: { weight: 3, isolation: serializable, retry: { max_attempts: 3 }, steps: [{ sql: SELECT 1 }] }
phases:
  - { name: cold, duration: 1s, clients: 2, measure: false }
  - { name: first, duration: 2s, clients: 4 }
  - { name: last, duration: 3s, clients: { from: 4, to: 6 }, weights: { one: 1 } }
  - { name: after, duration: 4s, clients: 1, measure: false }
thresholds: [failed < 1%]
variants:
  level: { isolation: read committed }
  defaults: { defaults: { isolation: read committed, statement_timeout: 1s, retry: { max_attempts: 1 } } }
  mix: { weights: { two: 1 } }
  other:
    parameters: { rows: 20, price: 9.99 }
    phases: [{ name: open, duration: 5s, clients: 3, rate: 100/s }]
    thresholds: []
    seed: []
    session: { postgres: { b: 3, c: 4 } }
`,
  'test.yaml',
  '',
)

function resolve({ variant = null, set = {}, ...overrides }: Overrides & { variant?: string | null; set?: Record<string, string> } = {}) {
  return resolveScenario(scenario, { variant, set, overrides })
}

function failure(run: () => unknown): { code: string; message: string; hint: string | undefined; exitCode: number } {
  try {
    run()
  } catch (error) {
    if (error instanceof OltpError) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('a variant', () => {
  it('may be none', () => {
    const resolved = resolve()
    expect(resolved).toMatchObject({ variant: null, randomSeed: 1, thresholds: [{ source: 'failed < 1%' }] })
    expect(resolved.transactions.map(({ isolation, weight }) => [isolation, weight])).toEqual([
      ['repeatable read', 1],
      ['serializable', 3],
    ])
  })

  it('sets the isolation of all transactions, or of those with none of their own', () => {
    expect(resolve({ variant: 'level' }).transactions.map(({ isolation }) => isolation)).toEqual(['read committed', 'read committed'])
    const [one, two] = resolve({ variant: 'defaults' }).transactions
    expect(one).toMatchObject({ isolation: 'read committed', statementTimeoutMs: 1000, retry: { maxAttempts: 1 } })
    expect(two).toMatchObject({ isolation: 'serializable', statementTimeoutMs: 1000, retry: { maxAttempts: 3 } })
  })

  it('replaces the whole mix', () => {
    expect(resolve({ variant: 'mix' }).transactions.map(({ weight }) => weight)).toEqual([0, 1])
  })

  it('replaces phases, thresholds and seed, and adds to the session settings', () => {
    const other = resolve({ variant: 'other' })
    expect(other.phases.map(({ name }) => name)).toEqual(['open'])
    expect(other).toMatchObject({ thresholds: [], seed: [], session: { postgres: { a: '1', b: '3', c: '4' } } })
    expect(Object.entries(other.parameters).map(([name, value]) => `${name}=${formatValue(value)}`)).toEqual([
      'rows=20',
      'skew=1.5',
      'price=9.99',
      'mood=good',
      'fast=false',
    ])
  })

  it('that is not there is an error with a suggestion', () => {
    expect(failure(() => resolve({ variant: 'mixx' }))).toMatchObject({ code: 'VARIANT_UNKNOWN', exitCode: 2, hint: 'did you mean `mix`?' })
    expect(failure(() => resolve({ variant: '__proto__' }))).toMatchObject({ code: 'VARIANT_UNKNOWN' })
  })
})

describe('--set', () => {
  it('reads each type, and wins over the variant', () => {
    const { parameters } = resolve({ variant: 'other', set: { rows: '30', skew: '2', price: '3.10', mood: 'bad', fast: 'true' } })
    expect(parameters).toMatchObject({ rows: 30, skew: { float: 2 }, mood: 'bad', fast: true })
    expect(formatValue(parameters.price ?? null)).toBe('3.1')
    expect(() => structuredClone(parameters)).not.toThrow()
  })

  it.each([
    [{ row: '5' }, 'there is no parameter «row»', 'did you mean `rows`?'],
    [{ rows: 'many' }, 'must be a whole number', 'rows: How many rows'],
    [{ rows: '1.5' }, 'must be a whole number', 'rows: How many rows'],
    [{ rows: '1' }, 'must be at least 2', 'rows: How many rows'],
    [{ rows: '101' }, 'must be at most 100', 'rows: How many rows'],
    [{ skew: '1e999' }, 'must be a number', undefined],
    [{ skew: '' }, 'must be a number', undefined],
    [{ price: '1,20' }, 'must be a decimal number', undefined],
    [{ mood: 'so-so' }, 'must be one of good, bad', undefined],
    [{ fast: 'yes' }, 'must be true or false', undefined],
    [{ constructor: '1' }, 'there is no parameter', 'one of: rows, skew, price, mood, fast'],
  ])('refuses %j', (set, message, hint) => {
    const error = failure(() => resolve({ set: set as Record<string, string> }))
    expect(error.exitCode).toBe(2)
    expect(error.message).toContain(message)
    expect(error.hint).toBe(hint)
  })
})

describe('the command line', () => {
  const phases = (overrides: Overrides) =>
    resolve(overrides).phases.map(({ name, clients, durationMs, transactions, rate, measure }) => ({
      name,
      clients: clients.from === clients.to ? clients.from : [clients.from, clients.to],
      length: durationMs ?? `${transactions} each`,
      rate: rate?.to ?? null,
      measure,
    }))
  const cold = { name: 'cold', clients: 2, length: 1000, rate: null, measure: false }
  const after = { name: 'after', clients: 1, length: 4000, rate: null, measure: false }
  const last = { name: 'last', clients: [4, 6], length: 3000, rate: null, measure: true }

  it('leaves the phases alone unless it says something about them', () => {
    expect(phases({}).map(({ name }) => name)).toEqual(['cold', 'first', 'last', 'after'])
    expect(phases({ maxTries: 3, isolation: 'serializable' })).toHaveLength(4)
  })

  it.each<[Overrides, object]>([
    [{ clients: 9 }, { clients: 9 }],
    [{ durationMs: 7000 }, { length: 7000 }],
    [{ rate: 50 }, { rate: 50 }],
    [{ transactions: 20 }, { length: '20 each', clients: 6 }],
    [
      { transactions: 20, clients: 3, rate: 5 },
      { length: '20 each', clients: 3, rate: 5 },
    ],
  ])('%j makes the measured phases one, like the last of them', (overrides, change) => {
    expect(phases(overrides)).toEqual([cold, { ...last, ...change }, after])
    expect(resolve(overrides).phases[1]?.weights).toEqual({ one: 1 })
  })

  it('makes the warm-up one phase at the load that follows, or none', () => {
    expect(phases({ warmupMs: 500 }).map(({ name, length, clients, measure }) => [name, length, clients, measure])).toEqual([
      ['cold', 500, 4, false],
      ['first', 2000, 4, true],
      ['last', 3000, [4, 6], true],
    ])
    expect(phases({ warmupMs: 0 }).map(({ name }) => name)).toEqual(['first', 'last'])
    expect(phases({ warmupMs: 500, clients: 3, transactions: 5 })).toEqual([
      { name: 'cold', clients: 3, length: 500, rate: null, measure: false },
      { ...last, clients: 3, length: '5 each' },
    ])
  })

  it('sets isolation, tries, arrivals, seed and adds thresholds', () => {
    const resolved = resolve({
      isolation: 'Read-Committed',
      maxTries: 0,
      rate: 10,
      arrivals: 'constant',
      seed: 7,
      thresholds: ['two.p95 < 5ms'],
    })
    expect(resolved.transactions.map(({ isolation, retry }) => [isolation, retry.maxAttempts])).toEqual([
      ['read committed', null],
      ['read committed', null],
    ])
    expect(resolved.phases.find(({ measure }) => measure)?.arrivals).toBe('constant')
    expect(resolved.randomSeed).toBe(7)
    expect(resolved.thresholds.map(({ source }) => source)).toEqual(['failed < 1%', 'two.p95 < 5ms'])
  })

  it.each<[Overrides, string, string]>([
    [{ isolation: 'serialisable' }, 'ISOLATION_UNKNOWN', 'did you mean `serializable`?'],
    [{ durationMs: 1000, transactions: 5 }, 'LOAD_CONTRADICTORY', 'give -d or -t'],
    [{ arrivals: 'poisson' }, 'LOAD_CONTRADICTORY', 'give --rate as well, as in -R 500'],
    [{ thresholds: ['three.p95 < 5ms'] }, 'THRESHOLD_INVALID', 'one of: one, two'],
  ])('refuses %j', (overrides, code, hint) => {
    expect(failure(() => resolve(overrides))).toMatchObject({ code, hint, exitCode: 2 })
  })

  it('shows where a threshold is wrong', () => {
    const error = failure(() => resolve({ thresholds: ['p95 < 20'] }))
    expect(error).toMatchObject({ problems: [{ location: { file: '--threshold', line: 1, column: 7, length: 2, text: 'p95 < 20' } }] })
  })

  it('refuses fewer clients than the groups need', () => {
    const grouped = parseScenario(
      `version: 1
name: test
transactions: { look: { steps: [{ sql: SELECT 1 }] } }
groups: { fixed: { clients: 4, weights: { look: 1 } } }
`,
      'test.yaml',
      '',
    )
    expect(failure(() => resolveScenario(grouped, { variant: null, set: {}, overrides: { clients: 3 } }))).toMatchObject({
      code: 'GROUPS_TOO_LARGE',
      exitCode: 2,
    })
  })
})
