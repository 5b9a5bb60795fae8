import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judge } from '#oltp/demo/oracle.js'
import { play } from '#oltp/demo/play.js'
import type { Stage } from '#oltp/demo/stage.js'
import { Stepper } from '#oltp/demo/stepper.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import type { Isolation } from '#oltp/scenario/model.js'
import { demoOf } from '../../support/demo-plots.js'
import { engines } from '../../support/servers.js'
import { openStage } from '../../support/stage.js'

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'
  const either = <Value>(postgres: Value, mysql: Value) => (isPostgres ? postgres : mysql)

  describe(engine.name, () => {
    let opened: Awaited<ReturnType<typeof openStage>>
    let stage: Stage
    beforeAll(async () => {
      opened = await openStage(engine.url)
      stage = opened.stage
    })
    afterAll(async () => {
      await opened?.close()
    })

    const verdictOn = async (demo: Demo, isolation: Isolation = 'read committed') => {
      const { serializable, serial_order, commits, codes } = await play(stage, { demo, variant: null, isolation })
      return { serializable, serial_order, commits, codes }
    }

    it('finds the order in which B came before A, though A began first', async () => {
      const demo = demoOf([
        'A: BEGIN',
        'B: BEGIN',
        'B: UPDATE t SET v = v + 1 WHERE id = 1',
        'B: COMMIT',
        'A: UPDATE t SET v = v * 2 WHERE id = 1',
        'A: COMMIT',
      ])
      expect(await verdictOn(demo)).toMatchObject({ serializable: true, serial_order: ['B', 'A'], commits: { A: 1, B: 1 } })
    })

    it('finds none for an update that was lost, unless it is asked about one alone', async () => {
      const steps = [
        'A: SELECT v FROM t WHERE id = 1, save: v',
        'B: SELECT v FROM t WHERE id = 1, save: v',
        'A: "UPDATE t SET v = :n WHERE id = 1", set: { n: v + 1 }',
        'B: "UPDATE t SET v = :n WHERE id = 1", set: { n: v + 1 }',
      ]
      const lost = ['A: BEGIN', 'B: BEGIN', ...steps.slice(0, 3), 'A: COMMIT', ...steps.slice(3)]
      expect(await verdictOn(demoOf([...lost, 'B: COMMIT']))).toMatchObject({ serializable: false, serial_order: null })
      expect(await verdictOn(demoOf([...lost, 'B: ROLLBACK']))).toMatchObject({ serializable: true, serial_order: ['A'] })
      // As single statements nobody promises that they belong together.
      expect(await verdictOn(demoOf(steps))).toMatchObject({ serializable: true })
    })

    it('lets a session go by what it read in a transaction that came to nothing', async () => {
      const demo = demoOf([
        'A: BEGIN',
        'A: SELECT v FROM t WHERE id = 1, save: v',
        'A: ROLLBACK',
        'A: BEGIN',
        'A: "UPDATE t SET v = :n WHERE id = 2", set: { n: v * 100 }',
        'A: COMMIT',
      ])
      expect(await verdictOn(demo)).toMatchObject({ serializable: true, serial_order: ['A'] })
    })

    it('leaves out what failed for what others did, where the transaction went on', async () => {
      const demo = demoOf(
        [
          'A: BEGIN',
          'A: UPDATE t SET v = 0 WHERE id = 2',
          'B: BEGIN',
          'B: UPDATE t SET v = 1 WHERE id = 1',
          'B: UPDATE t SET v = 1 WHERE id = 2, on_error: continue',
          'wait: B',
          'B: COMMIT',
          'A: COMMIT',
        ],
        'session: { postgres: { lock_timeout: 100ms }, mysql: { innodb_lock_wait_timeout: 1 } }',
      )
      const expected = either({ codes: ['55P03'], commits: { A: 1, B: 0 } }, { codes: ['1205'], commits: { A: 1, B: 1 } })
      expect(await verdictOn(demo)).toMatchObject({ serializable: true, ...expected })
    })

    /** B meets a lock of A, gives up waiting, says something more, and takes back what it did since its savepoint. */
    const timesOut = [
      'B: SAVEPOINT s',
      'B: UPDATE t SET v = 99 WHERE id = 1',
      'B: "UPDATE t SET v = :n WHERE id = 2", set: { n: 5 }, on_error: continue',
      'wait: B',
      'B: SELECT v FROM t WHERE id = 2, on_error: continue',
      'B: ROLLBACK TO SAVEPOINT s',
    ]
    const soon = 'session: { postgres: { lock_timeout: 100ms }, mysql: { innodb_lock_wait_timeout: 1 } }'
    const timedOut = either(['55P03', '25P02'], ['1205'])

    it('leaves out with a statement that failed for what others did whatever was refused until a savepoint was gone back to', async () => {
      const demo = demoOf(
        [
          'A: BEGIN',
          'A: UPDATE t SET v = 0 WHERE id = 2',
          'B: BEGIN',
          ...timesOut,
          // What it computed for the statement that came to nothing it goes by all the same.
          'B: "UPDATE t SET v = v + :n WHERE id = 1"',
          'B: COMMIT',
          'A: COMMIT',
        ],
        soon,
      )
      expect(await verdictOn(demo)).toMatchObject({ serializable: true, codes: timedOut, commits: { A: 1, B: 1 } })
    })

    it('finds out an update that was lost, with such a savepoint in between', async () => {
      const demo = demoOf(
        [
          'A: BEGIN',
          'A: SELECT v FROM t WHERE id = 1, save: v',
          'A: UPDATE t SET v = 0 WHERE id = 2',
          'B: BEGIN',
          'B: SELECT v FROM t WHERE id = 1, save: v',
          ...timesOut,
          'A: "UPDATE t SET v = :n WHERE id = 1", set: { n: v + 1 }',
          'A: COMMIT',
          'B: "UPDATE t SET v = :n WHERE id = 1", set: { n: v + 1 }',
          'B: COMMIT',
        ],
        soon,
      )
      expect(await verdictOn(demo)).toMatchObject({ serializable: false, codes: timedOut, commits: { A: 1, B: 1 } })
    })

    it('asks an error of its own, and what is refused after it, of every order', async () => {
      const own = ['B: SAVEPOINT s', 'B: "INSERT INTO t VALUES (3, 1)", on_error: continue', 'B: ROLLBACK TO SAVEPOINT s']
      const demo = demoOf(['A: "INSERT INTO t VALUES (3, 0)"', 'B: BEGIN', ...own, 'B: UPDATE t SET v = 1 WHERE id = 1', 'B: COMMIT'])
      expect(await verdictOn(demo)).toMatchObject({ serializable: true, serial_order: ['A', 'B'], codes: [either('23505', '1062')] })
    })

    it('begins a transaction as it was begun', async () => {
      const demo = demoOf(['A: START TRANSACTION READ ONLY', 'A: UPDATE t SET v = 0, on_error: continue', 'A: COMMIT'])
      const expected = either({ codes: ['25006'], commits: { A: 0 } }, { codes: ['1792'], commits: { A: 1 } })
      expect(await verdictOn(demo)).toMatchObject({ serializable: true, ...expected })
    })

    it('does not hang where an order makes a session wait for ever', async () => {
      const name = `oracle_${engine.name}`
      const take = either('SELECT pg_advisory_lock(4711)', `SELECT GET_LOCK('${name}', 1000)`)
      const release = either('SELECT pg_advisory_unlock(4711)', `SELECT RELEASE_LOCK('${name}')`)
      const { plot } = demoOf([`A: "${take}"`, `A: "${release}"`, `B: "${take}"`, `B: "${release}"`])
      await stage.reset(plot)
      const stepper = await Stepper.open(stage, plot, null)
      const { facts } = await stepper.finish()
      const { transactions } = stepper
      await stepper.close()
      expect(transactions).toHaveLength(4)
      const impossible = { facts, transactions, contents: 'something else' }
      expect(await judge(stage, plot, null, impossible)).toMatchObject({ serializable: false, order: null })
      expect(await judge(stage, plot, null, { ...impossible, contents: await stage.contents() })).toMatchObject({ serializable: true })
    })

    if (isPostgres) {
      it('goes on to the next order where one cannot be committed', async () => {
        const demo = demoOf(
          ['A: BEGIN', 'A: "INSERT INTO child VALUES (1, 9)"', 'B: INSERT INTO parent VALUES (9)', 'A: COMMIT'],
          `setup:
  - CREATE TABLE parent (id INT PRIMARY KEY)
  - CREATE TABLE child (id INT PRIMARY KEY, parent INT NOT NULL REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)
final: SELECT id FROM child
`,
        )
        expect(await verdictOn(demo)).toMatchObject({ serializable: true, serial_order: ['B', 'A'] })
      })
    }
  })
}
