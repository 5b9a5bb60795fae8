import { describe, expect, it } from 'vitest'
import type { DemoState } from '#oltp/demo/facts.js'
import { demoOf } from '../../support/demo-plots.js'
import { engines } from '../../support/servers.js'
import { until } from '../../support/sessions.js'
import { stateOf, statuses, steppingOn, steps } from '../../support/stepping.js'

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'

  describe(engine.name, () => {
    const stepping = steppingOn(engine)
    const { begin, left, either } = stepping

    it('sends nothing where a condition says so, and takes what was never read for null', async () => {
      const playing = await begin(
        demoOf([
          'A: SELECT v FROM t WHERE id = 1, save: v, save_count: count',
          'A: SELECT v AS never FROM t WHERE id = 2, if: v > 10, save: never',
          'A: SELECT v AS missing FROM t WHERE id = 9, save: missing',
          'A: "UPDATE t SET v = :sum WHERE id = 1", set: { sum: v + count }, if: v = 10 and missing = null',
          'A: "UPDATE t SET v = :never WHERE id = 2"',
        ]),
      )
      const over = await playing.finish()
      expect(over.facts.map(({ status, skipped, sql }) => [status, skipped, sql])).toEqual([
        ['done', null, 'SELECT v FROM t WHERE id = 1'],
        ['skipped', 'condition', 'SELECT v AS never FROM t WHERE id = 2'],
        ['done', null, 'SELECT v AS missing FROM t WHERE id = 9'],
        ['done', null, 'UPDATE t SET v = 11 WHERE id = 1'],
        ['done', null, 'UPDATE t SET v = NULL WHERE id = 2'],
      ])
      expect(stateOf(over, 'A')?.saved).toEqual({ v: 10, count: 1, missing: null, sum: 11 })
      expect(await left()).toEqual([11, null])
    })

    it('shows what will be sent as far as it is known', async () => {
      const playing = await begin(
        demoOf([
          'A: SELECT v FROM t WHERE id = 1, save: v',
          'B: SELECT v FROM t WHERE id = 2, save: v',
          'A: "UPDATE t SET v = :sum WHERE id = 1 AND v = :v", set: { sum: v - 1 }',
        ]),
      )
      const preview = ({ facts, next }: DemoState) => [next, facts.at(-1)?.sql]
      expect(preview(playing.state)).toEqual([0, 'UPDATE t SET v = :sum WHERE id = 1 AND v = :v'])
      expect(preview(await playing.next())).toEqual([1, 'UPDATE t SET v = 9 WHERE id = 1 AND v = 10'])
      expect(stateOf(playing.state, 'A')?.saved).toEqual({ v: 10 })
      expect(preview(await playing.next())).toEqual([2, 'UPDATE t SET v = 9 WHERE id = 1 AND v = 10'])
      expect(preview(await playing.next())).toEqual([null, 'UPDATE t SET v = 9 WHERE id = 1 AND v = 10'])
    })

    it('waits until a lock time-out, where a step says so', async () => {
      const playing = await begin(
        demoOf(
          ['A: BEGIN', 'A: UPDATE t SET v = 0 WHERE id = 1', 'B: UPDATE t SET v = 1 WHERE id = 1', 'B: SELECT 1', 'wait: B', 'A: COMMIT'],
          'session: { postgres: { lock_timeout: 700ms }, mysql: { innodb_lock_wait_timeout: 1 } }',
        ),
      )
      const waiting = await steps(playing, 4)
      expect(waiting.facts.slice(2, 4).map(({ status }) => status)).toEqual(['waiting', 'deferred'])
      const timedOut = await playing.next()
      expect(timedOut.facts[2]).toMatchObject({ status: 'failed', error: { code: either('55P03', '1205') }, wokenBy: null })
      expect(timedOut.facts.slice(3, 5).map(({ status }) => status)).toEqual(['done', 'done'])
      expect((await playing.finish()).finished).toBe(true)
      expect(await left()).toEqual([0, 20])
    })

    it('does not wait for one that is free', async () => {
      const playing = await begin(demoOf(['A: SELECT 1', 'wait: A', 'A: SELECT 2']))
      expect(statuses(await playing.finish())).toEqual(['A done', 'A done', 'A done'])
    })

    it('hears in a step of its own of what ended between two', async () => {
      const playing = await begin(
        demoOf(
          ['A: BEGIN', 'A: UPDATE t SET v = 0 WHERE id = 1', 'B: UPDATE t SET v = 1 WHERE id = 1', 'A: COMMIT'],
          'session: { postgres: { lock_timeout: 700ms }, mysql: { innodb_lock_wait_timeout: 1 } }',
        ),
      )
      await steps(playing, 3)
      await until(() => playing.overdue.length > 0)
      expect(playing.overdue).toEqual(['B'])
      const heard = await playing.next()
      expect(heard.facts.slice(2).map(({ status }) => status)).toEqual(['failed', 'planned'])
      expect(heard.next).toBe(3)
    })

    it('lets a slow statement take its time', async () => {
      const playing = await begin(demoOf([either('A: SELECT pg_sleep(1.5)', 'A: SELECT SLEEP(1.5)'), 'A: SELECT 1']))
      const over = await playing.finish()
      expect(over.facts).toMatchObject([
        { status: 'done', waited: null },
        { status: 'done', waited: null },
      ])
      expect(over.facts[0]?.ms).toBeGreaterThan(1000)
    })

    it('leaves nobody behind when it is closed while somebody waits, and nothing done', async () => {
      const playing = await begin(
        demoOf(['A: BEGIN', 'A: UPDATE t SET v = 0 WHERE id = 1', 'B: UPDATE t SET v = v + 1 WHERE id = 1', 'A: COMMIT']),
      )
      expect((await steps(playing, 3)).facts[2]?.status).toBe('waiting')
      const ids = [...playing.sessionIds.values()]
      expect(ids).toHaveLength(2)
      await playing.close()
      const there = either('SELECT 1 FROM pg_stat_activity WHERE pid IN', 'SELECT 1 FROM information_schema.processlist WHERE id IN')
      await until(async () => (await stepping.stage.ask(`${there} (${ids.join(', ')})`)).rows.length === 0)
      expect(await left()).toEqual([10, 20])
    })

    it('takes a session that the server has ended for one that failed', async () => {
      const playing = await begin(
        demoOf(['A: BEGIN', 'A: UPDATE t SET v = 0', 'A: SELECT 1', 'A: COMMIT', 'B: SELECT v FROM t WHERE id = 1, save: v']),
      )
      await steps(playing, 2)
      const id = playing.sessionIds.get('A') ?? 0
      await stepping.stage.ask(either(`SELECT pg_terminate_backend(${id}, 5000)`, `KILL ${id}`))
      const over = await playing.finish()
      expect(over.facts.slice(2, 4).map(({ status }) => status)).toEqual(['failed', 'failed'])
      expect(over.facts.slice(0, 3).map(({ transaction }) => transaction)).toEqual(['open', 'open', 'lost'])
      expect(stateOf(over, 'A')?.commits).toBe(0)
      expect(stateOf(over, 'B')?.saved).toEqual({ v: 10 })
    })

    it('writes down what the session was told of its transaction', async () => {
      const statesOf = async (...lines: readonly string[]) =>
        (await (await begin(demoOf(lines))).finish()).facts.map(({ transaction }) => transaction)
      const duplicate = 'A: "INSERT INTO t VALUES (1, 1)", on_error: continue'
      expect(await statesOf('A: BEGIN', duplicate, 'A: SELECT 1, on_error: continue', 'A: COMMIT', 'A: SELECT 1, if: null = 1')).toEqual([
        ...either<readonly string[]>(['open', 'failed', 'failed'], ['open', 'open', 'open']),
        'none',
        null,
      ])
      expect(await statesOf('A: BEGIN', 'A: CREATE TABLE made (id INT)', 'A: ROLLBACK')).toEqual(['open', either('open', 'none'), 'none'])
    })

    it('says which step computes what cannot be computed', async () => {
      const playing = await begin(demoOf(['A: SELECT v FROM t WHERE id = 1, save: v', "A: SELECT 1, if: v > 'many'"]))
      await expect(playing.finish()).rejects.toMatchObject({
        code: 'DEMO_VALUE',
        exitCode: 2,
        message: expect.stringContaining("session A, «if: v > 'many'»"),
      })
    })

    if (!isPostgres) {
      it('counts what DDL commits on the way', async () => {
        const playing = await begin(
          demoOf(['A: BEGIN', 'A: UPDATE t SET v = 0 WHERE id = 1', 'A: CREATE TABLE made (id INT)', 'A: ROLLBACK']),
        )
        const over = await playing.finish()
        expect(stateOf(over, 'A')?.commits).toBe(1)
        expect(playing.transactions).toMatchObject([{ facts: [1, 2], ended: 'committed' }])
        expect(await left()).toEqual([0, 20])
      })
    }
  })
}
