import { describe, expect, it } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { formatValue } from '#oltp/scenario/format-value.js'
import { parseScenario } from '#oltp/scenario/parse.js'

const look = 'transactions: { look: { steps: [{ sql: SELECT 1 }] } }\n'

function parse(body: string) {
  return parseScenario(`version: 1\nname: test\n${body}`, 'test.yaml', 'abc')
}

function problemsOf(text: string) {
  try {
    parseScenario(text, 'test.yaml', '')
  } catch (error) {
    if (error instanceof OltpError) return error.problems
  }
  throw new Error('accepted')
}

describe('parseScenario', () => {
  it('fills in every default', () => {
    const scenario = parse(look)
    expect(scenario).toMatchObject({
      name: 'test',
      title: 'test',
      description: '',
      file: 'test.yaml',
      sha256: 'abc',
      parameters: [],
      migrations: null,
      seed: [],
      reuse: false,
      session: {},
      groups: [],
      invariants: [],
      thresholds: [],
      variants: [],
    })
    expect(scenario.phases.map(({ name, clients, durationMs, measure }) => [name, clients.to, durationMs, measure])).toEqual([
      ['warmup', 8, 3000, false],
      ['steady', 8, 12_000, true],
    ])
    expect(scenario.transactions[0]).toMatchObject({
      name: 'look',
      weight: 1,
      isolation: null,
      readOnly: false,
      autocommit: false,
      statementTimeoutMs: 10_000,
      retry: { maxAttempts: 10, backoff: { initialMs: 2, factor: 2, maxMs: 100, jitter: 'full' } },
      own: [],
      let: [],
      afterCommit: [],
      tally: [],
      keying: null,
      think: null,
    })
  })

  it('gives transactions the defaults of the file, and what they say themselves', () => {
    const { transactions } = parse(`defaults: { isolation: serializable, statement_timeout: 500ms, retry: { max_attempts: unlimited } }
transactions:
  plain: { steps: [{ sql: SELECT 1 }] }
  own:
    weight: 2.5
    isolation: read committed
    read_only: true
    retry: { backoff: { initial: 5ms, jitter: none } }
    steps: [{ sql: SELECT 1 }]
    think: 20ms
    keying: exponential(1, 100, 2)
`)
    expect(transactions[0]).toMatchObject({ isolation: 'serializable', statementTimeoutMs: 500, retry: { maxAttempts: null }, own: [] })
    expect(transactions[1]).toMatchObject({
      weight: 2.5,
      isolation: 'read committed',
      readOnly: true,
      statementTimeoutMs: 500,
      retry: { maxAttempts: null, backoff: { initialMs: 5, factor: 2, maxMs: 100, jitter: 'none' } },
      own: ['isolation', 'retry'],
    })
    expect(transactions[1]?.think?.source).toBe('20')
    expect(transactions[1]?.keying?.source).toBe('exponential(1, 100, 2)')
  })

  it('reads parameters exactly', () => {
    const { parameters } = parse(`parameters:
  rows: { type: int, default: 10, min: 1, max: 20, help: How many }
  skew: { type: float, default: 1 }
  price: { type: decimal, default: 0.10 }
  big: { type: decimal, default: 12345678901234567890.123456789 }
  mood: { type: text, default: good, choices: [good, bad] }
  fast: { type: bool, default: true }
transactions:
  look: { let: { a: "concat($rows, $skew, $price, $big, $mood, $fast)" }, steps: [{ sql: "SELECT :a" }] }
`)
    expect(parameters.map(({ name, default: value }) => [name, formatValue(value)])).toEqual([
      ['rows', '10'],
      ['skew', '1'],
      ['price', '0.1'],
      ['big', '12345678901234567890.123456789'],
      ['mood', 'good'],
      ['fast', 'true'],
    ])
    expect(parameters[0]).toMatchObject({ min: 1, max: 20, choices: null, help: 'How many' })
    expect(parameters[1]?.default).toEqual({ float: 1 })
  })

  it('reads settings for all engines and for one, MariaDB like MySQL', () => {
    const { session } = parse(`session: { lock_timeout: 5, postgres: { deadlock_timeout: 100ms, jit: off }, mysql: { sort: 1 } }\n${look}`)
    expect(session).toEqual({
      postgres: { lock_timeout: '5', deadlock_timeout: '100ms', jit: 'off' },
      mysql: { lock_timeout: '5', sort: '1' },
      mariadb: { lock_timeout: '5', sort: '1' },
    })
    expect(parse(`session: { mysql: { sort: 1 }, mariadb: { other: true } }\n${look}`).session.mariadb).toEqual({ other: 'true' })
  })

  it('reads phases, groups, invariants and seeds', () => {
    const scenario = parse(`parameters: { jobs: { type: int, default: 10 } }
seed:
  - { table: job, rows: $jobs, columns: { id: row(), state: "'new'" } }
  - { table: note, for_each: job, count: "uniform(0, 3)", columns: { job_id: "parent('id')", number: index } }
  - sql: { postgres: ANALYZE job, mysql: ANALYZE TABLE job }
transactions:
  produce:
    let: { n: "uniform(1, 3)" }
    steps: [{ sql: "INSERT INTO job SELECT :n" }]
    tally: { made: n }
  consume: { weight: 0, steps: [{ sql: DELETE FROM job }] }
groups:
  producers: { clients: 2, weights: { produce: 1 } }
  consumers: { share: 75%, weights: { consume: 3, produce: 1 } }
phases:
  - { name: ramp, clients: { from: 1, to: 8 }, duration: 1.5m }
  - { name: open, clients: 4, duration: 1h, rate: 600/m, arrivals: constant, weights: { produce: 2 } }
  - { name: count, clients: 4, transactions: 100, measure: false }
invariants:
  - { name: made, sql: SELECT COUNT(*) FROM job, equals: before + tally.made }
  - { name: same, sql: SELECT 1, equals: before, check: during, every: 500ms }
thresholds: [produce.p95 < 20ms]
`)
    expect(scenario.phases).toEqual([
      {
        name: 'ramp',
        clients: { from: 1, to: 8 },
        durationMs: 90_000,
        transactions: null,
        rate: null,
        arrivals: 'poisson',
        measure: true,
        weights: null,
      },
      {
        name: 'open',
        clients: { from: 4, to: 4 },
        durationMs: 3_600_000,
        transactions: null,
        rate: { from: 10, to: 10 },
        arrivals: 'constant',
        measure: true,
        weights: { produce: 2 },
      },
      {
        name: 'count',
        clients: { from: 4, to: 4 },
        durationMs: null,
        transactions: 100,
        rate: null,
        arrivals: 'poisson',
        measure: false,
        weights: null,
      },
    ])
    expect(scenario.groups).toEqual([
      { name: 'producers', clients: 2, share: null, weights: { produce: 1 } },
      { name: 'consumers', clients: null, share: 0.75, weights: { consume: 3, produce: 1 } },
    ])
    expect(scenario.seed.map(entry => entry.kind)).toEqual(['rows', 'for_each', 'sql'])
    expect(scenario.invariants[0]).toMatchObject({
      name: 'made',
      check: ['after'],
      everyMs: 2000,
      equals: { source: 'before + tally.made' },
    })
    expect(scenario.invariants[1]).toMatchObject({ equals: 'before', check: ['during'], everyMs: 500 })
    expect(scenario.thresholds[0]).toMatchObject({ transaction: 'produce', metric: 'p95', op: '<', value: 20_000 })
  })

  it('needs no weight where the groups have all clients', () => {
    const weightless = 'transactions: { look: { weight: 0, steps: [{ sql: SELECT 1 }] } }\n'
    expect(() => parse(weightless)).toThrow(OltpError)
    expect(() => parse(`${weightless}groups: { all: { share: 50%, weights: { look: 1 } } }\n`)).toThrow(OltpError)
    expect(parse(`${weightless}groups: { all: { share: 100%, weights: { look: 1 } } }\n`).groups).toHaveLength(1)
    expect(parse(`${weightless}phases: [{ name: a, duration: 1s, weights: { look: 1 } }]\n`).phases).toHaveLength(1)
  })

  it('keeps what a loop saved, and forgets what it drew', () => {
    const loop = (after: string) =>
      parse(`transactions:
  look:
    steps:
      - repeat: "2"
        let: { drawn: "uniform(1, 2)" }
        steps: [{ sql: "SELECT :drawn AS seen", save: seen }]
      - sql: SELECT :${after}
`)
    expect(loop('seen').transactions).toHaveLength(1)
    expect(() => loop('drawn')).toThrow(OltpError)
    expect(() => loop('index')).toThrow(OltpError)
  })

  it('checks a text only by the rules of the engines that it runs on', () => {
    const step = (more: string) => parse(`transactions: { look: { steps: [{ sql: "SELECT data ? 'key' FROM t"${more} }] } }\n`)
    expect(step(', engines: [postgres]').transactions).toHaveLength(1)
    expect(() => step('')).toThrow(OltpError)
  })

  it('is plain data that survives the way to a worker thread', () => {
    const scenario = parse(`parameters: { price: { type: decimal, default: 0.10 } }
transactions: { look: { let: { a: $price * 1.50 }, steps: [{ sql: "SELECT :a" }] } }\n`)
    expect(() => structuredClone(scenario)).not.toThrow()
  })
})

