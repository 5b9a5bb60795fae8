import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session, SessionOptions } from '#oltp/database/contract.js'
import { clientConfig } from '#oltp/database/postgres/connect.js'
import { type Relay, startRelay } from '../../support/relay.js'
import { engines } from '../../support/servers.js'
import { failureOf, type Ground, kill, openGround, statement, until } from '../../support/sessions.js'

const anyLevel = { isolation: null, readOnly: false } as const
const [engine] = engines.filter(({ name }) => name === 'postgres')
if (engine === undefined) throw new Error('no server')

describe.each(['prepared', 'extended'] as const)('BEGIN and COMMIT that travel with statements, %s', protocol => {
  let ground: Ground
  let session: Session
  const relays: Relay[] = []
  const insert = (id: number, on = session) => on.execute(statement(ground, 'INSERT INTO t (id) VALUES (?)'), [id])
  const insertAndCommit = (id: number, on = session) => on.executeAndCommit(statement(ground, 'INSERT INTO t (id) VALUES (?)'), [id])
  const rows = async (text: string) => (await ground.admin.query(text)).rows
  const ids = async () => (await rows('SELECT id FROM t WHERE id > 0 ORDER BY id')).flat()
  const stateOf = async (who: Session) => (await rows(`SELECT state FROM pg_stat_activity WHERE pid = ${who.id}`)).flat()

  beforeAll(async () => {
    ground = await openGround(engine, 'pipeline')
    await ground.admin.query('CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t DEFERRABLE INITIALLY DEFERRED)')
    await ground.admin.query('INSERT INTO t VALUES (-1, NULL)')
    session = await open()
  })
  afterAll(() => ground.close())
  afterEach(async () => {
    for (const relay of relays.splice(0)) relay.close()
    await session.rollback()
    await ground.admin.query('DELETE FROM t WHERE id > 0')
  })

  function open(options: Partial<SessionOptions> = {}) {
    return ground.open({ protocol, pipeline: true, ...options })
  }

  async function behindRelay(options: Partial<SessionOptions> = {}): Promise<{ relay: Relay; session: Session }> {
    const relay = await startRelay(ground.target.host, ground.target.port)
    relays.push(relay)
    return { relay, session: await ground.open({ protocol, pipeline: true, ...options }, { host: '127.0.0.1', port: relay.port }) }
  }

  it('commits all or nothing, in one transaction', async () => {
    await session.begin(anyLevel)
    await insert(1)
    await insert(2)
    expect(await insertAndCommit(3)).toMatchObject({ affected: 1 })
    expect(session.inTransaction).toBe(false)
    expect(await ids()).toEqual([1, 2, 3])
    expect(await rows('SELECT count(DISTINCT xmin::text) FROM t WHERE id > 0')).toEqual([[1]])
    await session.begin(anyLevel)
    await insertAndCommit(4)
    await insert(5)
    expect(await ids()).toEqual([1, 2, 3, 4, 5])
    expect(await rows('SELECT count(DISTINCT xmin::text) FROM t WHERE id > 0')).toEqual([[3]])
  })

  it('takes a round trip per statement, and the server commits once', async () => {
    for (const statements of [1, 2, 3]) {
      const { relay, session: relayed } = await behindRelay()
      for (const round of [1, 2]) {
        const before = { turns: relay.turns(), begun: relay.said('BEGIN\0'), committed: relay.said('COMMIT\0') }
        await relayed.begin(anyLevel)
        for (let id = 1; id < statements; id++) await insert(10 * round + id, relayed)
        await insertAndCommit(10 * round, relayed)
        expect(relay.turns() - before.turns).toBe(statements)
        expect([relay.said('BEGIN\0') - before.begun, relay.said('COMMIT\0') - before.committed]).toEqual([1, 1])
      }
      await ground.admin.query('DELETE FROM t WHERE id > 0')
    }
    // Negative control: without pipelining it takes two more.
    const { relay, session: plain } = await behindRelay({ pipeline: false })
    const before = relay.turns()
    await plain.begin(anyLevel)
    await insertAndCommit(1, plain)
    expect(relay.turns() - before).toBe(3)
  })

  it('a BEGIN alone says nothing to the server, nor does its end', async () => {
    for (const end of [() => session.commit(), () => session.rollback()]) {
      await session.begin(anyLevel)
      expect(session.inTransaction).toBe(true)
      expect(await stateOf(session)).toEqual(['idle'])
      expect(await failureOf(session.begin(anyLevel))).toMatchObject({ code: 'TRANSACTION_OPEN' })
      await end()
      expect(session.inTransaction).toBe(false)
    }
    expect(await failureOf(session.commit())).toMatchObject({ code: 'NO_TRANSACTION', stage: 'commit' })
    expect(await failureOf(insertAndCommit(1))).toMatchObject({ code: 'NO_TRANSACTION', stage: 'commit' })
    expect(await ids()).toEqual([])
  })

  it('begins as it was told to', async () => {
    const levels = statement(ground, "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
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
      const steps = [() => insert(1), () => insert(2), () => insertAndCommit(3)]
      for (const step of steps.slice(0, place - 1)) await step()
      const failing = place === 3 ? insertAndCommit(-1) : insert(-1)
      expect(await failureOf(failing)).toMatchObject({ outcome: 'constraint', code: '23505', stage: 'body', sessionLost: false })
      expect(session.inTransaction).toBe(true)
      for (const step of steps.slice(place)) expect(await failureOf(step())).toMatchObject({ code: '25P02', stage: 'body' })
      expect(await failureOf(session.commit())).toMatchObject({ code: 'COMMIT_ROLLED_BACK', outcome: 'constraint', stage: 'commit' })
      expect(session.inTransaction).toBe(false)
      expect(await ids()).toEqual([])
      await session.begin(anyLevel)
      await insertAndCommit(7)
      expect(await ids()).toEqual([7])
    })

    it('the only one fails: its COMMIT is left out', async () => {
      await session.begin(anyLevel)
      expect(await failureOf(insertAndCommit(-1))).toMatchObject({ code: '23505', stage: 'body', sessionLost: false })
      expect(session.inTransaction).toBe(true)
      expect(await stateOf(session)).toEqual(['idle in transaction (aborted)'])
      await session.rollback()
      expect(await stateOf(session)).toEqual(['idle'])
    })
  })

  describe('BEGIN fails', () => {
    // No level of this name: the parser refuses it.
    const wrong = { isolation: JSON.parse('"no such level"'), readOnly: false }

    it.each([
      ['a statement', () => insert(1)],
      ['the last statement', () => insertAndCommit(1)],
      ['a savepoint', () => session.savepoint('s')],
      ['a query', () => session.query('INSERT INTO t VALUES (1)')],
    ])('before %s, which is left out', async (_, first) => {
      await session.begin(wrong)
      expect(await failureOf(first())).toMatchObject({ code: '42601', stage: 'begin', sessionLost: false })
      expect(session.inTransaction).toBe(false)
      expect(await ids()).toEqual([])
      await session.rollback()
      await insert(2)
      expect(await ids()).toEqual([2])
    })

    if (protocol === 'prepared') {
      it('when it is run, not when it is parsed', async () => {
        const { relay, session: relayed } = await behindRelay()
        await relayed.begin(anyLevel)
        await insertAndCommit(1, relayed)
        relay.change('o_BEGIN_', 'o_BEGUN_')
        await relayed.begin(anyLevel)
        expect(await failureOf(insertAndCommit(2, relayed))).toMatchObject({ code: '26000', stage: 'begin', outcome: 'connection' })
        expect(await ids()).toEqual([1])
      })
    }

    it('negative control: with a Sync of its own for each the rest commits by itself', async () => {
      const client = new pg.Client({ ...clientConfig(ground.target), pipeline: true })
      await client.connect()
      await client.query(`SET search_path = ${ground.namespace}`)
      const answers = await Promise.allSettled([client.query('BEGIN ISOLATION LEVEL NONSENSE'), client.query('INSERT INTO t VALUES (1)')])
      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
      await client.end()
      expect(await ids()).toEqual([1])
    })
  })

  describe('COMMIT fails', () => {
    const orphan = 'INSERT INTO t VALUES (?, 99)'

    it.each([true, false])('for a deferred constraint; the statement is the only one: %s', async only => {
      await session.begin(anyLevel)
      if (!only) await insert(1)
      const failure = await failureOf(session.executeAndCommit(statement(ground, orphan), [2]))
      expect(failure).toMatchObject({ outcome: 'constraint', code: '23503', stage: 'commit', sessionLost: false })
      expect(session.inTransaction).toBe(false)
      expect(await ids()).toEqual([])
      await insert(3)
      expect(await ids()).toEqual([3])
    })

    it('for a write skew', async () => {
      const other = await open()
      const serializable = { isolation: 'serializable', readOnly: false } as const
      for (const each of [session, other]) {
        await each.begin(serializable)
        await each.execute(statement(ground, 'SELECT count(*) FROM t'), [])
      }
      await insertAndCommit(1)
      expect(await failureOf(insertAndCommit(2, other))).toMatchObject({ outcome: 'serialization', code: '40001' })
      await other.rollback()
      expect(await ids()).toEqual([1])
    })
  })

  describe('the connection is lost', () => {
    it('with the first statement: nothing was done', async () => {
      for (const lose of ['loseRequest', 'loseAnswerTo'] as const) {
        const { relay, session: relayed } = await behindRelay()
        relay[lose]('INSERT')
        await relayed.begin(anyLevel)
        expect(await failureOf(insert(1, relayed))).toMatchObject({ outcome: 'connection', stage: 'begin', sessionLost: true })
        expect(await ids()).toEqual([])
      }
    })

    it('with one in the middle: nothing was done', async () => {
      for (const lose of ['loseRequest', 'loseAnswerTo'] as const) {
        const { relay, session: relayed } = await behindRelay()
        await relayed.begin(anyLevel)
        await insert(1, relayed)
        relay[lose]('UPDATE')
        const update = statement(ground, 'UPDATE t SET parent = -1')
        expect(await failureOf(relayed.execute(update, []))).toMatchObject({ outcome: 'connection', stage: 'body', sessionLost: true })
        expect(await ids()).toEqual([])
      }
    })

    it.each([true, false])('with COMMIT on the way: in doubt; the statement is the only one: %s', async only => {
      for (const [lose, left] of [
        ['loseRequest', []],
        ['loseAnswerTo', only ? [2] : [1, 2]],
      ] as const) {
        const { relay, session: relayed } = await behindRelay()
        await relayed.begin(anyLevel)
        if (!only) await insert(1, relayed)
        relay[lose]('COMMIT')
        expect(await failureOf(insertAndCommit(2, relayed))).toMatchObject({ outcome: 'ambiguous', stage: 'commit', sessionLost: true })
        await until(async () => (await ids()).length === left.length)
        expect(await ids()).toEqual(left)
        await ground.admin.query('DELETE FROM t WHERE id > 0')
      }
    })

    it('at every byte of the answer: in doubt until the error of the statement was read, and never wrong', async () => {
      for (const [id, length] of [
        [1, 90],
        [-1, 240],
      ] as const) {
        const stages = new Set<string>()
        for (let bytes = 0; bytes <= length; bytes += id === 1 ? 1 : 5) {
          const { relay, session: relayed } = await behindRelay()
          await relayed.begin(anyLevel)
          await insertAndCommit(100, relayed)
          await ground.admin.query('DELETE FROM t WHERE id > 0')
          await relayed.begin(anyLevel)
          relay.cutAfter(bytes)
          const end = await insertAndCommit(id, relayed).then(
            () => 'committed',
            ({ outcome, stage }) => `${outcome} in ${stage}`,
          )
          stages.add(end)
          if (end === 'committed') expect(await ids()).toEqual([1])
          if (id === -1 || end === 'connection in body') expect(await ids()).toEqual([])
        }
        const ends = id === 1 ? ['ambiguous in commit', 'committed'] : ['ambiguous in commit', 'connection in body', 'constraint in body']
        expect([...stages].toSorted()).toEqual(ends)
      }
    })

    it('by an administrator, in the statement: not in doubt, for the COMMIT was never reached', async () => {
      const victim = await open()
      await victim.begin(anyLevel)
      await insert(1, victim)
      const failure = failureOf(victim.executeAndCommit(statement(ground, 'SELECT pg_sleep(30)'), []))
      await until(async () => (await stateOf(victim))[0] === 'active')
      await kill(ground, victim)
      expect(await failure).toMatchObject({ outcome: 'connection', code: '57P01', stage: 'body', sessionLost: true })
      expect(await ids()).toEqual([])
    })

    it('by an administrator, in the COMMIT: in doubt', async () => {
      await ground.admin.query(`
        CREATE TABLE slow (id int);
        CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()`)
      const victim = await open()
      await victim.begin(anyLevel)
      const failure = failureOf(victim.executeAndCommit(statement(ground, 'INSERT INTO slow VALUES (1)'), []))
      await until(async () => (await rows(`SELECT 1 FROM pg_stat_activity WHERE pid = ${victim.id} AND query = 'COMMIT'`)).length > 0)
      await kill(ground, victim)
      expect(await failure).toMatchObject({ outcome: 'ambiguous', code: '57P01', stage: 'commit', sessionLost: true })
      await ground.admin.query('DROP TABLE slow; DROP FUNCTION dawdle')
    })

    it('before BEGIN was sent: every call says so', async () => {
      const victim = await open()
      await victim.begin(anyLevel)
      await kill(ground, victim)
      await until(() => !victim.alive)
      expect(victim.inTransaction).toBe(false)
      for (const call of [() => insertAndCommit(1, victim), () => victim.commit(), () => victim.rollback(), () => victim.begin(anyLevel)]) {
        expect(await failureOf(call())).toMatchObject({ outcome: 'connection', sessionLost: true })
      }
    })
  })

  it('a savepoint carries the BEGIN, and absorbs what fails in it', async () => {
    await session.begin(anyLevel)
    await session.savepoint('a')
    expect(await failureOf(insert(-1))).toMatchObject({ outcome: 'constraint' })
    await session.rollbackToSavepoint('a')
    await session.releaseSavepoint('a')
    await insert(1)
    await session.savepoint('b')
    await insert(2)
    await session.rollbackToSavepoint('b')
    await insertAndCommit(3)
    expect(await ids()).toEqual([1, 3])
  })

  it('queries of our own and bulk loads are in the transaction, too', async () => {
    for (const first of [
      () => session.query('INSERT INTO t VALUES (1)'),
      () => ground.database.load(session, { table: 't', columns: ['id'], rows: [[1]] }, () => {}),
    ]) {
      await session.begin(anyLevel)
      await first()
      expect(session.inTransaction).toBe(true)
      await session.rollback()
      expect(await ids()).toEqual([])
      await session.begin(anyLevel)
      await first()
      await insertAndCommit(2)
      expect(await ids()).toEqual([1, 2])
      await ground.admin.query('DELETE FROM t WHERE id > 0')
    }
  })

  it('a parameter that is no value sends nothing, and leaves the transaction as it was', async () => {
    await session.begin(anyLevel)
    const wrong = session.execute(statement(ground, 'INSERT INTO t (id) VALUES (?)'), [Object.create(null)])
    expect(await failureOf(wrong)).toMatchObject({ code: 'BAD_PARAMETER', stage: 'body', sessionLost: false })
    expect([session.inTransaction, ...(await stateOf(session))]).toEqual([true, 'idle'])
    await insertAndCommit(1)
    expect(await ids()).toEqual([1])
  })
})
