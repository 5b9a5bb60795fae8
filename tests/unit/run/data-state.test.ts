import { describe, expect, it } from 'vitest'
import type { MigrationSet } from '#oltp/database/migration-files.js'
import { dataFingerprint } from '#oltp/run/data-fingerprint.js'
import { loadScenario } from '#oltp/run/load-scenario.js'
import { changesData } from '#oltp/run/read-only.js'
import type { ResolvedScenario } from '#oltp/scenario/model.js'
import { parseScenario } from '#oltp/scenario/parse.js'
import { resolveScenario } from '#oltp/scenario/resolve.js'

const resolve = (text: string, variant: string | null = null): ResolvedScenario =>
  resolveScenario(parseScenario(text, 'test.yaml', ''), { variant, set: {}, overrides: {} })
const withTransactions = (transactions: string, more = '') => resolve(`version: 1\nname: t\ntransactions:\n${transactions}\n${more}`)

describe('changesData', () => {
  it.each([
    ['a plain SELECT', 'a: { autocommit: true, steps: [{ sql: SELECT 1 }] }', false],
    ['SELECTs in a transaction', 'a: { steps: [{ sql: SELECT 1 }, { sql: SELECT 2 }] }', false],
    ['a read-only transaction, whatever it calls', 'a: { read_only: true, steps: [{ sql: "CALL report()" }] }', false],
    ['an UPDATE', 'a: { steps: [{ sql: SELECT 1 }, { sql: UPDATE t SET a = 1 }] }', true],
    ['a lock', 'a: { steps: [{ sql: SELECT 1 FROM t FOR UPDATE }] }', true],
    ['a WITH that deletes', 'a: { steps: [{ sql: WITH d AS (DELETE FROM t RETURNING 1) SELECT 1 FROM d }] }', true],
    ['an UPDATE on one engine', 'a: { steps: [{ sql: { postgres: SELECT 1, mysql: UPDATE t SET a = 1 } }] }', true],
    ['an UPDATE in a branch', 'a: { steps: [{ if: 1 = 2, steps: [{ sql: SELECT 1 }], else: [{ sql: DELETE FROM t }] }] }', true],
    [
      'an UPDATE in a loop in a savepoint',
      'a: { steps: [{ savepoint: s, steps: [{ repeat: 2, steps: [{ sql: DELETE FROM t }] }] }] }',
      true,
    ],
    ['an UPDATE after the commit', 'a: { steps: [{ sql: SELECT 1 }], after_commit: [{ sql: DELETE FROM t }] }', true],
    [
      'a write that never runs',
      'a: { autocommit: true, steps: [{ sql: SELECT 1 }] }\n  b: { weight: 0, steps: [{ sql: DELETE FROM t }] }',
      false,
    ],
  ])('%s: %s', (_, transactions, expected) => {
    expect(changesData(withTransactions(`  ${transactions}`))).toBe(expected)
  })

  it('looks at the weights of phases and groups too', () => {
    const transactions = '  a: { steps: [{ sql: SELECT 1 }] }\n  b: { weight: 0, steps: [{ sql: DELETE FROM t }] }'
    expect(changesData(withTransactions(transactions, 'phases: [{ name: p, duration: 1s, weights: { b: 1 } }]'))).toBe(true)
    expect(changesData(withTransactions(transactions, 'groups: { g: { clients: 1, weights: { b: 1 } } }'))).toBe(true)
  })
})

describe('dataFingerprint', () => {
  const text = (more: { rows?: string; column?: string; comment?: string; parameters?: string } = {}) => `version: 1
name: t
${more.comment ?? ''}
parameters: ${more.parameters ?? '{ n: { type: int, default: 5 }, skew: { type: float, default: 1 } }'}
seed: [{ table: a, rows: ${more.rows ?? '$n'}, columns: { id: "${more.column ?? 'row()'}" } }]
transactions: { look: { let: { id: "zipf(1, $n, $skew)" }, steps: [{ sql: "SELECT :id" }] } }
`
  const set: MigrationSet = { name: 's', migrations: [] }
  const of = (scenario: ResolvedScenario, migrations: MigrationSet | null = set, dialect: 'postgres' | 'mysql' = 'postgres') =>
    dataFingerprint(scenario, migrations, dialect)
  const same = of(resolve(text()))

  it('stays for what does not decide the data', () => {
    expect(of(resolve(text({ comment: '# a comment that moves everything' })))).toBe(same)
    expect(of({ ...resolve(text()), parameters: { n: 5, skew: 0.5 } })).toBe(same)
  })

  it('changes with everything that does', async () => {
    const bank = await loadScenario('transfers')
    const script = { file: '', text: '', checksum: 'x', statements: [] }
    const others = [
      of(resolve(text({ rows: '$n + 0' }))),
      of(resolve(text({ column: 'row() + 1' }))),
      of({ ...resolve(text()), parameters: { n: 6, skew: 1 } }),
      of({ ...resolve(text()), randomSeed: 2 }),
      of(resolve(text()), null, 'mysql'),
      of(resolve(text()), { name: 's', migrations: [{ name: '0001_a', up: script, down: script }] }),
      of(resolveScenario(bank, { variant: null, set: {}, overrides: {} })),
    ]
    expect(new Set([same, ...others]).size).toBe(others.length + 1)
  })
})
