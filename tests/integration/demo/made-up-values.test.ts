import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { play } from '#oltp/demo/play.js'
import type { DemoResult } from '#oltp/demo/result.js'
import type { Stage } from '#oltp/demo/stage.js'
import { demoOf } from '../../support/demo-plots.js'
import { engines } from '../../support/servers.js'
import { openStage } from '../../support/stage.js'

/** A table that numbers and dates its rows, beside one of plain values. */
const setup = `setup:
  - postgres: CREATE TABLE log (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at TIMESTAMP(0) DEFAULT CURRENT_TIMESTAMP, who VARCHAR(5))
    mysql: CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, who VARCHAR(5))
  - CREATE TABLE orders (id INT PRIMARY KEY, who VARCHAR(5))
  - CREATE TABLE t (id INT PRIMARY KEY, v INT)
  - INSERT INTO t VALUES (1, 10), (2, 20)
`
const undated = setup.replaceAll(/, at TIMESTAMP\S* DEFAULT CURRENT_TIMESTAMP/g, '')
/** So long that a clock that is exact to the second shows another one in the next run. */
const pause = 'A: { postgres: SELECT PG_SLEEP(1), mysql: DO SLEEP(1) }'
const note = (who: string) => `${who}: INSERT INTO log (who) VALUES ('${who}')`

describe.each(engines.map(({ name, url }) => ({ name, url })))('$name', ({ name, url }) => {
  let opened: Awaited<ReturnType<typeof openStage>>
  let stage: Stage
  beforeAll(async () => {
    opened = await openStage(url)
    stage = opened.stage
  })
  afterAll(async () => {
    await opened?.close()
  })

  const played = (steps: readonly string[], more = undated): Promise<DemoResult> => {
    return play(stage, { demo: demoOf(steps, more), variant: null, isolation: 'read committed' })
  }
  const lastId = name === 'postgres' ? "CURRVAL('log_id_seq')" : 'LAST_INSERT_ID()'
  const lostUpdate = (more: (who: string) => readonly string[]) => [
    ...['A: BEGIN', 'B: BEGIN', ...more('A'), ...more('B')],
    ...['A: "SELECT v FROM t WHERE id = 1", save: v', 'B: "SELECT v FROM t WHERE id = 1", save: v'],
    ...['A: "UPDATE t SET v = :v + 1 WHERE id = 1"', 'A: COMMIT', 'B: "UPDATE t SET v = :v + 1 WHERE id = 1"', 'B: COMMIT'],
  ]

  it('does not judge by numbers that two take by turns', async () => {
    const result = await played(['A: BEGIN', note('A'), note('B'), note('A'), 'A: COMMIT'])
    expect(result).toMatchObject({ outcome: 'prevented', serializable: null, serial_order: null, commits: { A: 1, B: 1 } })
    expect(result.not_judged).toMatch(/makes up anew in every run.*: log\.id$/)
    expect(result.explanation.join(' ')).not.toContain('No serial order')
  })

  it('nor by a number that was taken and given back to nobody', async () => {
    const result = await played(['A: BEGIN', note('A'), 'A: ROLLBACK', note('B'), `B: SELECT ${lastId} AS last, save: last`])
    expect(result).toMatchObject({ outcome: 'prevented', serializable: null })
    expect(result.not_judged).toMatch(/: last of step 5, log\.id$/)
  })

  it('nor by what follows from such a number', async () => {
    const steps = [
      ...['A: BEGIN', 'B: BEGIN', note('A'), note('B'), note('A')],
      ...['A', 'B'].map(who => `${who}: SELECT MAX(id) AS last FROM log WHERE who = '${who}', save: last`),
      ...['A', 'B'].flatMap(who => [`${who}: "INSERT INTO orders VALUES (:last, '${who}')"`, `${who}: COMMIT`]),
    ]
    expect(await played(steps)).toMatchObject({ serializable: null, not_judged: expect.stringContaining('orders.id') })
  })

  it('judges where some order explains them', async () => {
    const result = await played([note('B'), 'A: BEGIN', note('A'), 'A: SELECT who FROM log WHERE id = 1', 'A: COMMIT'])
    expect(result).toMatchObject({ serializable: true, serial_order: ['B', 'A'], not_judged: null })
  })

  it('does not judge by a clock, though that is exact to the second, nor by random numbers', async () => {
    const dated = await played([note('A'), pause], setup)
    expect(dated).toMatchObject({ outcome: 'prevented', serializable: null, not_judged: expect.stringMatching(/: log\.at$/) })
    const random = await played([`A: SELECT ${name === 'postgres' ? 'RANDOM()' : 'RAND()'} AS n`])
    expect(random).toMatchObject({ serializable: null, not_judged: expect.stringMatching(/: n of step 1$/) })
  })

  it('finds an anomaly beside all these', async () => {
    const result = await played(
      lostUpdate(who => [note(who), note(who), `${who}: SELECT CURRENT_TIMESTAMP AS now`]),
      setup,
    )
    expect(result).toMatchObject({ outcome: 'happens', serializable: false, not_judged: null })
  })

  it('takes a difference for real that every run in that order has', async () => {
    expect(await played(lostUpdate(() => []))).toMatchObject({ serializable: false, not_judged: null })
  })
})
