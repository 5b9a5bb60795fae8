import Big from 'big.js'
import mysql from 'mysql2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import { parseTarget } from '#oltp/database/url.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { type Ground, openGround, statement } from '../../support/sessions.js'

for (const engine of engines) {
  describe(engine.name, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(engine, 'values')
      await ground.admin.query(
        'CREATE TABLE t (id bigint PRIMARY KEY, balance bigint, amount decimal(38,10), label varchar(100), ratio double precision, flag boolean)',
      )
    })
    afterAll(() => ground.close())

    for (const protocol of ['prepared', 'extended'] as const) {
      describe(protocol, () => {
        let session: Session
        const run = async (text: string, ...parameters: Value[]) => (await session.execute(statement(ground, text), parameters)).rows
        beforeAll(async () => {
          session = await ground.open({ protocol })
        })

        it('keeps integers beyond 2^53 exact, in both directions', async () => {
          await run('DELETE FROM t')
          await run('INSERT INTO t (id, balance) VALUES (?, ?)', '9007199254740993', '-9223372036854775808')
          expect(await run('SELECT id, balance FROM t WHERE id = ?', '9007199254740993')).toEqual([
            ['9007199254740993', '-9223372036854775808'],
          ])
          expect(await run('SELECT id FROM t WHERE id = ?', '9007199254740992')).toEqual([])
        })

        it('computes with integers on the server, not with floats', async () => {
          await run('DELETE FROM t')
          await run('INSERT INTO t (id, balance) VALUES (?, ?)', 1, '9007199254740993')
          const { affected } = await session.execute(statement(ground, 'UPDATE t SET balance = balance - ? WHERE id = ?'), [2, 1])
          expect(affected).toBe(1)
          expect(await run('SELECT balance FROM t')).toEqual([[9007199254740991]])
          await run('UPDATE t SET balance = balance + ? WHERE id = ?', 4, 1)
          expect(await run('SELECT balance FROM t')).toEqual([['9007199254740995']])
        })

        it('computes with decimals exactly: 0.1 + 0.2 is 0.3', async () => {
          await run('DELETE FROM t')
          await run('INSERT INTO t (id, amount) VALUES (?, ?)', 1, new Big('0.1'))
          await run('UPDATE t SET amount = amount + ? WHERE id = ?', new Big('0.2'), 1)
          expect(await run('SELECT amount FROM t WHERE amount = ?', new Big('0.3'))).toEqual([[new Big('0.3')]])
          const long = new Big('1234567890123456789012345678.0123456789')
          await run('UPDATE t SET amount = ?', long)
          await run('UPDATE t SET amount = amount - ?', 1)
          expect(await run('SELECT amount FROM t')).toEqual([[long.minus(1)]])
        })

        it('tells floats, text, booleans and NULL from integers', async () => {
          await run('DELETE FROM t')
          await run('INSERT INTO t (id, label, ratio, flag) VALUES (?, ?, ?, ?)', 1, 'ü \\ \' "', { float: 4 }, true)
          await run('INSERT INTO t (id, label, ratio, flag) VALUES (?, ?, ?, ?)', 2, null, null, false)
          const [yes, no] = ground.target.engine === 'postgres' ? [true, false] : [1, 0]
          expect(await run('SELECT label, ratio, flag FROM t ORDER BY id')).toEqual([
            ['ü \\ \' "', { float: 4 }, yes],
            [null, null, no],
          ])
        })

        it('takes integers where only integers may stand', async () => {
          await run('DELETE FROM t')
          for (const id of [1, 2, 3]) await run('INSERT INTO t (id) VALUES (?)', id)
          expect(await run('SELECT id FROM t ORDER BY id LIMIT ? OFFSET ?', 1, 1)).toEqual([[2]])
        })

        it('runs one text with integers and then with decimals', async () => {
          await run('DELETE FROM t')
          await run('INSERT INTO t (id, amount) VALUES (1, 10)')
          const subtract = 'SELECT amount - ? FROM t'
          expect(await run(subtract, 3)).toEqual([[new Big('7')]])
          expect(await run(subtract, new Big('0.25'))).toEqual([[new Big('9.75')]])
          expect(await run(subtract, 4)).toEqual([[new Big('6')]])
        })

        it('counts matched rows, and leaves out rows that nobody reads', async () => {
          await run('DELETE FROM t')
          await run('INSERT INTO t (id, balance) VALUES (1, 5)')
          const same = await session.execute(statement(ground, 'UPDATE t SET balance = 5'), [])
          expect(same.affected).toBe(1)
          const unread = await session.execute(statement(ground, 'SELECT id, balance FROM t', false), [])
          expect(unread).toMatchObject({ affected: 1, rows: [] })
        })
      })
    }

    it('finds a row by its key, whatever the type of the parameter', async () => {
      await ground.admin.query('DELETE FROM t')
      const rows = Array.from({ length: 500 }, (_, id) => `(${id})`).join(',')
      await ground.admin.query(`INSERT INTO t (id) VALUES ${rows}`)
      await ground.database.gatherStatistics(ground.admin, ['t'])
      const explain =
        ground.target.engine === 'postgres' ? 'EXPLAIN SELECT * FROM t WHERE id = $1::bigint' : 'EXPLAIN SELECT balance FROM t WHERE id = ?'
      for (const parameter of [7, '7']) {
        const plan = JSON.stringify((await ground.admin.query(explain, [parameter])).rows)
        expect(plan).toMatch(/Index|const|Rows fetched before execution/)
      }
      // Negative control: a text that cannot be turned into a key is looked for in every row.
      const wide =
        ground.target.engine === 'postgres'
          ? 'EXPLAIN SELECT * FROM t WHERE id::text = $1'
          : 'EXPLAIN SELECT balance FROM t WHERE concat(id) = ?'
      expect(JSON.stringify((await ground.admin.query(wide, ['7'])).rows)).not.toMatch(/Index|const|Rows fetched before execution/)
    })

    it('reads dates, times and JSON as text, in UTC', async () => {
      const text =
        ground.target.engine === 'postgres'
          ? "SELECT date '2026-02-03', timestamptz '2026-02-03 04:05:06.789+02', json '{\"a\": 1}', CURRENT_SETTING('TimeZone')"
          : "SELECT date '2026-02-03', timestamp '2026-02-03 02:05:06.789', json_object('a', 1), @@session.time_zone"
      const [row] = (await ground.admin.query(text)).rows
      expect(row?.[0]).toBe('2026-02-03')
      expect(row?.[1]).toMatch(/^2026-02-03 02:05:06\.789(000)?(\+00)?$/)
      expect(row?.[2]).toBe('{"a": 1}')
      expect(row?.[3]).toMatch(/^(UTC|\+00:00)$/)
    })
  })
}

