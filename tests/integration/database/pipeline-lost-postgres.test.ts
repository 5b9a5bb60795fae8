import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openPipelined, type PipelinedGround } from '../../support/pipelined.js'
import { failureOf, kill, statement, until } from '../../support/sessions.js'

const anyLevel = { isolation: null, readOnly: false } as const

describe.each(['prepared', 'extended'] as const)('a connection lost with BEGIN or COMMIT under way, %s', protocol => {
  let on: PipelinedGround
  beforeAll(async () => {
    on = await openPipelined(protocol)
  })
  afterAll(() => on.ground.close())
  afterEach(() => on.clear())

  it('with the first statement: nothing was done', async () => {
    for (const lose of ['loseRequest', 'loseAnswerTo'] as const) {
      const { relay, session: relayed } = await on.behindRelay()
      relay[lose]('INSERT')
      await relayed.begin(anyLevel)
      expect(await failureOf(on.insert(relayed, 1))).toMatchObject({ outcome: 'connection', stage: 'begin', sessionLost: true })
      expect(await on.ids()).toEqual([])
    }
  })

  it('with one in the middle: nothing was done', async () => {
    for (const lose of ['loseRequest', 'loseAnswerTo'] as const) {
      const { relay, session: relayed } = await on.behindRelay()
      await relayed.begin(anyLevel)
      await on.insert(relayed, 1)
      relay[lose]('UPDATE')
      const update = statement(on.ground, 'UPDATE t SET parent = -1')
      expect(await failureOf(relayed.execute(update, []))).toMatchObject({ outcome: 'connection', stage: 'body', sessionLost: true })
      expect(await on.ids()).toEqual([])
    }
  })

  it.each([true, false])('with COMMIT on the way: in doubt; the statement is the only one: %s', async only => {
    for (const [lose, left] of [
      ['loseRequest', []],
      ['loseAnswerTo', only ? [2] : [1, 2]],
    ] as const) {
      const { relay, session: relayed } = await on.behindRelay()
      await relayed.begin(anyLevel)
      if (!only) await on.insert(relayed, 1)
      relay[lose]('COMMIT')
      expect(await failureOf(on.insertAndCommit(relayed, 2))).toMatchObject({ outcome: 'ambiguous', stage: 'commit', sessionLost: true })
      await until(async () => (await on.ids()).length === left.length)
      expect(await on.ids()).toEqual(left)
      await on.ground.admin.query('DELETE FROM t WHERE id > 0')
    }
  })

  it('at every byte of the answer: in doubt until the error of the statement was read, and never wrong', async () => {
    for (const [id, length] of [
      [1, 90],
      [-1, 240],
    ] as const) {
      const stages = new Set<string>()
      for (let bytes = 0; bytes <= length; bytes += id === 1 ? 1 : 5) {
        const { relay, session: relayed } = await on.behindRelay()
        await relayed.begin(anyLevel)
        await on.insertAndCommit(relayed, 100)
        await on.ground.admin.query('DELETE FROM t WHERE id > 0')
        await relayed.begin(anyLevel)
        relay.cutAfter(bytes)
        const end = await on.insertAndCommit(relayed, id).then(
          () => 'committed',
          ({ outcome, stage }) => `${outcome} in ${stage}`,
        )
        stages.add(end)
        if (end === 'committed') expect(await on.ids()).toEqual([1])
        if (id === -1 || end === 'connection in body') expect(await on.ids()).toEqual([])
      }
      const ends = id === 1 ? ['ambiguous in commit', 'committed'] : ['ambiguous in commit', 'connection in body', 'constraint in body']
      expect([...stages].toSorted()).toEqual(ends)
    }
  })

  it('by an administrator, in the statement: not in doubt, for the COMMIT was never reached', async () => {
    const victim = await on.open()
    await victim.begin(anyLevel)
    await on.insert(victim, 1)
    const failure = failureOf(victim.executeAndCommit(statement(on.ground, 'SELECT pg_sleep(30)'), []))
    await until(async () => (await on.stateOf(victim)) === 'active')
    await kill(on.ground, victim)
    expect(await failure).toMatchObject({ outcome: 'connection', code: '57P01', stage: 'body', sessionLost: true })
    expect(await on.ids()).toEqual([])
  })

  it('by an administrator, in the COMMIT: in doubt', async () => {
    await on.ground.admin.query(`
        CREATE TABLE slow (id int);
        CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()`)
    const victim = await on.open()
    await victim.begin(anyLevel)
    const failure = failureOf(victim.executeAndCommit(statement(on.ground, 'INSERT INTO slow VALUES (1)'), []))
    await until(async () => (await on.rows(`SELECT 1 FROM pg_stat_activity WHERE pid = ${victim.id} AND query = 'COMMIT'`)).length > 0)
    await kill(on.ground, victim)
    expect(await failure).toMatchObject({ outcome: 'ambiguous', code: '57P01', stage: 'commit', sessionLost: true })
    await on.ground.admin.query('DROP TABLE slow; DROP FUNCTION dawdle')
  })

  it('before BEGIN was sent: every call says so', async () => {
    const victim = await on.open()
    await victim.begin(anyLevel)
    await kill(on.ground, victim)
    await until(() => !victim.alive)
    expect(victim.inTransaction).toBe(false)
    for (const call of [
      () => on.insertAndCommit(victim, 1),
      () => victim.commit(),
      () => victim.rollback(),
      () => victim.begin(anyLevel),
    ]) {
      expect(await failureOf(call())).toMatchObject({ outcome: 'connection', sessionLost: true })
    }
  })
})
