import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explore } from '#oltp/demo/explore.js'
import { playMatrix } from '#oltp/demo/matrix.js'
import { play } from '#oltp/demo/play.js'
import type { Stage } from '#oltp/demo/stage.js'
import { exitCodes, OltpError } from '#oltp/errors.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import { demoOf } from '../../support/demo-plots.js'
import { engines } from '../../support/servers.js'
import { openStage } from '../../support/stage.js'

describe.each(engines.map(({ name, url }) => ({ name, url })))('$name', ({ name, url }) => {
  const isPostgres = name === 'postgres'
  let opened: Awaited<ReturnType<typeof openStage>>
  let stage: Stage
  beforeAll(async () => {
    opened = await openStage(url)
    stage = opened.stage
  })
  afterAll(async () => {
    await opened?.close()
  })

  const played = (demo: Demo) => play(stage, { demo, variant: null, isolation: 'read committed' })
  const mistakeIn = async (demo: Demo): Promise<OltpError> => {
    const error = await played(demo).catch((reason: unknown) => reason)
    if (error instanceof OltpError) return error
    throw new Error('there was none', { cause: error })
  }

  it.each([
    ['a column that is not there', 'SELECT vv FROM t', '42703', '1054'],
    ['a table that is not there', 'UPDATE tt SET v = 1', '42P01', '1146'],
    ['a syntax error', 'SELECT v FORM t WHERE', '42601', '1064'],
    ['a function that is not there', 'SELECT NO_SUCH_THING(v) FROM t', '42883', isPostgres ? '' : '1305'],
    ['too few values', 'INSERT INTO t (id, v) VALUES (3)', '42601', '1136'],
    ['DDL with a word misspelt', 'CREATE TABEL u (id INT)', '42601', '1064'],
  ])('%s is a mistake, told with its place', async (_, sql, postgres, mysql) => {
    const error = await mistakeIn(demoOf(['A: BEGIN', 'B: SELECT v FROM t', `A: "${sql}"`, 'A: COMMIT']))
    expect(error).toMatchObject({ code: 'DEMO_STATEMENT', exitCode: exitCodes.usage })
    const code = isPostgres ? postgres : mysql
    expect(error.message).toMatch(new RegExp(`^step 3, of A, is wrong by itself: .+ \\(${code}\\) in «`))
    expect(error.message).toContain(`«${sql}»`)
    const [problem] = error.problems
    expect(problem?.location).toMatchObject({ file: 'test.yaml', line: 15, column: 11, length: sql.length })
    expect(problem?.hint).toContain('`on_error: continue`')
  })

  it('the text of this engine is pointed at', async () => {
    const other = { postgres: 'mysql', mysql: 'postgres', mariadb: 'postgres' }[name] ?? ''
    const own = isPostgres ? 'postgres' : 'mysql'
    const error = await mistakeIn(demoOf([`A: { ${other}: SELECT v FROM t, ${own}: SELECT vv FROM t }`]))
    const { text = '', column = 0 } = error.problems[0]?.location ?? {}
    expect(text.slice(column - 1)).toMatch(/^SELECT vv FROM t/)
  })

  it('so is a final query that is wrong', async () => {
    const error = await mistakeIn(demoOf(['A: SELECT v FROM t'], 'final: SELECT SUM(vv) FROM t'))
    expect(error).toMatchObject({ code: 'DEMO_FINAL', exitCode: exitCodes.usage })
    expect(error.message).toMatch(/^the `final` query is wrong by itself: .+ in «SELECT SUM\(vv\) FROM t»$/)
    expect(error.problems[0]?.location).toMatchObject({ line: 14, column: 8, length: 21 })
    const dropped = await mistakeIn(demoOf(['A: DROP TABLE t']))
    expect(dropped).toMatchObject({ code: 'DEMO_FINAL', exitCode: exitCodes.setup })
  })

  it('what the application goes on after is meant', async () => {
    const result = await played(demoOf(['A: SELECT vv FROM t, on_error: continue']))
    expect(result).toMatchObject({ outcome: 'error', codes: [isPostgres ? '42703' : '1054'] })
  })

  it('a name that another step may have made or dropped is an outcome, in whatever order', async () => {
    const dropped = demoOf(['A: BEGIN', 'B: DROP TABLE u', 'A: SELECT v FROM u', 'A: COMMIT'], more('CREATE TABLE u (v INT)'))
    expect(await played(dropped)).toMatchObject({ outcome: 'error', codes: [isPostgres ? '42P01' : '1146'] })
    const made = demoOf(['A: CREATE TABLE made (v INT)', 'B: SELECT v FROM made'])
    const { interleavings, outcomes, failures } = await explore(
      stage,
      { demo: made, variant: null, isolation: null },
      { limit: 9, seed: 1 },
    )
    expect({ interleavings, outcomes, failures }).toMatchObject({ interleavings: 2, outcomes: { error: 1, prevented: 1 }, failures: [] })
  })

  it.each([
    ['a key that is taken', 'UPDATE t SET id = 1 WHERE id = 2', '23505', '1062'],
    ['a savepoint that is gone', 'ROLLBACK TO SAVEPOINT nowhere', '3B001', '1305'],
    ['what may only read', 'UPDATE t SET v = 1', '25006', '1792'],
  ])('%s is an outcome', async (_, sql, postgres, mysql) => {
    const begin = sql.includes('v = 1') ? 'START TRANSACTION READ ONLY' : 'BEGIN'
    const { outcome, codes } = await played(demoOf([`A: ${begin}`, `A: ${sql}`, 'A: COMMIT']))
    expect({ outcome, codes }).toEqual({ outcome: 'error', codes: [isPostgres ? postgres : mysql] })
  })

  it('a table of many has a gap with the reason, and an exploration stops', async () => {
    const demo = demoOf(['A: SELECT v FROM t', 'B: SELECT vv FROM t', 'A: SELECT v FROM t'])
    const { cells, gaps } = await playMatrix([stage], [demo], { isolations: ['read committed'] })
    expect(cells).toEqual([])
    expect(gaps).toMatchObject([{ failed: true, reason: expect.stringContaining('step 2, of B, is wrong by itself: ') }])
    const exploring = explore(stage, { demo, variant: null, isolation: null }, { limit: 9, seed: 1 })
    await expect(exploring).rejects.toMatchObject({ code: 'DEMO_STATEMENT', exitCode: exitCodes.usage })
  })
})

/** One more statement in the setup of `demoOf`. */
function more(statement: string): string {
  const own = ['CREATE TABLE t (id INT PRIMARY KEY, v INT)', 'INSERT INTO t VALUES (1, 10), (2, 20)', statement]
  return `setup:\n${own.map(text => `  - ${text}\n`).join('')}`
}
