import { describe, expect, it } from 'vitest'
import { compileProgram } from '#oltp/scenario/compile.js'
import { BrokenPromise, Conflict, DeclaredRollback, type StatementResult } from '#oltp/scenario/program.js'
import { createRandom } from '#oltp/scenario/random.js'
import type { StepDefinition } from '#oltp/scenario/steps/registry.js'
import { ConstraintBroken, type FakeAttempt, fakeAttempt, noRows } from '../../support/attempt.js'
import { bindings, resolved, step, transaction } from '../../support/resolved.js'

/** Runs steps once; every name that a test asks about is bound by a last statement. */
async function run(
  steps: readonly StepDefinition[],
  { answer, lets = {} }: { answer?: Parameters<typeof fakeAttempt>[0]; lets?: { readonly [name: string]: string } } = {},
): Promise<FakeAttempt> {
  const program = compileProgram(resolved({ transactions: [transaction('t', steps, { let: bindings(lets) })] }), 'postgres')
  const attempt = fakeAttempt(answer)
  program.transactions[0]?.draw(attempt)
  await program.transactions[0]?.run(attempt)
  return attempt
}

const failure = (steps: readonly StepDefinition[], more: Parameters<typeof run>[1] = {}) =>
  run(steps, more).then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  )

const tell = (...names: string[]) => step.sql(`SELECT ${names.map(name => `:${name}`).join(', ')}`, { id: 'tell' })
const told = (attempt: FakeAttempt) => attempt.log.flatMap(line => /^execute t\/tell\S* (.*)$/.exec(line)?.[1] ?? [])

describe('sql', () => {
  const twoRows: StatementResult = {
    affected: 2,
    columns: ['id', 'total'],
    rows: [
      [1, 10],
      [2, null],
    ],
    insertId: null,
  }

  it('saves columns of the first row, and null where there is none', async () => {
    const steps = [step.sql('SELECT id, total FROM t', { save: ['total', 'id'] }), tell('id', 'total')]
    expect(told(await run(steps, { answer: () => twoRows }))).toEqual(['[1,10]'])
    expect(told(await run(steps, { answer: () => ({ ...twoRows, affected: 0, rows: [] }) }))).toEqual(['[null,null]'])
  })

  it('saves whole columns, the count and the new id', async () => {
    const steps = [
      step.sql('SELECT id, total FROM t', { saveAll: ['id', 'total'], saveCount: 'n', insertId: 'made' }),
      step.set({ items: 'length(total)' }),
      step.sql('SELECT :id..., :n, :made, :items', { id: 'tell' }),
    ]
    expect(told(await run(steps, { answer: () => ({ ...twoRows, insertId: 77 }) }))).toEqual(['[1,2,2,77,2]'])
  })

  it('names the step and the columns where a column is not there', async () => {
    const error = await failure([step.sql('SELECT x FROM t', { id: 'lock', save: ['balance'] })], { answer: () => twoRows })
    expect(error).toBeInstanceOf(BrokenPromise)
    expect(error).toHaveProperty('message', 't/lock: there is no column `balance` to save; there are: id, total (AS renames one)')
    expect(await failure([step.sql('UPDATE t SET x = 1', { save: ['balance'] })])).toHaveProperty(
      'message',
      't/update_t: there is no column `balance` to save; the statement returns none',
    )
    expect(await failure([step.sql('INSERT INTO t VALUES (1)', { insertId: 'id' })])).toHaveProperty(
      'message',
      expect.stringContaining('RETURNING'),
    )
  })

  it('tells whether somebody reads its rows', async () => {
    const attempt = await run([step.sql('UPDATE t SET x = 1', { saveCount: 'n' }), step.sql('SELECT id FROM t', { save: ['id'] })], {
      answer: () => twoRows,
    })
    expect(attempt.statements.map(({ readsRows }) => readsRows)).toEqual([false, true])
  })

  it('insists on a number of rows, in the way that it was told to', async () => {
    const expecting = (source: string, otherwise?: 'fail' | 'retry' | 'rollback') => [
      step.sql('UPDATE t SET x = 1', { expect: step.expectRows(source, otherwise) }),
    ]
    await run(expecting('1'))
    const broken = await failure(expecting('2'))
    expect(broken).toBeInstanceOf(BrokenPromise)
    expect(broken).toHaveProperty('message', 't/update_t: expected 2 rows, found 1')
    expect(await failure(expecting('0', 'retry'))).toBeInstanceOf(Conflict)
    expect(await failure(expecting('1 - 1', 'rollback'))).toBeInstanceOf(DeclaredRollback)
    expect(await failure(expecting("'one'"))).toHaveProperty('message', "t/update_t: expect: rows must be an integer, found the text 'one'")
  })

  it('hands on what the database threw, as it is', async () => {
    const lost = new Error('connection lost')
    const answer = () => {
      throw lost
    }
    expect(await failure([step.sql('SELECT 1')], { answer })).toBe(lost)
  })

  it('names itself where a value cannot be bound', async () => {
    expect(await failure([step.set({ ids: '1' }), step.sql('DELETE FROM t WHERE id IN (:ids...)')])).toHaveProperty(
      'message',
      't/delete_t: :ids... needs a list, found the integer 1; write :ids',
    )
  })
})

