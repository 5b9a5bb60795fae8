import { describe, expect, test } from 'vitest'
import { CheckBook } from '#oltp/engine/check-book.js'
import { transactionState } from '#oltp/measure/history.js'
import type { Outcome } from '#oltp/measure/outcome.js'
import { compileProgram } from '#oltp/scenario/compile.js'
import { parseScenario } from '#oltp/scenario/parse.js'
import { resolveScenario } from '#oltp/scenario/resolve.js'
import { ConstraintBroken, fakeAttempt, noRows } from '../../support/attempt.js'

const scenario = resolveScenario(
  parseScenario(
    `version: 1
name: x
transactions:
  work:
    let: { k: 7, e: sequence('e') }
    steps:
      - { id: read, sql: SELECT v FROM list WHERE k = :k, save: v }
      - savepoint: inside
        steps:
          - { id: first, sql: "UPDATE list SET v = CONCAT(v, ',', :e) WHERE k = :k" }
          - { id: second, sql: INSERT INTO log VALUES (1) }
checks:
  - name: lists
    list_append: { table: list, key: k, list: v, element: e }
  - name: counters
    lost_updates: { table: counter, key: k, value: n }
    transactions: work
  - name: seen
    write_skew: v = '1,2'
`,
    'x.yaml',
    '',
  ),
  { variant: null, set: {}, overrides: {} },
)
const program = compileProgram(scenario, 'mysql')
const work = program.transactions[0]

/** Runs the one transaction against a database that answers as told, and ends it. */
async function noted(outcome: Outcome | 'cancelled', { committing = false, changed = 1, fails = false, limit = 10, measured = true } = {}) {
  const book = new CheckBook(scenario.checks, limit)
  const fake = fakeAttempt(statement => {
    if (statement.name === 'work/second' && fails) throw new ConstraintBroken()
    return statement.name === 'work/read' ? { ...noRows, affected: 1, columns: ['v'], rows: [['1,2']] } : { ...noRows, affected: changed }
  })
  const observer = book.observer(
    fake,
    () => 3e6,
    now => measured && now === 3e6,
  )
  // The attempt of a client tells its observer of savepoints itself.
  const attempt = {
    ...fake,
    observer,
    savepoint: async (name: string) => observer.savepoint(name),
    rollbackToSavepoint: async (name: string) => observer.rolledBackTo(name),
    releaseSavepoint: async (name: string) => observer.released(name),
  }
  if (work === undefined) throw new Error('the scenario has no transaction')
  work.draw(attempt)
  await work.run(attempt)
  observer.ended(work, outcome, committing)
  const [lists, counters, seen] = book.records()
  if (lists?.kind !== 'list_append' || counters?.kind !== 'lost_updates' || seen?.kind !== 'write_skew') throw new Error('no such records')
  return { history: lists.histories[0], commits: counters.keys.get('7'), seen, counts: book.counts() }
}

describe('what a transaction did is noted', () => {
  test('when it is committed', async () => {
    const { history, commits, seen, counts } = await noted('committed')
    expect(history).toMatchObject({
      keys: ['7'],
      states: Uint8Array.from([transactionState.committed]),
      clients: Int32Array.from([4]),
      endedAt: Float64Array.from([3e6]),
      operationChains: Int32Array.from([0, -1]),
      operationValues: Int32Array.from([2, 2]),
      chainElements: Int32Array.from([1, 2]),
    })
    expect(commits).toEqual({ acknowledged: 1, inDoubt: 0 })
    expect(seen).toMatchObject({ commits: 1, seen: 1, measured: 1, first: { transaction: 'work', client: 4, ended_s: 3 } })
    expect(counts).toEqual([
      { transactions: 1, seen: 0, measured: 0 },
      { transactions: 1, seen: 0, measured: 0 },
      { transactions: 1, seen: 1, measured: 1 },
    ])
  })

  test.each([
    ['ambiguous', false, transactionState.inDoubt],
    ['cancelled', true, transactionState.inDoubt],
    ['cancelled', false, transactionState.aborted],
    ['serialization', false, transactionState.aborted],
    ['rolled_back', false, transactionState.aborted],
  ] as const)('when it is %s, its COMMIT sent: %s', async (outcome, committing, state) => {
    const { history, commits, seen } = await noted(outcome, { committing })
    expect([...(history?.states ?? [])]).toEqual([state])
    expect(commits).toEqual(state === transactionState.inDoubt ? { acknowledged: 0, inDoubt: 1 } : undefined)
    expect(seen).toMatchObject({ commits: 0, seen: 0, first: null })
  })

  test('when it is committed in a phase that is not measured', async () => {
    expect((await noted('committed', { measured: false })).seen).toMatchObject({ commits: 1, seen: 1, measured: 0 })
  })

  test('without an append that changed no row', async () => {
    expect((await noted('committed', { changed: 0 })).history?.operationChains).toEqual(Int32Array.from([0]))
  })

  test('without what a savepoint undid', async () => {
    expect((await noted('committed', { fails: true })).history?.operationChains).toEqual(Int32Array.from([0]))
  })

  test('as long as there is room', async () => {
    expect((await noted('committed', { limit: 0 })).history).toMatchObject({ complete: false, states: new Uint8Array(0) })
  })
})

test('a scenario without checks compiles to statements that nobody watches', () => {
  const plain = compileProgram({ ...scenario, checks: [] }, 'mysql')
  expect(plain.transactions[0]?.observedEnds).toEqual([])
  const watched: string[] = []
  const attempt = fakeAttempt(() => ({ ...noRows, affected: 1, columns: ['v'], rows: [['1']] }))
  const observer = {
    appended: () => watched.push('appended'),
    changedNothing: () => watched.push('nothing'),
    read: () => watched.push('read') > 0,
  }
  plain.transactions[0]?.draw(attempt)
  return plain.transactions[0]
    ?.run({ ...attempt, observer: { ...observer, appended: () => void observer.appended(), changedNothing: () => void 0 } })
    .then(() => {
      expect(watched).toEqual([])
    })
})
