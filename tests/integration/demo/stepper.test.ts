import { describe, expect, it } from 'vitest'
import { demoOf } from '../../support/demo-plots.js'
import { engines } from '../../support/servers.js'
import { stateOf, statuses, steppingOn, steps } from '../../support/stepping.js'

for (const engine of engines) {
  const isPostgres = engine.name === 'postgres'

  describe(engine.name, () => {
    const stepping = steppingOn(engine)
    const { begin, left, either } = stepping

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

    it('ends a deadlock with a reader in it, whom MariaDB does not name, as any other', async () => {
      const share = either('FOR SHARE', 'LOCK IN SHARE MODE')
      const playing = await begin(
        demoOf([
          'A: BEGIN',
          'B: BEGIN',
          'A: UPDATE t SET v = 0 WHERE id = 2',
          `B: SELECT v FROM t WHERE id = 1 ${share}`,
          'A: UPDATE t SET v = 0 WHERE id = 1',
          `B: SELECT v FROM t WHERE id = 2 ${share}`,
          'A: COMMIT',
          'B: COMMIT',
        ]),
      )
      const named = engine.name === 'mariadb' ? { blockers: [], inferred: ['B'] } : { blockers: ['B'], inferred: [] }
      const waiting = await steps(playing, 5)
      expect(waiting.waits).toEqual([expect.objectContaining({ session: 'A', ...named })])
      expect(waiting.facts[4]?.waited).toMatchObject(named)
      const closed = await playing.next()
      expect(closed.cycle).toEqual(isPostgres ? ['A', 'B'] : null)
      const over = await playing.finish()
      expect(over.facts.flatMap(({ error }) => error?.code ?? [])).toEqual([either('40P01', '1213')])
      expect(over.sessions.map(({ commits }) => commits).toSorted()).toEqual([0, 1])
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
          [
            'A: BEGIN',
            'A: UPDATE t SET v = 0 WHERE id = 1',
            'B: BEGIN',
            'B: SELECT v FROM t WHERE id = 1 FOR UPDATE NOWAIT',
            'B: COMMIT',
            'A: COMMIT, if: 1 = 0',
          ],
          'retry: B',
        ),
      )
      const over = await playing.finish()
      const attempts = over.facts.filter(({ error }) => error !== null)
      expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5])
      expect(over).toMatchObject({ finished: true, next: null })
      expect(playing.transactions.find(({ session }) => session === 'A')?.ended).toBe('open')
    })
  })
}