describe('set, rollback_if, retry_if, rollback, sleep', () => {
  it('computes names in order', async () => {
    expect(told(await run([step.set({ a: '2', b: 'a * 3', c: 'b + a' }), tell('a', 'b', 'c')]))).toEqual(['[2,6,8]'])
  })

  it('breaks the run with its own name where values do not mix', async () => {
    const error = await failure([step.sleep(1), step.set({ a: "1 + 'x'" })])
    expect(error).toBeInstanceOf(BrokenPromise)
    expect(error).toHaveProperty('message', "t, step 2 (set): `+` cannot mix the integer 1 with the text 'x'")
    expect(await failure([step.if('true', [step.repeat('1', {}, [step.rollbackIf("'x'")])])])).toHaveProperty(
      'message',
      "t, step 1.1.1 (rollback_if): a condition is true or false, found the text 'x'",
    )
  })

  it('rolls back or retries where a condition holds, null does not', async () => {
    expect(await failure([step.rollbackIf('1 = 1')])).toBeInstanceOf(DeclaredRollback)
    expect(await failure([step.retryIf('1 = 1')])).toBeInstanceOf(Conflict)
    expect(await failure([step.rollback()])).toBeInstanceOf(DeclaredRollback)
    expect((await run([step.rollbackIf('null < 1'), step.retryIf('1 = 2'), step.sleep(5)])).log).toEqual(['sleep 5'])
  })
})

describe('if and repeat', () => {
  it('takes one branch', async () => {
    const branch = (condition: string) => run([step.if(condition, [step.sleep(1)], [step.sleep(2)])])
    expect((await branch('1 < 2')).log).toEqual(['sleep 1'])
    expect((await branch('1 > 2')).log).toEqual(['sleep 2'])
    expect((await branch('null > 2')).log).toEqual(['sleep 2'])
    expect((await run([step.if('false', [step.sleep(1)])])).log).toEqual([])
  })

  it('leaves names of the branch not taken null', async () => {
    expect(told(await run([step.if('false', [step.set({ a: '1' })]), tell('a')]))).toEqual(['[null]'])
  })

  it('counts from 1, and an inner loop does not disturb the outer count', async () => {
    const inner = step.repeat('index', {}, [tell('index')])
    expect(told(await run([step.repeat('2', {}, [inner, tell('index')])]))).toEqual(['[1]', '[1]', '[1]', '[2]', '[2]'])
  })

  it('draws anew each time round, and the same again in a retry', async () => {
    const program = compileProgram(
      resolved({
        transactions: [
          transaction('t', [step.repeat('5', { x: 'uniform(1, 1000000)' }, [tell('x')])], { let: bindings({ y: 'uniform(1, 9)' }) }),
        ],
      }),
      'postgres',
    )
    const random = createRandom(5, 1)
    const saved: [number, number, number, number] = [0, 0, 0, 0]
    random.save(saved)
    const once = async () => {
      const attempt = fakeAttempt(undefined, random)
      program.transactions[0]?.draw(attempt)
      await program.transactions[0]?.run(attempt)
      return told(attempt)
    }
    const first = await once()
    expect(new Set(first).size).toBe(5)
    random.restore(saved)
    expect(await once()).toEqual(first)
    expect(await once()).not.toEqual(first)
  })

  it('runs no times, but not a negative number of times', async () => {
    expect((await run([step.repeat('0', {}, [step.sleep(1)])])).log).toEqual([])
    expect(await failure([step.repeat('-1', {}, [step.sleep(1)])])).toHaveProperty(
      'message',
      't, step 1 (repeat): repeat: cannot run -1 times',
    )
    expect(await failure([step.repeat('null', {}, [step.sleep(1)])])).toHaveProperty(
      'message',
      expect.stringContaining('must be an integer'),
    )
  })
})

