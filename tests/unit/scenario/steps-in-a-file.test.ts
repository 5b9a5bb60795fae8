import { describe, expect, it } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { compileProgram } from '#oltp/scenario/compile.js'
import { parseScenario } from '#oltp/scenario/parse.js'
import type { StatementResult } from '#oltp/scenario/program.js'
import { resolveScenario } from '#oltp/scenario/resolve.js'
import { fakeAttempt, noRows } from '../../support/attempt.js'

/** A scenario of one transaction, whose lines below the name are given. */
function scenario(lines: string) {
  const indented = lines.trimEnd().replaceAll('\n', '\n    ')
  const text = `version: 1
name: test
title: Test
parameters:
  lines: { type: int, default: 2, help: How many }
  price: { type: decimal, default: "1.25", help: How much }
  skew: { type: float, default: 0.5, help: How skewed }
transactions:
  t:${indented}
phases:
  - { name: steady, duration: 1s, clients: 1 }
`
  return parseScenario(text, 'test.yaml', '')
}

function problems(lines: string) {
  try {
    scenario(lines)
  } catch (error) {
    if (error instanceof OltpError) return error.problems
    throw error
  }
  return []
}

const used = `
let: { skew: "$skew", price: "$price", lines: "$lines" }
tally: { all: "if(skew > 0, price, lines)" }`

