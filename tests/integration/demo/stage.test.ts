import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimNamespace, dropNamespace, type NamespaceClaim, noteObject, planDrop, releaseNamespace } from '#oltp/database/namespace.js'
import { Stage } from '#oltp/demo/stage.js'
import { Stepper } from '#oltp/demo/stepper.js'
import { demoOf } from '../../support/demo-plots.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { engines } from '../../support/servers.js'

for (const engine of engines) {
  describe(engine.name, () => {
    let bench: Bench
    let namespace: string
    let claim: NamespaceClaim
    beforeAll(async () => {
      bench = await openBench(engine.url)
    })
    beforeEach(async () => {
      namespace = ownNamespace('stage')
      claim = await claimNamespace(bench.request(namespace))
    })
    afterEach(async () => {
      await releaseNamespace(claim)
      await bench.clean(namespace)
    })
    afterAll(async () => {
      await bench?.close()
    })

    const open = () => Stage.open(bench.target, claim, bench.serverInfo)
    const inside = async () => {
      const all = await bench.database.namespaces.objects(bench.session, namespace)
      return all.filter(({ name }) => !name.startsWith('oltp_')).map(({ kind, name }) => `${kind} ${name}`)
    }
    /** What `oltp clean` does, by another process: nothing of the stage is asked. */
    const cleanUp = async () => dropNamespace(claim, await planDrop(claim))

    const family = demoOf(
      ['A: SELECT 1'],
      `setup:
  - CREATE TABLE parent (id INT PRIMARY KEY, favourite INT)
  - CREATE TABLE child (id INT PRIMARY KEY, parent INT NOT NULL, FOREIGN KEY (parent) REFERENCES parent (id))
  - ALTER TABLE parent ADD CONSTRAINT favoured FOREIGN KEY (favourite) REFERENCES child (id)
  - CREATE VIEW elders AS SELECT p.id, c.id AS eldest FROM parent p JOIN child c ON c.parent = p.id
  - INSERT INTO parent VALUES (1, NULL), (2, NULL)
  - INSERT INTO child VALUES (7, 1)
`,
    ).plot

    it('brings tables back to where they began, whichever way they refer to each other', async () => {
      const stage = await open()
      await stage.reset(family)
      await stage.ask('DELETE FROM child')
      await stage.reset(family)
      expect((await stage.ask('SELECT eldest FROM elders')).rows).toEqual([[7]])
      expect(await inside()).toEqual(['table child', 'table parent', 'view elders'])
      await stage.reset(demoOf(['A: SELECT 1']).plot)
      expect(await inside()).toEqual(['table t'])
      await stage.close()
      expect(await inside()).toEqual([])
    })

    it('compares what is left whichever way the rows come', async () => {
      const stage = await open()
      const rows = (values: string) =>
        demoOf(['A: SELECT 1'], `setup:\n  - CREATE TABLE t (id INT, v INT)\n  - INSERT INTO t VALUES ${values}\n`).plot
      await stage.reset(rows('(1, 10), (2, 20)'))
      const first = await stage.contents()
      await stage.reset(rows('(2, 20), (1, 10)'))
      expect(await stage.contents()).toBe(first)
      await stage.reset(rows('(2, 20), (1, 11)'))
      expect(await stage.contents()).not.toBe(first)
      await stage.close()
    })

    it('does not enter where somebody else has put something, and drops nothing', async () => {
      const stage = await open()
      await stage.reset(demoOf(['A: SELECT 1']).plot)
      await bench.session.query('CREATE TABLE theirs (id INT)')
      await expect(open()).rejects.toMatchObject({
        code: 'NAMESPACE_FOREIGN_OBJECTS',
        exitCode: 5,
        message: expect.stringContaining('table theirs'),
      })
      expect(await inside()).toEqual(['table t', 'table theirs'])
      await bench.session.query('DROP TABLE theirs')
      await stage.close()
    })

    it('leaves alone what somebody else puts there while it plays', async () => {
      const stage = await open()
      await stage.reset(family)
      await bench.session.query('CREATE TABLE theirs (id INT PRIMARY KEY)')
      await bench.session.query('CREATE TABLE their_child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES theirs (id))')
      expect(await stage.contents()).not.toContain('theirs')
      await stage.reset(demoOf(['A: SELECT 1']).plot)
      expect((await inside()).sort()).toEqual(['table t', 'table their_child', 'table theirs'])
      const making = demoOf(['A: ALTER TABLE t RENAME TO renamed'], 'setup:\n  - CREATE TABLE t (id INT)\n').plot
      await stage.reset(making)
      const stepper = await Stepper.open(stage, making, null)
      await bench.session.query('CREATE TABLE late (id INT)')
      await stepper.finish()
      await stepper.close()
      expect((await inside()).sort()).toEqual(['table late', 'table renamed', 'table their_child', 'table theirs'])
      await stage.close()
      expect((await inside()).sort()).toEqual(['table late', 'table their_child', 'table theirs'])
      await expect(bench.session.query('INSERT INTO their_child VALUES (1, 9)')).rejects.toMatchObject({ outcome: 'constraint' })
      await expect(cleanUp()).rejects.toMatchObject({ code: 'NAMESPACE_FOREIGN_OBJECTS' })
      for (const table of ['their_child', 'theirs', 'late']) await bench.session.query(`DROP TABLE ${table}`)
    })

    it('does not enter where the data of a scenario is, and drops nothing', async () => {
      await bench.session.query('CREATE TABLE account (id INT)')
      await noteObject(claim, { kind: 'table', name: 'account' }, 'bank')
      await expect(open()).rejects.toMatchObject({ code: 'NAMESPACE_IN_USE', exitCode: 5, hint: expect.stringContaining('--namespace') })
      expect(await inside()).toEqual(['table account'])
    })

    it('goes on where another demo was cut off', async () => {
      await (await open()).reset(family)
      const second = await open()
      await second.reset(demoOf(['A: SELECT 1']).plot)
      expect(await inside()).toEqual(['table t'])
      await second.close()
      expect(await inside()).toEqual([])
    })

    it('leaves nothing that cannot be cleaned up, wherever it is cut off', async () => {
      const stage = await open()
      await stage.reset(family)
      await cleanUp()
      claim = await claimNamespace(bench.request(namespace))

      const broken = demoOf(['A: SELECT 1'], 'setup:\n  - CREATE TABLE first (id INT)\n  - INSERT INTO nowhere VALUES (1)\n').plot
      await expect((await open()).reset(broken)).rejects.toMatchObject({
        code: 'DEMO_SETUP_FAILED',
        exitCode: 3,
        hint: 'correct the `setup` of the demo',
      })
      expect(await inside()).toEqual(['table first'])
      await cleanUp()
      claim = await claimNamespace(bench.request(namespace))

      const playing = await open()
      const makes = demoOf(['A: CREATE TABLE later (id INT)', 'A: SELECT 1']).plot
      for (let round = 0; round < 2; round++) {
        await playing.reset(makes)
        const stepper = await Stepper.open(playing, makes, null)
        await stepper.finish()
        await stepper.close()
        expect(await inside()).toEqual(['table later', 'table t'])
      }
      await cleanUp()
      claim = await claimNamespace(bench.request(namespace))
    })

    it('plays with the level that was chosen, the demo’s own, or the server’s, in this order, and the session’s above all', async () => {
      const stage = await open()
      const plot = demoOf(['A: SELECT 1'], 'isolation: serializable\nlevels: { B: read committed }\n').plot
      const level = async (session: string, isolation: 'repeatable read' | null, which = plot) => {
        const dialogue = await stage.enter(which, session, isolation)
        const { rows } = await dialogue.tell(engine.name === 'postgres' ? 'SHOW transaction_isolation' : 'SELECT @@transaction_isolation')
        await dialogue.end()
        return String(rows[0]?.[0]).toLowerCase().replace('-', ' ')
      }
      expect(await level('A', null)).toBe('serializable')
      expect(await level('A', 'repeatable read')).toBe('repeatable read')
      expect(await level('B', 'repeatable read')).toBe('read committed')
      expect(await level('A', null, demoOf(['A: SELECT 1']).plot)).toBe(stage.defaultIsolation)
      await stage.close()
    })
  })
}
