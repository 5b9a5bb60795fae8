import Big from 'big.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import type { Value } from '#oltp/scenario/values.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, openGround, statement } from '../../support/sessions.js'

const anyLevel = { isolation: null, readOnly: false } as const

for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
  describe(`prepared statements, ${engine.name}`, () => {
    let ground: Ground
    let session: Session
    const execute = (text: string, ...parameters: Value[]) => session.execute(statement(ground, text), parameters)
    const counter = async (name: string) => Number((await session.query(`SHOW SESSION STATUS LIKE '${name}'`)).rows[0]?.[1])
    beforeAll(async () => {
      ground = await openGround(engine, 'prepared')
      session = await ground.open()
    })
    afterAll(() => ground.close())

    it('are prepared once', async () => {
      const before = await counter('Com_stmt_prepare')
      for (let value = 0; value < 5; value++) expect((await execute('SELECT ? + 0', value)).rows).toEqual([[value]])
      expect((await counter('Com_stmt_prepare')) - before).toBe(1)
    })

    it('more than 256 texts: the one not used for longest is closed, and prepared again when it comes back', async () => {
      const other = await ground.open()
      const run = (value: number) => other.execute(statement(ground, `SELECT ${value} + ?`), [1])
      const count = async (name: string) => Number((await other.query(`SHOW SESSION STATUS LIKE '${name}'`)).rows[0]?.[1])
      for (let value = 0; value < 256; value++) await run(value)
      expect([await count('Com_stmt_prepare'), await count('Com_stmt_close')]).toEqual([256, 0])
      await run(0)
      for (let value = 256; value < 300; value++) expect((await run(value)).rows).toEqual([[value + 1]])
      expect([await count('Com_stmt_prepare'), await count('Com_stmt_close')]).toEqual([300, 44])
      // 0 was used again and stayed; 1 had to go.
      expect((await run(0)).rows).toEqual([[1]])
      expect(await count('Com_stmt_prepare')).toBe(300)
      expect((await run(1)).rows).toEqual([[2]])
      expect([await count('Com_stmt_prepare'), await count('Com_stmt_close')]).toEqual([301, 45])
    })

    it('see a table as it is after DDL: other columns, other types, other names', async () => {
      await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY, v int)')
      await ground.admin.query('INSERT INTO t VALUES (1, 2)')
      const all = () => execute('SELECT * FROM t WHERE id = ?', 1)
      const first = await all()
      expect(first).toMatchObject({ columns: ['id', 'v'], rows: [[1, 2]] })
      await ground.admin.query("ALTER TABLE t ADD COLUMN label varchar(10) DEFAULT 'new' AFTER id")
      expect(await all()).toMatchObject({ columns: ['id', 'label', 'v'], rows: [[1, 'new', 2]] })
      await ground.admin.query('ALTER TABLE t MODIFY COLUMN v decimal(10, 2), RENAME COLUMN label TO lapel')
      expect(await all()).toMatchObject({ columns: ['id', 'lapel', 'v'], rows: [[1, 'new', new Big(2)]] })
      await ground.admin.query('ALTER TABLE t DROP COLUMN lapel')
      expect(await all()).toMatchObject({ columns: ['id', 'v'], rows: [[1, new Big(2)]] })
      expect(first).toMatchObject({ columns: ['id', 'v'], rows: [[1, 2]] })
      const unread = await session.execute(statement(ground, 'SELECT * FROM t WHERE id = ?', false), [1])
      expect(unread).toMatchObject({ affected: 1, columns: ['id', 'v'], rows: [] })
      await ground.admin.query('DROP TABLE t')
      expect(await failureOf(all())).toMatchObject({ code: '1146', outcome: 'other' })
    })

    it('a procedure with several results tells the rows of the first, and how it left the transaction', async () => {
      await ground.admin.query('CREATE TABLE called (id int PRIMARY KEY)')
      await ground.admin.query('CREATE PROCEDURE two() BEGIN SELECT 1 AS a, 2 AS b; SELECT 3 UNION SELECT 4; END')
      await ground.admin.query('CREATE PROCEDURE changes(n int) BEGIN INSERT INTO called VALUES (n), (n + 1); END')
      await ground.admin.query('CREATE PROCEDURE commits() BEGIN SELECT 1; COMMIT; END')
      const parsed = await ground.open({ protocol: 'extended' })
      for (const text of ['CALL two()', 'CALL changes(10)', 'SELECT 1']) {
        const expected = await parsed.execute(statement(ground, text), [])
        await parsed.query('DELETE FROM called')
        expect(await execute(text)).toEqual(pick(expected))
      }
      await session.begin(anyLevel)
      expect((await execute('CALL two()')).rows).toEqual([[1, 2]])
      expect(session.inTransaction).toBe(true)
      await execute('CALL commits()')
      expect(session.inTransaction).toBe(false)
      expect(await failureOf(execute('SELECT 1'))).toMatchObject({ code: 'TRANSACTION_GONE' })
      await session.rollback()
    })

    it('reads the parameters before it returns: the caller may use the list again at once', async () => {
      const text = 'SELECT ?, ? + 1'
      const parameters: Value[] = ['new', 1]
      const preparing = session.execute(statement(ground, text), parameters)
      parameters[0] = 'changed'
      expect((await preparing).rows).toEqual([['new', 2]])
      parameters[0] = 'again'
      const executing = session.execute(statement(ground, text), parameters)
      parameters[0] = 'changed'
      expect((await executing).rows).toEqual([['again', 2]])
    })

    it('what cannot be a parameter is refused and leaves the session as it is', async () => {
      for (const parameters of [[[1, 2]], [0.5], [2 ** 53], [1, 2], []]) {
        expect(await failureOf(execute('SELECT ?', ...parameters))).toMatchObject({ code: 'BAD_PARAMETER', sessionLost: false })
        expect((await execute('SELECT ?', 5)).rows).toEqual([[5]])
      }
      expect(await failureOf(execute('SELECT ? AS first_time', [1]))).toMatchObject({ code: 'BAD_PARAMETER' })
      expect((await execute('SELECT ? AS first_time', 1)).rows).toEqual([[1]])
    })

    it('parameters of any length', async () => {
      for (const length of [0, 1, 250, 251, 65_535, 65_536, 3_000_000]) {
        const text = `${'x'.repeat(Math.max(0, length - 3))}ü€`.slice(0, length)
        expect((await execute('SELECT CAST(? AS char), ?', text, length)).rows).toEqual([[text, length]])
      }
      const many: Value[] = Array.from({ length: 300 }, (_, index) => (index % 9 === 0 ? null : index))
      expect((await execute(`SELECT ${many.map(() => '?').join(', ')}`, ...many)).rows).toEqual([many])
    })

    if (engine.name === 'mysql') {
      it('a parameter of 16 MB and more, which goes in several packets', async () => {
        for (const length of [0xffffff - 100, 0xffffff, 0x1ffffff]) {
          expect((await execute('SELECT length(?)', 'x'.repeat(length))).rows).toEqual([[length]])
        }
      })
    }

    it('one call at a time: a second one is refused, and does no harm', async () => {
      const first = execute('SELECT SLEEP(0.05), ?', 1)
      expect(await failureOf(execute('SELECT ?', 5))).toMatchObject({ code: 'SESSION_BUSY', sessionLost: false })
      expect(await failureOf(session.query('SELECT 1'))).toMatchObject({ code: 'SESSION_BUSY' })
      expect((await first).rows).toEqual([[0, 1]])
      expect((await execute('SELECT ?', 5)).rows).toEqual([[5]])
    })
  })
}

function pick({ affected, columns, rows, insertId }: Awaited<ReturnType<Session['execute']>>) {
  return { affected, columns, rows, insertId }
}
