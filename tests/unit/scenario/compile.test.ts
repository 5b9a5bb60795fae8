import { describe, expect, it } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { compileProgram } from '#oltp/scenario/compile.js'
import { decimal } from '#oltp/scenario/decimal.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { formatValue } from '#oltp/scenario/format-value.js'
import { BrokenPromise } from '#oltp/scenario/program.js'
import { fakeAttempt } from '../../support/attempt.js'
import { bindings, resolved, step, transaction } from '../../support/resolved.js'

describe('compileProgram', () => {
  it('names every statement, each differently', () => {
    const program = compileProgram(
      resolved({
        transactions: [
          transaction('pay', [
            step.sql('UPDATE account SET x = 1'),
            step.sql('UPDATE account SET x = 2'),
            step.sql('SELECT 1', { id: 'ping' }),
            step.if('true', [step.sql('SELECT 2')], [step.sql('SELECT 3', { id: 'ping' })]),
          ]),
          transaction('look', [step.sql('UPDATE account SET x = :x')], { let: bindings({ x: '1' }), afterCommit: [step.sql('SELECT 4')] }),
        ],
      }),
      'mysql',
    )
    expect(program.statements).toEqual([
      { name: 'pay/update_account', transaction: 0, text: 'UPDATE account SET x = 1' },
      { name: 'pay/update_account_2', transaction: 0, text: 'UPDATE account SET x = 2' },
      { name: 'pay/ping', transaction: 0, text: 'SELECT 1' },
      { name: 'pay/step_4_1', transaction: 0, text: 'SELECT 2' },
      { name: 'pay/ping_2', transaction: 0, text: 'SELECT 3' },
      { name: 'look/update_account', transaction: 1, text: 'UPDATE account SET x = ?' },
      { name: 'look/step_after_commit_1', transaction: 1, text: 'SELECT 4' },
    ])
  })

  it('leaves out the steps of other engines; mysql takes MariaDB along', async () => {
    const only = (engines: readonly ('postgres' | 'mysql' | 'mariadb')[]) => step.sql('SELECT 1', { id: engines.join('_'), engines })
    const scenario = resolved({ transactions: [transaction('t', [only(['postgres']), only(['mysql']), only(['mariadb'])])] })
    const names = (dialect: 'postgres' | 'mysql' | 'mariadb') => compileProgram(scenario, dialect).statements.map(({ name }) => name)
    expect(names('postgres')).toEqual(['t/postgres'])
    expect(names('mysql')).toEqual(['t/mysql'])
    expect(names('mariadb')).toEqual(['t/mysql', 't/mariadb'])
  })

  it('refuses a dialect that a step has no text for', () => {
    const scenario = resolved({ transactions: [transaction('t', [step.sleep(1), step.sql('', { sql: { postgres: 'SELECT 1' } })])] })
    expect(compileProgram(scenario, 'postgres').statements).toHaveLength(1)
    const refused = (() => {
      try {
        return compileProgram(scenario, 'mariadb')
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(OltpError)
    expect(refused).toMatchObject({ exitCode: 2, code: 'SCENARIO_DIALECT', message: 't, step 2 (sql) has no SQL for mariadb' })
  })

  it('marks the statement that COMMIT may travel with: the last one, where nobody looks at its answer', async () => {
    const ping = step.sql('SELECT 1')
    const marks = async (steps: Parameters<typeof transaction>[1], more: Parameters<typeof transaction>[2] = {}, commits = false) => {
      const compiled = compileProgram(resolved({ transactions: [transaction('t', steps, more)] }), 'postgres').transactions[0]
      const attempt = fakeAttempt(() => ({ affected: 1, columns: ['x'], rows: [[1]], insertId: 1 }))
      compiled?.draw(attempt)
      await (commits ? compiled?.afterCommit?.(attempt) : compiled?.run(attempt))
      return attempt.statements.map(({ last }) => last)
    }
    expect(await marks([ping, ping])).toEqual([false, true])
    expect(await marks([ping, step.sql('SELECT 1', { engines: ['postgres'] }), step.sql('SELECT 1', { engines: ['mysql'] })])).toEqual([
      false,
      true,
    ])
    expect(await marks([ping], { afterCommit: [ping] })).toEqual([true])
    for (const after of [step.set({ a: '1' }), step.sleep(0), step.rollbackIf('false'), step.if('false', [ping])])
      expect(await marks([ping, after])).toEqual([false])
    for (const around of [step.if('true', [ping]), step.repeat('1', {}, [ping]), step.savepoint('s', [ping])])
      expect(await marks([around])).toEqual([false])
    const looks = [{ save: ['x'] }, { saveAll: ['x'] }, { saveCount: 'n' }, { insertId: 'n' }, { expect: step.expectRows('1') }]
    for (const look of looks) expect(await marks([step.sql('SELECT 1', look)])).toEqual([false])
    expect(await marks([ping], { autocommit: true })).toEqual([false])
    expect(await marks([], { afterCommit: [ping] }, true)).toEqual([false])
  })

  it('computes tallies and waits from the values of an attempt', () => {
    const lets = bindings({ amount: '20', wait: '1.5e0' })
    const program = compileProgram(
      resolved({
        parameters: { fee: 3 },
        transactions: [
          transaction('a', [], { let: lets, tally: bindings({ moved: 'amount', fees: '$fee' }), think: parseExpression('wait * 2') }),
          transaction('b', [], { let: bindings({ amount: '1' }), tally: bindings({ moved: '-amount' }), keying: parseExpression('-5') }),
        ],
      }),
      'postgres',
    )
    expect(program.tallies).toEqual(['moved', 'fees'])
    const [a, b] = program.transactions
    const attempt = fakeAttempt()
    a?.draw(attempt)
    expect(a?.tallies.map(({ tally, amount }) => [tally, amount(attempt)])).toEqual([
      [0, 20],
      [1, 3],
    ])
    expect([a?.think?.(attempt), a?.keying, a?.afterCommit]).toEqual([3, null, null])
    b?.draw(attempt)
    expect(b?.tallies.map(({ tally, amount }) => [tally, amount(attempt)])).toEqual([[0, -1]])
    expect([b?.keying?.(attempt), b?.think]).toEqual([0, null])
  })

  it('says which let made no sense', () => {
    const program = compileProgram(
      resolved({ transactions: [transaction('t', [], { let: bindings({ a: '0', b: '5 / a' }) })] }),
      'postgres',
    )
    const draw = () => program.transactions[0]?.draw(fakeAttempt())
    expect(draw).toThrow(BrokenPromise)
    expect(draw).toThrow('t, let b: division by zero')
  })

  it('runs what crossed to another thread, decimals too', async () => {
    const scenario = resolved({
      parameters: { price: decimal('12.50') },
      transactions: [
        transaction('t', [step.set({ total: '$price * 2.00 + n' })], { let: bindings({ n: '1' }), afterCommit: [step.sleep(9)] }),
      ],
    })
    const compiled = compileProgram(structuredClone(scenario), 'postgres').transactions[0]
    const attempt = fakeAttempt()
    compiled?.draw(attempt)
    await compiled?.run(attempt)
    expect(attempt.values.map(formatValue)).toEqual(['1', '26'])
    expect(compiled?.slots).toBe(2)
    await compiled?.afterCommit?.(attempt)
    expect(attempt.log).toEqual(['sleep 9'])
  })
})
