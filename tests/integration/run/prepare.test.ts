import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readMigrationSet } from '#oltp/database/migration-files.js'
import { migrateDown, migrateUp } from '#oltp/database/migrations.js'
import { claimNamespace, type NamespaceClaim, planDrop } from '#oltp/database/namespace.js'
import { readDataState, writeDataState } from '#oltp/database/state.js'
import type { RunEvent } from '#oltp/run/events.js'
import { bundledScenarioNames, loadScenario } from '#oltp/run/load-scenario.js'
import { bundledMigrations, markDirty, type PreparedData, prepareData } from '#oltp/run/prepare.js'
import { type ResolveOptions, resolveScenario } from '#oltp/scenario/resolve.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { engines } from '../../support/servers.js'

for (const engine of engines) {
  describe(engine.name, () => {
    let bench: Bench
    let claim: NamespaceClaim
    let events: RunEvent[]
    let folder: string

    beforeAll(async () => {
      bench = await openBench(engine.url)
      folder = mkdtempSync(join(tmpdir(), 'oltp-prepare-'))
    })
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true })
      await bench.close()
    })
    beforeEach(async () => {
      events = []
      claim = await claimNamespace(bench.request(ownNamespace('prepare')))
    })
    afterEach(async () => {
      await bench.database.namespaces.unlock(bench.session, claim.namespace)
      await bench.clean(claim.namespace)
    })

    const resolved = async (name: string, set: Record<string, string> = {}, more: Partial<ResolveOptions> = {}) =>
      resolveScenario(await loadScenario(name), { variant: null, set, overrides: {}, ...more })
    const prepare = async (scenario: Awaited<ReturnType<typeof resolved>>, fresh = false): Promise<PreparedData> =>
      prepareData({
        database: bench.database,
        session: bench.session,
        namespace: claim.namespace,
        serverInfo: bench.serverInfo,
        scenario,
        fresh,
        listener: event => events.push(event),
      })
    const checksum = async (table: string, order = 'id') => {
      const found = await bench.session.query(`SELECT * FROM ${table} ORDER BY ${order}`)
      return JSON.stringify(found.rows)
    }
    const notices = () => events.flatMap(event => (event.kind === 'notice' ? [event.text] : []))
    /** A scenario of our own over one table, with whatever else it says. */
    const own = async (name: string, more: string, seed: string): Promise<string> => {
      const scripts = join(folder, 'things', bench.database.engine)
      mkdirSync(scripts, { recursive: true })
      writeFileSync(
        join(scripts, '0001_thing.up.sql'),
        'CREATE TABLE thing (id INT PRIMARY KEY, note VARCHAR(20));\nCREATE TABLE log (id INT);',
      )
      writeFileSync(join(scripts, '0001_thing.down.sql'), 'DROP TABLE log;\nDROP TABLE thing;')
      const file = join(folder, `${name}.yaml`)
      writeFileSync(
        file,
        `version: 1
name: ${name}
migrations: things
seed:
${seed}
transactions:
  write: { steps: [{ sql: "INSERT INTO log (id) VALUES (1)" }] }
invariants:
  - { name: three things, sql: "SELECT COUNT(*) FROM thing", equals: 3, check: [before, after] }
${more}`,
      )
      return file
    }
    const threeThings = `  - { table: thing, rows: 3, columns: { id: row(), note: "text(5)" } }`

    it('migrates and seeds every scenario that ships', async () => {
      for (const name of await bundledScenarioNames()) {
        const scenario = await resolved(name)
        // Fresh, since two of them have their data in common.
        const { tables } = await prepare(scenario, true)
        expect(tables.length).toBeGreaterThan(0)
        for (const { table, rows } of tables) {
          const counted = await bench.session.query(`SELECT COUNT(*) FROM ${table}`)
          expect([table, counted.rows[0]?.[0]]).toEqual([table, rows])
        }
        expect((await readDataState(claim)).state).toBe('clean')
        expect((await prepare(scenario)).took).toBeNull()
      }
    })

    it('seeds the same for a seed, other data for another', async () => {
      const small = { rows: '500' }
      await prepare(await resolved('point-select', small))
      const first = await checksum('sbtest1')
      await prepare(await resolved('point-select', small), true)
      expect(await checksum('sbtest1')).toBe(first)
      await prepare(await resolved('point-select', small, { overrides: { seed: 7 } }))
      expect(await checksum('sbtest1')).not.toBe(first)
      await prepare(await resolved('point-select', small))
      expect(await checksum('sbtest1')).toBe(first)
    })

    it('shows its steps, with rows and what is left', async () => {
      await prepare(await resolved('point-select'))
      const steps = events.flatMap(event => (event.kind === 'preparation' ? [event.step] : []))
      expect([...new Set(steps.map(step => step.id))]).toEqual([
        'migrate',
        'seed sbtest1',
        'seed sql 2',
        ...(engine.name === 'postgres' ? ['seed sql 3'] : []),
        'settle',
      ])
      const last = steps.filter(step => step.id === 'seed sbtest1').at(-1)
      expect(last).toMatchObject({ state: 'done', fraction: 1 })
      expect(last?.detail).toMatch(/^100,000 rows, [\d,]+\/s$/)
      const going = steps.find(step => step.id === 'seed sbtest1' && step.detail !== '' && step.state === 'running')
      expect(going?.detail).toMatch(/^[\d,]+ of 100,000 rows, [\d,.]+\/s, \d.* left$/)
    })

    it('seeds again after a run that wrote, and says so; a run that only reads leaves it clean', async () => {
      const file = await own('writes', '', threeThings)
      await prepare(await resolved(file))
      await markDirty(claim, await resolved(file))
      expect((await readDataState(claim)).state).toBe('dirty')
      await bench.session.query('INSERT INTO log (id) VALUES (1)')
      const again = await prepare(await resolved(file))
      expect(again.took).not.toBeNull()
      expect(notices()).toEqual(['data was written to by an earlier run: seeding again'])
      expect(await checksum('log')).toBe('[]')

      const reader = await resolved('point-select', { rows: '10' })
      await prepare(reader)
      await markDirty(claim, reader)
      expect((await readDataState(claim)).state).toBe('clean')
    })

    it('keeps written data that says `reuse: true` while its invariants hold', async () => {
      const file = await own('reuses', 'reuse: true', threeThings)
      await prepare(await resolved(file))
      await markDirty(claim, await resolved(file))
      await bench.session.query("UPDATE thing SET note = 'kept' WHERE id = 2")
      expect(await prepare(await resolved(file))).toMatchObject({ took: null })
      expect(await checksum('thing')).toContain('kept')
      await bench.session.query('DELETE FROM thing WHERE id = 1')
      expect(await prepare(await resolved(file))).toMatchObject({ took: expect.any(Object) })
      expect(notices().at(-1)).toContain('breaks «three things»')
      expect(await checksum('thing')).not.toContain('kept')
    })

    it('notices a seeding that was cut off, and --fresh always seeds', async () => {
      const scenario = await resolved('transfers', { accounts: '20' })
      await prepare(scenario)
      await bench.session.query('DELETE FROM account WHERE id > 5')
      await writeDataState(claim, { ...(await readDataState(claim)), state: 'seeding' })
      expect(await prepare(scenario)).toMatchObject({ took: expect.any(Object) })
      expect(notices()).toEqual(['an earlier seeding was cut off: seeding again'])
      expect((await bench.session.query('SELECT COUNT(*) FROM account')).rows).toEqual([[20]])
      expect(await prepare(scenario)).toMatchObject({ took: null })
      expect(await prepare(scenario, true)).toMatchObject({ took: expect.any(Object), reason: '--fresh' })
    })

    it('a seeding that is killed half-way is redone by the next', async () => {
      const scenario = await resolved('point-select')
      const dying = await bench.open(claim.namespace)
      const killed = prepareData({
        database: bench.database,
        session: dying,
        namespace: claim.namespace,
        serverInfo: bench.serverInfo,
        scenario,
        fresh: false,
        listener: event => event.kind === 'preparation' && event.step.id === 'seed sbtest1' && event.step.detail !== '' && dying.destroy(),
      })
      await expect(killed).rejects.toThrow()
      expect((await readDataState(claim)).state).toBe('seeding')
      expect(await prepare(scenario)).toMatchObject({ took: expect.any(Object), reason: 'an earlier seeding was cut off' })
      expect((await bench.session.query('SELECT COUNT(*) FROM sbtest1')).rows).toEqual([[100_000]])
    })

    it('seeds again when the tables went away and came back in between', async () => {
      const scenario = await resolved('transfers', { accounts: '20' })
      await prepare(scenario)
      const { engine: name, migrations } = bench.database
      const set = readMigrationSet({ name: 'bank', scenarioFile: null, bundled: bundledMigrations, engine: name, lexis: migrations.lexis })
      await migrateDown(claim, set)
      await migrateUp(claim, set)
      expect(await prepare(scenario)).toMatchObject({ took: expect.any(Object) })
      expect((await bench.session.query('SELECT COUNT(*) FROM account')).rows).toEqual([[20]])
    })

    it('seeds again for another parameter that the seed reads, and only for such a one', async () => {
      await prepare(await resolved('transfers', { accounts: '20' }))
      expect(await prepare(await resolved('transfers', { accounts: '20', skew: '0' }))).toMatchObject({ took: null })
      expect(await prepare(await resolved('transfers', { accounts: '21' }))).toMatchObject({ took: expect.any(Object) })
      expect(notices().at(-1)).toBe('the scenario asks for other data than is there: seeding again')
      expect(await prepare(await resolved('deadlock-storm'))).toMatchObject({ took: expect.any(Object) })
      expect(notices().at(-1)).toBe('the data is that of «transfers»: seeding again')
    })

    it('runs the SQL of a seed after the rows, again and again', async () => {
      const file = await own(
        'indexed',
        '',
        `${threeThings}\n  - sql: CREATE INDEX thing_note ON thing (note)\n  - sql: CREATE TABLE extra (id INT)`,
      )
      await prepare(await resolved(file))
      for (const fresh of [true, false]) {
        expect((await planDrop(claim)).map(object => object.name)).toContain('extra')
        await bench.session.query('DROP TABLE extra')
        if (!fresh) await markDirty(claim, await resolved(file))
        expect(await prepare(await resolved(file), fresh)).toMatchObject({ took: expect.any(Object) })
        expect((await bench.session.query('SELECT COUNT(*) FROM thing')).rows).toEqual([[3]])
        // There already, and once only.
        await expect(bench.session.query('CREATE INDEX thing_note ON thing (note)')).rejects.toMatchObject({ code: expect.anything() })
      }
    })

    it('adds the keys of pgbench after the rows, and again when it seeds again', async () => {
      const scenario = await resolved('tpcb')
      await prepare(scenario)
      await markDirty(claim, scenario)
      await bench.session.query('DELETE FROM pgbench_accounts WHERE aid <= 10')
      expect(await prepare(scenario)).toMatchObject({ took: expect.any(Object) })
      for (const [table, key] of [
        ['branches', 'bid'],
        ['tellers', 'tid'],
        ['accounts', 'aid'],
      ]) {
        const again = `INSERT INTO pgbench_${table} (${key}) VALUES (1)`
        await expect(bench.session.query(again)).rejects.toMatchObject({ outcome: 'constraint' })
      }
    })

    it('after `prepare` by its owner, another user needs only to read and write rows', async () => {
      const scenario = await resolved('transfers', { accounts: '20' })
      await prepare(scenario)
      await bench.database.namespaces.unlock(bench.session, claim.namespace)

      const user = `t_runner_${process.pid}`
      const space = bench.database.quoteName(claim.namespace)
      const postgres = bench.database.engine === 'postgres'
      const [create, grant, drop] = postgres
        ? [
            [`CREATE ROLE ${user} LOGIN PASSWORD 'pw'`, `GRANT USAGE ON SCHEMA ${space} TO ${user}`],
            `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${space} TO ${user}`,
            [`DROP OWNED BY ${user}`, `DROP ROLE ${user}`],
          ]
        : [
            [`CREATE USER ${user} IDENTIFIED BY 'pw'`],
            `GRANT SELECT, INSERT, UPDATE, DELETE ON ${space}.* TO ${user}`,
            [`DROP USER ${user}`],
          ]
      for (const statement of create) await bench.session.query(statement)
      const target = { ...bench.target, user, password: 'pw' }
      const session = await bench.database.connect(target, {
        namespace: null,
        settings: {},
        statementTimeoutMs: null,
        protocol: 'prepared',
        pipeline: false,
      })
      const claimAs = (namespace: string) => claimNamespace(bench.request(namespace, { target, session }))
      try {
        await expect(claimAs(ownNamespace('none'))).rejects.toMatchObject({ code: 'NAMESPACE_FAILED', exitCode: 3 })
        await expect(claimAs(claim.namespace)).rejects.toMatchObject({ exitCode: 3, hint: expect.stringMatching(/grant/) })
        await bench.session.query(grant)
        const hold = await claimAs(claim.namespace)
        const prepareAs = () => prepareData({ ...hold, serverInfo: bench.serverInfo, scenario, fresh: false, listener: () => {} })
        expect(await prepareAs()).toMatchObject({ took: null })
        await markDirty(hold, scenario)
        await expect(prepareAs()).rejects.toMatchObject({ code: 'SEED_FAILED', exitCode: 3, hint: expect.stringContaining('oltp prepare') })
      } finally {
        await session.end()
        for (const statement of drop) await bench.session.query(statement)
      }
    })

    it('never empties a table that is not ours', async () => {
      const file = await own('greedy', '', '  - { table: invoices, rows: 3, columns: { id: row() } }')
      await expect(prepare(await resolved(file))).rejects.toMatchObject({ code: 'SEED_TABLE_MISSING', exitCode: 2 })
      await bench.session.query('CREATE TABLE invoices (id INT)')
      await bench.session.query('INSERT INTO invoices VALUES (4711)')
      await expect(prepare(await resolved(file))).rejects.toMatchObject({ code: 'SEED_TABLE_FOREIGN', exitCode: 5 })
      expect(await checksum('invoices')).toBe('[[4711]]')
      await bench.session.query('DROP TABLE invoices')
    })
  })
}
