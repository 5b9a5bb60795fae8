import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { DemoState } from '#oltp/demo/facts.js'
import type { Stage } from '#oltp/demo/stage.js'
import { Stepper } from '#oltp/demo/stepper.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import type { Isolation } from '#oltp/scenario/model.js'
import { demoOf } from '../../support/demo-plots.js'
import { engines } from '../../support/servers.js'
import { until } from '../../support/sessions.js'
import { openStage } from '../../support/stage.js'

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'
  const either = <Value>(postgres: Value, mysql: Value) => (isPostgres ? postgres : mysql)

  describe(engine.name, () => {
    let opened: Awaited<ReturnType<typeof openStage>>
    let stage: Stage
    let stepper: Stepper | null = null
    beforeAll(async () => {
      opened = await openStage(engine.url)
      stage = opened.stage
    })
    afterEach(async () => {
      await stepper?.close()
      stepper = null
    })
    afterAll(async () => {
      await opened?.close()
    })

    async function begin({ plot }: Demo, isolation: Isolation = 'read committed'): Promise<Stepper> {
      await stage.reset(plot)
      stepper = await Stepper.open(stage, plot, isolation)
      return stepper
    }
    async function steps(playing: Stepper, count: number): Promise<DemoState> {
      for (let step = 1; step < count; step++) await playing.next()
      return playing.next()
    }
    const left = async () => (await stage.ask('SELECT v FROM t ORDER BY id')).rows.map(([v]) => v)
    const statuses = ({ facts }: DemoState) => facts.map(({ session, status }) => `${session} ${status}`)
    const stateOf = (state: DemoState, session: string) => state.sessions.find(({ name }) => name === session)

    it('defers what a session that waits says next, and lets it say it when it wakes', async () => {
      const playing = await begin(
        demoOf([
          'A: BEGIN',
          'A: UPDATE t SET v = v + 1 WHERE id = 1',
          'B: BEGIN',
          'B: UPDATE t SET v = v + 1 WHERE id = 1',
          'B: UPDATE t SET v = v + 1 WHERE id = 2',
          'B: COMMIT',
          'A: COMMIT',
        ]),
      )
      const waiting = await steps(playing, 4)
      expect(waiting.facts[3]).toMatchObject({ status: 'waiting', waited: { blockers: ['A'] }, answer: null, wokenBy: null })
      expect(waiting.waits).toEqual([expect.objectContaining({ session: 'B', blockers: ['A'] })])
      expect(waiting).toMatchObject({ cycle: null, finished: false, next: 4 })
      expect([stateOf(waiting, 'A')?.state, stateOf(waiting, 'B')?.state]).toEqual(['in transaction', 'waiting'])
      const deferred = await steps(playing, 2)
      expect(deferred.facts.slice(4).map(({ status }) => status)).toEqual(['deferred', 'deferred', 'planned'])
      expect(deferred.facts[4]?.sql).toBe('UPDATE t SET v = v + 1 WHERE id = 2')
      const over = await playing.next()
      expect(statuses(over)).toEqual(['A done', 'A done', 'B done', 'B done', 'B done', 'B done', 'A done'])
      expect(over.facts.map(({ wokenBy }) => wokenBy)).toEqual([null, null, null, 6, null, null, null])
      expect(over).toMatchObject({ finished: true, next: null, waits: [] })
      expect(over.sessions).toMatchObject([
        { name: 'A', state: 'idle', commits: 1 },
        { name: 'B', state: 'idle', commits: 1 },
      ])
      expect(playing.order).toEqual([0, 1, 2, 6, 3, 4, 5])
      expect(playing.transactions).toEqual([
        { session: 'A', facts: [1], single: false, ended: 'committed' },
        { session: 'B', facts: [3, 4], single: false, ended: 'committed' },
      ])
      expect(await left()).toEqual([12, 21])
    })

    it('skips what is left of a transaction after an error, and rolls it back', async () => {
      const playing = await begin(
        demoOf(['A: BEGIN', 'A: UPDATE t SET v = 0', 'A: "INSERT INTO t VALUES (1, 1)"', 'A: SELECT v FROM t', 'A: COMMIT', 'A: SELECT 1']),
      )
      const failed = await steps(playing, 3)
      expect(failed.facts[2]).toMatchObject({ status: 'failed', error: { code: either('23505', '1062') } })
      expect(stateOf(failed, 'A')?.state).toBe('gave up')
      expect(failed.facts.slice(3).map(({ sql }) => sql)).toEqual(['SELECT v FROM t', 'ROLLBACK', 'SELECT 1'])
      const over = await playing.finish()
      expect(over.facts.slice(3)).toMatchObject([
        { status: 'skipped', skipped: 'gave up', sql: 'SELECT v FROM t' },
        { status: 'done', sql: 'ROLLBACK' },
        { status: 'done', sql: 'SELECT 1' },
      ])
      expect(stateOf(over, 'A')).toMatchObject({ state: 'idle', commits: 1 })
      expect(playing.transactions.map(({ facts, ended }) => [facts, ended])).toEqual([
        [[1, 2], 'rolled back'],
        [[5], 'committed'],
      ])
      expect(await left()).toEqual([10, 20])
    })

    it('goes on after an error where the application does', async () => {
      const playing = await begin(
        demoOf([
          'A: BEGIN',
          'A: UPDATE t SET v = 0 WHERE id = 1',
          'A: "INSERT INTO t VALUES (1, 1)", on_error: continue',
          'A: UPDATE t SET v = 0 WHERE id = 2, on_error: continue',
          'A: COMMIT',
        ]),
      )
      const over = await playing.finish()
      expect(over.facts.map(({ error }) => error?.code ?? null)).toEqual(
        either([null, null, '23505', '25P02', null], [null, null, '1062', null, null]),
      )
      expect(over.facts[4]).toMatchObject({ sql: 'COMMIT', answer: { tag: either('ROLLBACK', null) } })
      expect(stateOf(over, 'A')?.commits).toBe(either(0, 1))
      expect(playing.transactions).toMatchObject([{ ended: either('rolled back', 'committed') }])
      expect(await left()).toEqual(either([10, 20], [0, 0]))
    })

    const crossing = (more: string) =>
      demoOf(
        [
          'A: BEGIN',
          'B: BEGIN',
          'A: UPDATE t SET v = v + 1 WHERE id = 1',
          'B: UPDATE t SET v = v + 1 WHERE id = 2',
          'A: UPDATE t SET v = v + 1 WHERE id = 2',
          'B: UPDATE t SET v = v + 1 WHERE id = 1',
          'A: COMMIT',
          'B: COMMIT',
        ],
        `pin: { A: { postgres: { deadlock_timeout: 1min } }, B: { postgres: { deadlock_timeout: 400ms } } }\n${more}`,
      )

    it('shows a circle of waits while there is one, and what ended it', async () => {
      const playing = await begin(crossing(''))
      const closed = await steps(playing, 6)
      if (isPostgres) {
        expect(closed).toMatchObject({ cycle: ['A', 'B'], next: 6, finished: false })
        expect(closed.facts.slice(4, 6).map(({ status }) => status)).toEqual(['waiting', 'waiting'])
        const ended = await playing.next()
        expect(ended).toMatchObject({ cycle: null, next: 6 })
        expect(ended.facts[5]).toMatchObject({ status: 'failed', error: { code: '40P01' }, wokenBy: null })
        expect(ended.facts[4]).toMatchObject({ status: 'done', wokenBy: 5 })
      } else {
        // InnoDB notices at once.
        expect(closed.cycle).toBeNull()
        const codes = closed.facts.flatMap(({ error }) => error?.code ?? [])
        expect(codes).toEqual(['1213'])
      }
      const over = await playing.finish()
      expect(over.sessions.map(({ commits }) => commits).toSorted()).toEqual([0, 1])
      expect(await left()).toEqual([11, 21])
    })

    it('begins a transaction again that lost a deadlock, after all others', async () => {
      const playing = await begin(crossing('retry: [A, B]'))
      const over = await playing.finish()
      expect(over.facts).toHaveLength(12)
      expect(over.facts.slice(8).map(({ attempt, status }) => `${attempt} ${status}`)).toEqual(['2 done', '2 done', '2 done', '2 done'])
      expect(new Set(over.facts.slice(8).map(({ session }) => session)).size).toBe(1)
      expect(over.facts[8]?.sql).toBe('BEGIN')
      expect(over.sessions.map(({ commits }) => commits)).toEqual([1, 1])
      expect(playing.transactions.map(({ ended }) => ended).toSorted()).toEqual(['committed', 'committed', 'rolled back'])
      expect(await left()).toEqual([12, 22])
    })

    it('gives a transaction up that fails every time', async () => {
      const playing = await begin(
        demoOf(
          ['A: BEGIN', 'A: UPDATE t SET v = 0 WHERE id = 1', 'B: BEGIN', `B: SELECT v FROM t WHERE id = 1 FOR UPDATE NOWAIT`, 'B: COMMIT'],
          'retry: B',
        ),
      )
      const over = await playing.finish()
      const attempts = over.facts.filter(({ error }) => error !== null)
      expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5])
      expect(over).toMatchObject({ finished: true, next: null })
      expect(playing.transactions.find(({ session }) => session === 'A')?.ended).toBe('open')
    })

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
        demoOf(['A: BEGIN', 'A: UPDATE t SET v = 0 WHERE id = 1', 'B: UPDATE t SET v = v + 1 WHERE id = 1', 'B: SELECT 1']),
      )
      expect((await steps(playing, 3)).facts[2]?.status).toBe('waiting')
      const ids = [...playing.sessionIds.values()]
      expect(ids).toHaveLength(2)
      await playing.close()
      const there = either('SELECT 1 FROM pg_stat_activity WHERE pid IN', 'SELECT 1 FROM information_schema.processlist WHERE id IN')
      await until(async () => (await stage.ask(`${there} (${ids.join(', ')})`)).rows.length === 0)
      expect(await left()).toEqual([10, 20])
    })

    it('takes a session that the server has ended for one that failed', async () => {
      const playing = await begin(
        demoOf(['A: BEGIN', 'A: UPDATE t SET v = 0', 'A: SELECT 1', 'A: COMMIT', 'B: SELECT v FROM t WHERE id = 1, save: v']),
      )
      await steps(playing, 2)
      const id = playing.sessionIds.get('A') ?? 0
      await stage.ask(either(`SELECT pg_terminate_backend(${id}, 5000)`, `KILL ${id}`))
      const over = await playing.finish()
      expect(over.facts.slice(2, 4).map(({ status }) => status)).toEqual(['failed', 'failed'])
      expect(stateOf(over, 'A')?.commits).toBe(0)
      expect(stateOf(over, 'B')?.saved).toEqual({ v: 10 })
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
