import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import { clientConfig } from '#oltp/database/postgres/connect.js'
import { openPipelined, type PipelinedGround } from '../../support/pipelined.js'
import { failureOf, statement } from '../../support/sessions.js'

const anyLevel = { isolation: null, readOnly: false } as const

describe.each(['prepared', 'extended'] as const)('BEGIN and COMMIT that travel with statements, %s', protocol => {
  let on: PipelinedGround
  let session: Session
  beforeAll(async () => {
    on = await openPipelined(protocol)
    session = await on.open()
  })
  afterAll(() => on.ground.close())
  afterEach(async () => {
    await session.rollback()
    await on.clear()
  })

  it('commits all or nothing, in one transaction', async () => {
    await session.begin(anyLevel)
    await on.insert(session, 1)
    await on.insert(session, 2)
    expect(await on.insertAndCommit(session, 3)).toMatchObject({ affected: 1 })
    expect(session.inTransaction).toBe(false)
    expect(await on.ids()).toEqual([1, 2, 3])
    expect(await on.rows('SELECT count(DISTINCT xmin::text) FROM t WHERE id > 0')).toEqual([[1]])
    await session.begin(anyLevel)
    await on.insertAndCommit(session, 4)
    await on.insert(session, 5)
    expect(await on.ids()).toEqual([1, 2, 3, 4, 5])
    expect(await on.rows('SELECT count(DISTINCT xmin::text) FROM t WHERE id > 0')).toEqual([[3]])
  })

  it('takes a round trip per statement, and the server commits once', async () => {
    for (const statements of [1, 2, 3]) {
      const { relay, session: relayed } = await on.behindRelay()
      for (const round of [1, 2]) {
        const before = { turns: relay.turns(), begun: relay.said('BEGIN\0'), committed: relay.said('COMMIT\0') }
        await relayed.begin(anyLevel)
        for (let id = 1; id < statements; id++) await on.insert(relayed, 10 * round + id)
        await on.insertAndCommit(relayed, 10 * round)
        expect(relay.turns() - before.turns).toBe(statements)
        expect([relay.said('BEGIN\0') - before.begun, relay.said('COMMIT\0') - before.committed]).toEqual([1, 1])
      }
      await on.ground.admin.query('DELETE FROM t WHERE id > 0')
    }
    // Negative control: without pipelining it takes two more.
    const { relay, session: plain } = await on.behindRelay({ pipeline: false })
    const before = relay.turns()
    await plain.begin(anyLevel)
    await on.insertAndCommit(plain, 1)
    expect(relay.turns() - before).toBe(3)
  })

  it('a BEGIN alone says nothing to the server, nor does its end', async () => {
    for (const end of [() => session.commit(), () => session.rollback()]) {
      await session.begin(anyLevel)
      expect(session.inTransaction).toBe(true)
      expect(await on.stateOf(session)).toBe('idle')
      expect(await failureOf(session.begin(anyLevel))).toMatchObject({ code: 'TRANSACTION_OPEN' })
      await end()
      expect(session.inTransaction).toBe(false)
    }
    expect(await failureOf(session.commit())).toMatchObject({ code: 'NO_TRANSACTION', stage: 'commit' })
    expect(await failureOf(on.insertAndCommit(session, 1))).toMatchObject({ code: 'NO_TRANSACTION', stage: 'commit' })
    expect(await on.ids()).toEqual([])
  })

  it('begins as it was told to', async () => {
    const levels = statement(on.ground, "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
    for (const [isolation, readOnly] of [
      ['serializable', true],
      ['repeatable read', false],
    ] as const) {
      await session.begin({ isolation, readOnly })
      expect((await session.execute(levels, [])).rows).toEqual([[isolation, readOnly ? 'on' : 'off']])
      await session.rollback()
    }
  })

  describe('of three statements', () => {
    it.each([1, 2, 3])('the %i. fails: nothing is left of the others', async place => {
      await session.begin(anyLevel)
      const steps = [() => on.insert(session, 1), () => on.insert(session, 2), () => on.insertAndCommit(session, 3)]
      for (const step of steps.slice(0, place - 1)) await step()
      const failing = place === 3 ? on.insertAndCommit(session, -1) : on.insert(session, -1)
      expect(await failureOf(failing)).toMatchObject({ outcome: 'constraint', code: '23505', stage: 'body', sessionLost: false })
      expect(session.inTransaction).toBe(true)
      for (const step of steps.slice(place)) expect(await failureOf(step())).toMatchObject({ code: '25P02', stage: 'body' })
      expect(await failureOf(session.commit())).toMatchObject({ code: 'COMMIT_ROLLED_BACK', outcome: 'constraint', stage: 'commit' })
      expect(session.inTransaction).toBe(false)
      expect(await on.ids()).toEqual([])
      await session.begin(anyLevel)
      await on.insertAndCommit(session, 7)
      expect(await on.ids()).toEqual([7])
    })

    it('the only one fails: its COMMIT is left out', async () => {
      await session.begin(anyLevel)
      expect(await failureOf(on.insertAndCommit(session, -1))).toMatchObject({ code: '23505', stage: 'body', sessionLost: false })
      expect(session.inTransaction).toBe(true)
      expect(await on.stateOf(session)).toBe('idle in transaction (aborted)')
      await session.rollback()
      expect(await on.stateOf(session)).toBe('idle')
    })
  })

  describe('BEGIN fails', () => {
    // No level of this name: the parser refuses it.
    const wrong = { isolation: JSON.parse('"no such level"'), readOnly: false }

    it.each([
      ['a statement', () => on.insert(session, 1)],
      ['the last statement', () => on.insertAndCommit(session, 1)],
      ['a savepoint', () => session.savepoint('s')],
      ['a query', () => session.query('INSERT INTO t VALUES (1)')],
    ])('before %s, which is left out', async (_, first) => {
      await session.begin(wrong)
      expect(await failureOf(first())).toMatchObject({ code: '42601', stage: 'begin', sessionLost: false })
      expect(session.inTransaction).toBe(false)
      expect(await on.ids()).toEqual([])
      await session.rollback()
      await on.insert(session, 2)
      expect(await on.ids()).toEqual([2])
    })

    if (protocol === 'prepared') {
      it('when it is run, not when it is parsed', async () => {
        const { relay, session: relayed } = await on.behindRelay()
        await relayed.begin(anyLevel)
        await on.insertAndCommit(relayed, 1)
        relay.change('o_BEGIN_', 'o_BEGUN_')
        await relayed.begin(anyLevel)
        expect(await failureOf(on.insertAndCommit(relayed, 2))).toMatchObject({ code: '26000', stage: 'begin', outcome: 'connection' })
        expect(await on.ids()).toEqual([1])
      })
    }

    it('negative control: with a Sync of its own for each the rest commits by itself', async () => {
      const client = new pg.Client({ ...clientConfig(on.ground.target), pipeline: true })
      await client.connect()
      await client.query(`SET search_path = ${on.ground.namespace}`)
      const answers = await Promise.allSettled([client.query('BEGIN ISOLATION LEVEL NONSENSE'), client.query('INSERT INTO t VALUES (1)')])
      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
      await client.end()
      expect(await on.ids()).toEqual([1])
    })
  })

  describe('COMMIT fails', () => {
    const orphan = 'INSERT INTO t VALUES (?, 99)'

    it.each([true, false])('for a deferred constraint; the statement is the only one: %s', async only => {
      await session.begin(anyLevel)
      if (!only) await on.insert(session, 1)
      const failure = await failureOf(session.executeAndCommit(statement(on.ground, orphan), [2]))
      expect(failure).toMatchObject({ outcome: 'constraint', code: '23503', stage: 'commit', sessionLost: false })
      expect(session.inTransaction).toBe(false)
      expect(await on.ids()).toEqual([])
      await on.insert(session, 3)
      expect(await on.ids()).toEqual([3])
    })

    it('for a write skew', async () => {
      const other = await on.open()
      const serializable = { isolation: 'serializable', readOnly: false } as const
      for (const each of [session, other]) {
        await each.begin(serializable)
        await each.execute(statement(on.ground, 'SELECT count(*) FROM t'), [])
      }
      await on.insertAndCommit(session, 1)
      expect(await failureOf(on.insertAndCommit(other, 2))).toMatchObject({ outcome: 'serialization', code: '40001' })
      await other.rollback()
      expect(await on.ids()).toEqual([1])
    })
  })

  it('a savepoint carries the BEGIN, and absorbs what fails in it', async () => {
    await session.begin(anyLevel)
    await session.savepoint('a')
    expect(await failureOf(on.insert(session, -1))).toMatchObject({ outcome: 'constraint' })
    await session.rollbackToSavepoint('a')
    await session.releaseSavepoint('a')
    await on.insert(session, 1)
    await session.savepoint('b')
    await on.insert(session, 2)
    await session.rollbackToSavepoint('b')
    await on.insertAndCommit(session, 3)
    expect(await on.ids()).toEqual([1, 3])
  })

  it('queries of our own and bulk loads are in the transaction, too', async () => {
    for (const first of [
      () => session.query('INSERT INTO t VALUES (1)'),
      () => on.ground.database.load(session, { table: 't', columns: ['id'], rows: [[1]] }, () => {}),
    ]) {
      await session.begin(anyLevel)
      await first()
      expect(session.inTransaction).toBe(true)
      await session.rollback()
      expect(await on.ids()).toEqual([])
      await session.begin(anyLevel)
      await first()
      await on.insertAndCommit(session, 2)
      expect(await on.ids()).toEqual([1, 2])
      await on.ground.admin.query('DELETE FROM t WHERE id > 0')
    }
  })

  it('a parameter that is no value sends nothing, and leaves the transaction as it was', async () => {
    await session.begin(anyLevel)
    const wrong = session.execute(statement(on.ground, 'INSERT INTO t (id) VALUES (?)'), [Object.create(null)])
    expect(await failureOf(wrong)).toMatchObject({ code: 'BAD_PARAMETER', stage: 'body', sessionLost: false })
    expect([session.inTransaction, await on.stateOf(session)]).toEqual([true, 'idle'])
    await on.insertAndCommit(session, 1)
    expect(await on.ids()).toEqual([1])
  })
})