describe('PostgreSQL alone', () => {
  const [engine] = engines.filter(({ name }) => name === 'postgres')
  it('reads and binds lists', async () => {
    if (engine === undefined) throw new Error('no server')
    const ground = await openGround(engine, 'lists')
    const list: Value = [1, null, '9007199254740993']
    const sql =
      "SELECT ARRAY[1, NULL, 9007199254740993]::bigint[], ARRAY['a,b', 'c\"\\', NULL, 'NULL', '']::text[], ARRAY[[0.1],[0.2]], '{}'::int[]"
    expect((await ground.admin.query(sql)).rows).toEqual([
      [list, ['a,b', 'c"\\', null, 'NULL', ''], [[new Big('0.1')], [new Big('0.2')]], []],
    ])
    const texts: Value = ['a,b', 'c"\\', null, 'NULL', '', ' ']
    expect((await ground.admin.query('SELECT $1::text[], $2::bigint[], 2 = ANY($3)', [texts, list, [1, 2]])).rows).toEqual([
      [texts, list, true],
    ])
    await ground.close()
  })
})

describe('MySQL and MariaDB alone', () => {
  it('the driver alone sends numbers as floats, and MariaDB then computes with floats', async () => {
    const [engine] = engines.filter(({ name }) => name === 'mariadb')
    if (engine === undefined) throw new Error('no server')
    const { host, port, user, password } = parseTarget(engine.url, {})
    const connection = mysql.createConnection({ host, port, user, password: password ?? '', supportBigNumbers: true, rowsAsArray: true })
    const rows = await new Promise((resolve, reject) => {
      connection.execute('SELECT 9007199254740993 - ?', [0], (error, result) => (error ? reject(error) : resolve(result)))
    })
    expect(rows).toEqual([[9007199254740992]])
    connection.destroy()
    const ground = await openGround(engine, 'control')
    expect((await ground.admin.query('SELECT 9007199254740993 - ?', [0])).rows).toEqual([['9007199254740993']])
    await ground.close()
  })

  for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
    it(`${engine.name}: gives the id of an insert, and refuses a list as a parameter`, async () => {
      const ground = await openGround(engine, 'own')
      await ground.admin.query('CREATE TABLE n (id bigint AUTO_INCREMENT PRIMARY KEY, v int, b varbinary(10))')
      expect((await ground.admin.query('INSERT INTO n (v) VALUES (1)')).insertId).toBe(1)
      expect((await ground.admin.execute(statement(ground, "INSERT INTO n (v, b) VALUES (?, x'00ff')"), [2])).insertId).toBe(2)
      expect((await ground.admin.query('UPDATE n SET v = 3')).insertId).toBeNull()
      expect((await ground.admin.query('SELECT b FROM n ORDER BY id')).rows).toEqual([[null], ['\\x00ff']])
      await expect(ground.admin.query('SELECT ?', [[1, 2]])).rejects.toMatchObject({ code: 'BAD_PARAMETER', sessionLost: false })
      expect(ground.admin.alive).toBe(true)
      await ground.close()
    })
  }
})
