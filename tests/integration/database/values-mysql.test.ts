import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import { engines } from '../../support/servers.js'
import { type Ground, openGround, statement } from '../../support/sessions.js'

// What the driver decodes itself, with the protocol `extended`, is what our own decoding is held against.

const columns: readonly (readonly [type: string, ...values: string[]])[] = [
  ['tinyint', '-128', '127'],
  ['tinyint unsigned', '0', '255'],
  ['boolean', 'true', 'false'],
  ['smallint', '-32768', '32767'],
  ['smallint unsigned', '65535'],
  ['mediumint', '-8388608', '8388607'],
  ['mediumint unsigned', '16777215'],
  ['int', '-2147483648', '2147483647'],
  ['int unsigned', '4294967295'],
  ['bigint', '-1', '9007199254740991', '9007199254740992', '-9223372036854775808', '9223372036854775807'],
  ['bigint unsigned', '9007199254740993', '18446744073709551615'],
  ['int zerofill', '42'],
  ['float', '1.5', '-0.1', '3.4e38'],
  ['double', '0.1', '-1.7e308', '4'],
  ['decimal(38, 10)', '-1234567890123456789012345678.0123456789', '0'],
  ['decimal(5, 0)', '12345'],
  ['date', "'2026-11-22'", "'0001-01-01'", "'9999-12-31'"],
  ['time', "'00:00:00'", "'-838:59:59'", "'26:03:04'"],
  ['time(6)', "'00:00:00.000001'", "'-01:02:03.500000'", "'12:00:00'"],
  ['datetime', "'2026-11-22 00:00:00'", "'2026-11-22 23:59:58'"],
  ['datetime(3)', "'2026-11-22 12:00:00.250'", "'2026-11-22 12:00:00'", "'2026-11-22 00:00:00'"],
  ['datetime(6)', "'2026-11-22 12:00:00.000009'"],
  ['timestamp', "'2026-11-22 12:00:00'"],
  ['timestamp(1)', "'2026-11-22 12:00:00.5'"],
  ['year', '1901', '2155'],
  ['bit(1)', "b'1'", "b'0'"],
  ['bit(64)', "x'00ff00ff00ff00ff'"],
  ['char(5)', "'ab'", "''"],
  ['varchar(100)', "'ü€😀 \\\\ \\''", "''"],
  ['varchar(300)', "REPEAT('é', 200)"],
  ['binary(3)', "x'00ff'"],
  ['varbinary(10)', "x'00ff'", "''"],
  ['tinytext', "'tiny'"],
  ['text', "REPEAT('t', 70000 - 5000)"],
  ['mediumtext', "REPEAT('ü', 40000)"],
  ['longtext', "'long'"],
  ['tinyblob', "x'00'"],
  ['blob', "x'deadbeef'"],
  ['longblob', "REPEAT(x'01', 70000)"],
  ["enum('a', 'ü')", "'ü'"],
  ["set('a', 'b')", "'a,b'", "''"],
  ['json', `'{"a": [1, "ü", null]}'`, "'null'"],
  ['point', 'ST_GeomFromText("POINT(1 -2.5)")'],
  ['geometry', 'ST_GeomFromText("LINESTRING(0 0, 1 1)")', 'ST_GeomFromText("POLYGON((0 0, 0 1, 1 1, 0 0))")'],
  ['geometry', 'ST_GeomFromText("MULTIPOINT(0 0, 1 1)")', 'ST_GeomFromText("GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, 1 1))")'],
]
const vectors = {
  mysql: ['vector(3)', "STRING_TO_VECTOR('[1, -2.5, 0.1]')"],
  mariadb: ['vector(3) NOT NULL DEFAULT 0x000000000000000000000000', "VEC_FromText('[1, -2.5, 0.1]')"],
} as const