describe('savepoint', () => {
  const throwing = (error: unknown) => ({
    answer: (statement: { readonly name: string }): StatementResult => {
      if (statement.name === 't/insert_t') throw error
      return { ...noRows, affected: 1 }
    },
  })
  const insert = step.sql('INSERT INTO t VALUES (1)')

  it('is released where all went well', async () => {
    expect((await run([step.savepoint('a', [step.sleep(1)])])).log).toEqual(['savepoint a', 'sleep 1', 'release a'])
  })

  it('undoes what a constraint refused, and the outer goes on', async () => {
    const attempt = await run([step.savepoint('a', [insert, step.sleep(1)]), step.sleep(2)], throwing(new ConstraintBroken()))
    expect(attempt.log).toEqual(['savepoint a', 'execute t/insert_t []', 'rollback to a', 'release a', 'sleep 2'])
  })

  for (const [what, inside] of [
    ['rollback_if', step.rollbackIf('true')],
    ['rollback', step.rollback()],
    ['expect … rollback', step.sql('UPDATE u SET x = 1', { expect: step.expectRows('5', 'rollback') })],
  ] as const) {
    it(`absorbs ${what}, in the innermost one only`, async () => {
      const attempt = await run([step.savepoint('a', [step.savepoint('b', [inside]), step.sleep(1)])])
      expect(attempt.log.filter(line => !line.startsWith('execute'))).toEqual([
        'savepoint a',
        'savepoint b',
        'rollback to b',
        'release b',
        'sleep 1',
        'release a',
      ])
    })
  }

  it('lets everything else through, untouched', async () => {
    const deadlock = new Error('deadlock')
    expect(await failure([step.savepoint('a', [insert])], throwing(deadlock))).toBe(deadlock)
    expect(await failure([step.savepoint('a', [step.retryIf('true')])])).toBeInstanceOf(Conflict)
    expect(await failure([step.savepoint('a', [step.sql('UPDATE u SET x = 1', { expect: step.expectRows('5') })])])).toBeInstanceOf(
      BrokenPromise,
    )
    expect(await failure([step.savepoint('a', [step.set({ x: '1 / 0' })])])).toBeInstanceOf(BrokenPromise)
  })
})

describe('values from one attempt to the next', () => {
  it('are gone', async () => {
    const program = compileProgram(
      resolved({ transactions: [transaction('t', [tell('a', 'b'), step.set({ a: 'a + 1', b: '5' })], { let: bindings({ a: '1' }) })] }),
      'postgres',
    )
    const attempt = fakeAttempt()
    for (let time = 0; time < 2; time++) {
      program.transactions[0]?.draw(attempt)
      await program.transactions[0]?.run(attempt)
    }
    expect(told(attempt)).toEqual(['[1,null]', '[1,null]'])
  })
})