describe('places', () => {
  const at = (text: string) => problemsOf(text).map(({ location }) => `${location?.line}:${location?.column}+${location?.length}`)
  const head = 'version: 1\nname: test\ntransactions:\n  look:\n    steps:\n'

  it('are right in folded and literal texts, in quotes and behind escapes', () => {
    expect(at(`${head}      - sql: >-\n          SELECT 1,\n            :missing\n`)).toEqual(['8:13+8'])
    expect(at(`${head}      - sql: |\n\n          SELECT 1,\n          :missing\n`)).toEqual(['9:11+8'])
    expect(at(`${head}      - sql: 'SELECT ''a'', :missing'\n`)).toEqual(['6:29+8'])
    expect(at(`${head}      - sql: "SELECT \\"a\\", :missing"\n`)).toEqual(['6:29+8'])
    expect(at(`${head}      - sql: SELECT 1,\n          2, :missing\n`)).toEqual(['7:14+8'])
  })

  it('are right with a byte-order mark and with carriage returns', () => {
    expect(at(`\uFEFF${head}      - sql: SELECT :missing\n`)).toEqual(['6:21+8'])
    expect(at(`${head}      - sql: SELECT :missing\n`.replaceAll('\n', '\r\n'))).toEqual(['6:21+8'])
    expect(problemsOf(`${head}      - sql: SELECT :missing\n`.replaceAll('\n', '\r\n'))[0]?.location?.text).toBe(
      '      - sql: SELECT :missing',
    )
  })
})