for (const engine of engines.filter(({ name }) => name !== 'postgres')) {
  describe(`${engine.name} decodes as the driver does`, () => {
    let ground: Ground
    let ours: Session
    let drivers: Session
    let count = 0
    const read = async (session: Session, text: string) => (await session.execute(statement(ground, text), [])).rows
    beforeAll(async () => {
      ground = await openGround(engine, 'types')
      const settings = { sql_mode: '' }
      ours = await ground.open({ settings })
      drivers = await ground.open({ settings, protocol: 'extended' })
    })
    afterAll(() => ground.close())

    const vector = vectors[engine.name === 'mysql' ? 'mysql' : 'mariadb']
    it.each([...columns, vector])('%s', async (type, ...values) => {
      const table = `t${++count}`
      await ground.admin.query(`CREATE TABLE ${table} (id int AUTO_INCREMENT PRIMARY KEY, v ${type})`)
      await ground.admin.query(`INSERT INTO ${table} (v) VALUES ${values.map(value => `(${value})`).join(', ')}`)
      if (!type.includes('NOT NULL')) await ground.admin.query(`INSERT INTO ${table} (v) VALUES (NULL)`)
      const text = `SELECT v, id, v AS again FROM ${table} ORDER BY id`
      const expected = await read(drivers, text)
      expect(await read(ours, text)).toEqual(expected)
      // By then the columns are known.
      expect(await read(ours, text)).toEqual(expected)
      expect(expected.length).toBeGreaterThanOrEqual(values.length)
      expect(expected[0]?.[0]).not.toBeNull()
    })

    it('dates that are none, and times within expressions', async () => {
      await ground.admin.query('CREATE TABLE zero (d date, dt datetime(2), ts timestamp NULL)')
      await drivers.query("INSERT INTO zero VALUES ('0000-00-00', '2026-00-00', '0000-00-00 00:00:00')")
      for (const text of [
        'SELECT * FROM zero',
        "SELECT CAST('2026-01-01 00:00:00.5' AS datetime(6)), timediff('10:00:00', '12:30:00.25'), sec_to_time(90061)",
        'SELECT NULL, 1, -1, 1.5, 1e0, 18446744073709551615, NOT 0',
      ]) {
        expect(await read(ours, text)).toEqual(await read(drivers, text))
      }
    })

    it('NULL in any of many columns, whose bits go over several bytes', async () => {
      const names = Array.from({ length: 70 }, (_, index) => `c${index}`)
      await ground.admin.query(`CREATE TABLE wide (${names.map(name => `${name} int`).join(', ')})`)
      const rows = names.map((_, at) => names.map((_, index) => (index === at || index % 7 === at % 7 ? null : index)))
      await ground.admin.query(`INSERT INTO wide VALUES ${rows.map(row => `(${row.map(v => v ?? 'NULL').join(',')})`).join(', ')}`)
      expect(await read(ours, 'SELECT * FROM wide')).toEqual(rows)
    })

    it('as many rows as do not come in one piece, read or only counted', async () => {
      await ground.admin.query('CREATE TABLE many (id int PRIMARY KEY, label varchar(300))')
      const rows = Array.from({ length: 5_000 }, (_, id) => [id, `label ${id} ${'x'.repeat(id % 290)}`] as const)
      await ground.admin.query(`INSERT INTO many VALUES ${rows.map(([id, label]) => `(${id}, '${label}')`).join(', ')}`)
      expect(await read(ours, 'SELECT * FROM many ORDER BY id')).toEqual(rows)
      const unread = await ours.execute(statement(ground, 'SELECT * FROM many', false), [])
      expect(unread).toMatchObject({ affected: 5_000, rows: [], columns: ['id', 'label'] })
    })

    it('a value of 16 MB and more, which goes on in another packet', async () => {
      const length = 16 * 1024 * 1024 - 1
      const [row] = await read(ours, `SELECT REPEAT('x', ${length}) AS long_one, 7`)
      expect([String(row?.[0]).length, row?.[1]]).toEqual([length, 7])
      expect(await read(ours, 'SELECT 1')).toEqual([[1]])
    })
  })
}