describe('steps in a file', () => {
  it('run as they are written', async () => {
    const parsed = scenario(`
let:
  district: uniform(1, 10)
  items: uniform($lines, $lines)
  factor: "if($skew < 1, $price, 0.0)"
steps:
  - sql: SELECT next FROM district WHERE id = :district FOR UPDATE
    id: number
    save: [next]
    expect: { rows: 1 }
  - set: { total: "0" }
  - repeat: items
    let: { item: "zipf(1, 10, $skew)", far: "choice(true)" }
    steps:
      - sql: { postgres: "SELECT price FROM item WHERE id = :item", mysql: "SELECT price FROM item WHERE id = :item LOCK IN SHARE MODE" }
        save: price
      - if: far and found(price)
        steps:
          - set: { total: total + price * factor }
        else:
          - rollback: true
  - savepoint: extra
    steps:
      - sql: INSERT INTO log VALUES (:next, :total)
        insert_id: log
        engines: [mysql]
      - sql: INSERT INTO log VALUES (:next, :total)
        engines: [postgres]
      - rollback_if: total > 5
  - sql: SELECT id AS ids FROM job
    save_all: ids
    save_count: jobs
  - sql: DELETE FROM job WHERE id IN (:ids...)
    expect: { rows: jobs, else: retry }
  - retry_if: total < 0
  - sleep: 5ms
after_commit:
  - sql: SELECT :total
`)
    const program = compileProgram(resolveScenario(structuredClone(parsed), { variant: null, set: {}, overrides: {} }), 'postgres')
    const answers: { readonly [name: string]: StatementResult } = {
      't/number': { affected: 1, columns: ['next'], rows: [[3001]], insertId: null },
      't/select_item': { affected: 1, columns: ['price'], rows: [[4]], insertId: null },
      't/select_job': { affected: 2, columns: ['ids'], rows: [[7], [8]], insertId: null },
      't/delete_job': { ...noRows, affected: 2 },
    }
    const attempt = fakeAttempt(statement => answers[statement.name] ?? noRows)
    program.transactions[0]?.draw(attempt)
    await program.transactions[0]?.run(attempt)
    await program.transactions[0]?.afterCommit?.(attempt)
    const hidden = (line: string) => line.replace(/(number|select_item) \[\d+\]/, '$1 [drawn]')
    expect(attempt.log.map(hidden)).toEqual([
      'execute t/number [drawn]',
      'execute t/select_item [drawn]',
      'execute t/select_item [drawn]',
      'savepoint extra',
      'execute t/insert_log [3001,"10"]',
      'rollback to extra',
      'release extra',
      'execute t/select_job []',
      'execute t/delete_job [7,8]',
      'sleep 5',
      'execute t/step_after_commit_1 ["10"]',
    ])
  })

  for (const [what, steps, message, marked] of [
    ['a name that has no value', '- set: { a: b + 1 }', '`b` has no value here', 'b'],
    ['a name before it has a value', '- sql: SELECT :a\n  - set: { a: "1" }', '`:a` has no value', ':a'],
    [
      'a name of a loop after it',
      '- repeat: 2\n    let: { a: "1" }\n    steps: [{ sql: "SELECT :a" }]\n  - sql: SELECT :a',
      '`:a` has no value',
      ':a',
    ],
    ['a draw outside of let', '- set: { a: "uniform(1, 2)" }', '`uniform` draws at random', 'uniform'],
    ['a draw as a count', '- repeat: uniform(1, 2)\n    steps: [{ sleep: 1ms }]', '`uniform` draws at random', 'uniform'],
    ['a loop without steps', '- repeat: 2', 'this `repeat` has no `steps`', 'repeat'],
    ['a branch without steps', '- if: true', 'this `if` has no `steps`', 'if'],
    ['a savepoint without steps', '- savepoint: a', 'this `savepoint` has no `steps`', 'savepoint'],
    ['rollback: false', '- rollback: false', '`rollback: false` does nothing', 'false'],
    ['an unknown reaction', '- sql: SELECT 1\n    expect: { rows: 1, else: explode }', 'unknown `else` `explode`', 'explode'],
    ['an expect without rows', '- sql: SELECT 1\n    expect: { else: fail }', '`expect` lacks `rows`', 'else'],
    ['two statements', '- sql: SELECT 1; SELECT 2', 'a step runs one statement', 'SELECT'],
    ['a let of a loop that nobody reads', '- repeat: 2\n    let: { a: "1" }\n    steps: [{ sleep: 1ms }]', '`a` is never read', 'a'],
    [
      'a let that hides another',
      '- repeat: 2\n    let: { price: "1" }\n    steps: [{ sql: "SELECT :price" }]',
      '`price` has a value already',
      'price',
    ],
    ['an unknown key', '- sql: SELECT 1\n    saev: x', 'unknown key `saev`', 'saev'],
    ['a duration without a unit', '- sleep: 5', '`sleep` must be a duration', '5'],
  ] as const) {
    it(`find ${what}`, () => {
      const [problem, ...others] = problems(`${used}\nsteps:\n  ${steps}`)
      expect(others).toEqual([])
      expect(problem?.message).toContain(message)
      const { text = '', column = 1, length = 0 } = problem?.location ?? {}
      expect(text.slice(column - 1, column - 1 + length)).toBe(marked)
      expect(problem?.hint ?? problem?.label ?? '').not.toBe('')
    })
  }

  for (const [what, lines, message] of [
    [
      'rollback_if in autocommit',
      'autocommit: true\nsteps:\n  - sql: SELECT 1\n  - rollback_if: lines > 1',
      '`rollback_if` needs a transaction',
    ],
    [
      'a savepoint after the commit',
      'steps: [{ sleep: 1ms }]\nafter_commit:\n  - savepoint: a\n    steps: [{ sleep: 1ms }]',
      'nothing to undo after the commit',
    ],
    [
      'a retry in autocommit',
      'autocommit: true\nsteps:\n  - sql: SELECT 1\n    expect: { rows: 1, else: retry }',
      '`retry` comes too late',
    ],
    [
      'a rollback after the commit',
      'steps: [{ sleep: 1ms }]\nafter_commit:\n  - sql: SELECT 1\n    expect: { rows: 1, else: rollback }',
      '`rollback` comes too late',
    ],
  ] as const) {
    it(`find ${what}`, () => {
      expect(problems(`${used}\n${lines}`).map(problem => problem.message)).toEqual([expect.stringContaining(message)])
    })
  }

  it('keep savepoints of one name apart where they nest', async () => {
    const parsed = scenario(`${used}\nsteps:\n  - savepoint: a\n    steps:\n      - savepoint: a\n        steps: [{ sleep: 1ms }]`)
    const program = compileProgram(resolveScenario(parsed, { variant: null, set: {}, overrides: {} }), 'mysql')
    const attempt = fakeAttempt()
    program.transactions[0]?.draw(attempt)
    await program.transactions[0]?.run(attempt)
    expect(attempt.log).toEqual(['savepoint a', 'savepoint a_2', 'sleep 1', 'release a_2', 'release a'])
  })
})
